"""What takes the place of the two methods of `CustomStreamWrapper` that give the next chunk."""

from __future__ import annotations

import functools
import sys
from typing import Any, Final

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.router_callbacks import RouterCallbacks
from litellm_rust.patches.call.state import GlobalState
from litellm_rust.patches.patch import Function
from litellm_rust.patches.stream.chunk_template import ChunkTemplate
from litellm_rust.patches.stream.feed import AsyncFeed, Feed, SyncFeed

FEATURE: Final = "streaming"
_metrics: Final = feature_metrics(FEATURE)
# What upstream's wrapper may change when it makes a chunk of text after the first; the native path does the same.
_CHANGES: Final = frozenset({"chunks", "response_uptil_now", "_repeated_messages_count"})
# Upstream looks for a model that repeats itself among chunks longer than this.
_SHORT: Final = 2


@functools.cache
def _state() -> GlobalState:
    litellm: Any = sys.modules["litellm"]
    return GlobalState(litellm, RouterCallbacks(litellm).is_own)


def _attach(wrapper: Any, kind: type[Feed], stream_type: str) -> Feed | None:
    """The feed of a wrapper over the OpenAI client's stream; None for other streams."""
    stream = wrapper.completion_stream
    response = getattr(stream, "response", None)
    if type(response) is kind:
        return response
    if response is None or type(stream) is not getattr(sys.modules.get("openai"), stream_type, None):
        return None
    if wrapper.chunks or response.is_stream_consumed or _state().busy() is not None:
        return None
    feed = stream.response = kind(response)
    return feed


def _text(wrapper: Any, feed: Feed) -> Any:
    """The chunk for the next event when only its text is new; None when upstream has to make it."""
    template: ChunkTemplate | None = feed.template
    if template is None or not feed.events:
        return None
    text = template.text(feed.events[0])
    state = wrapper.__dict__
    if text is None or state["received_finish_reason"] is not None or state["holding_chunk"]:
        return None
    chunks = state["chunks"]
    last = chunks[-1].choices[0].delta.content
    if last is not None and len(last) > _SHORT and last == chunks[-2].choices[0].delta.content:
        return None
    feed.take()
    chunk = template.build(text)
    state["_repeated_messages_count"] = 1
    state["response_uptil_now"] += text
    chunks.append(chunk)
    _metrics.native.add()
    return chunk


def _equal(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and type(one) in (str, int, float) and one == other)


def _learn(feed: Feed, before: dict[str, Any], wrapper: Any, event: bytes, chunk: Any) -> None:
    """Take `chunk`, which upstream made of `event`, as a template if it changed no more than it should."""
    after = dict(wrapper.__dict__)  # a copy: threads of upstream's set attributes meanwhile
    changed = {name for name in after if name not in before or not _equal(before[name], after[name])}
    if not changed <= _CHANGES or len(after["chunks"]) < 2 or after["chunks"][-1] is not chunk:
        return
    try:
        feed.template = ChunkTemplate(event, chunk)
    except (ValueError, KeyError, TypeError, AttributeError):
        _metrics.fallback("a chunk of another kind")


def anext_chunk(original: Function, owner: Any) -> Function:
    async def __anext__(self: Any) -> Any:
        feed = _attach(self, AsyncFeed, "AsyncStream")
        if not isinstance(feed, AsyncFeed):
            return await original(self)
        if not feed.events:
            await feed.fill()
        chunk = _text(self, feed)
        if chunk is not None:
            return chunk
        event = feed.events[0] if feed.events else b""
        taken, before = feed.taken, dict(self.__dict__)
        chunk = await original(self)
        if feed.taken == taken + 1:
            _learn(feed, before, self, event, chunk)
        return chunk

    return __anext__


def next_chunk(original: Function, owner: Any) -> Function:
    def __next__(self: Any) -> Any:
        feed = _attach(self, SyncFeed, "Stream")
        if not isinstance(feed, SyncFeed):
            return original(self)
        if not feed.events:
            feed.fill()
        chunk = _text(self, feed)
        if chunk is not None:
            return chunk
        event = feed.events[0] if feed.events else b""
        taken, before = feed.taken, dict(self.__dict__)
        chunk = original(self)
        if feed.taken == taken + 1:
            _learn(feed, before, self, event, chunk)
        return chunk

    return __next__
