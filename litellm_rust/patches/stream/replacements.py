"""What takes the place of the two methods of `CustomStreamWrapper` that give the next chunk."""

from __future__ import annotations

import functools
import sys
from typing import Any, Final

from litellm_rust import shadow
from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.router_callbacks import RouterCallbacks
from litellm_rust.patches.call.state import GlobalState
from litellm_rust.patches.patch import Function
from litellm_rust.patches.stream.chunk_template import ChunkTemplate, template_of
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


def attach(wrapper: Any, kind: type[Feed], stream_type: str) -> Feed | None:
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


def _text(wrapper: Any, feed: Feed) -> str | None:
    """The text of the next event when nothing else is new in it; None when upstream has to make its chunk."""
    template = feed.template
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
    return text


def _taken(wrapper: Any, feed: Feed, template: ChunkTemplate, text: str) -> Any:
    """Take the next event, whose text is `text`: its chunk."""
    feed.take()
    chunk = template.build(text)
    state = wrapper.__dict__
    state["_repeated_messages_count"] = 1
    if template.answers:
        state["response_uptil_now"] += text
    state["chunks"].append(chunk)
    _metrics.native.add()
    return chunk


class _Step:
    """The next chunk of a wrapper over a feed: native, or upstream's, from which something is learnt."""

    def __init__(self, wrapper: Any, feed: Feed) -> None:
        self._wrapper, self._feed = wrapper, feed
        self._text = _text(wrapper, feed)
        self._event = feed.events[0] if feed.events else b""
        self._count = feed.taken
        self._before: dict[str, Any] = {}

    def native(self) -> Any:
        """The chunk; None when upstream has to make it, and `learn` is to be told."""
        if self._text is not None and self._feed.template is not None:
            return _taken(self._wrapper, self._feed, self._feed.template, self._text)
        self._before = dict(self._wrapper.__dict__)
        return None

    def learn(self, chunk: Any) -> None:
        """Take note of upstream's chunk."""
        template = self._feed.template
        if template is not None and template.text(self._event) is not None:
            return  # upstream made it for another reason: a text that comes again, which it counts
        if self._feed.taken == self._count + 1:
            _learn(self._feed, self._before, self._wrapper, self._event, chunk)

    def compare(self, chunk: Any) -> None:
        """Compare upstream's chunk with the native one, if there would have been one; else learn from it."""
        template = self._feed.template
        if self._text is None or template is None:
            self.learn(chunk)
        else:
            shadow.report(
                FEATURE, "a chunk of a stream", (chunk, None), (template.build(self._text), None), template.agree
            )


def _equal(one: Any, other: Any) -> bool:
    return one is other or (type(one) is type(other) and type(one) in (str, int, float) and one == other)


def _learn(feed: Feed, before: dict[str, Any], wrapper: Any, event: bytes, chunk: Any) -> None:
    """Take `chunk`, which upstream made of `event`, as a template if it changed no more than it should."""
    after = dict(wrapper.__dict__)  # a copy: threads of upstream's set attributes meanwhile
    changed = {name for name in after if name not in before or not _equal(before[name], after[name])}
    if not changed <= _CHANGES or len(after["chunks"]) < 2 or after["chunks"][-1] is not chunk:
        return
    try:
        feed.template = template_of(event, chunk)
    except (ValueError, KeyError, TypeError, AttributeError):
        _metrics.fallback("a chunk of another kind")


def anext_chunk(original: Function, owner: Any) -> Function:
    async def __anext__(self: Any) -> Any:
        feed = attach(self, AsyncFeed, "AsyncStream")
        if not isinstance(feed, AsyncFeed):
            return await original(self)
        if feed.recorder is not None:
            return await feed.recorder.step(original, self)
        if not feed.events:
            await feed.fill()
        step = _Step(self, feed)
        chunk = step.native()
        if chunk is None:
            chunk = await original(self)
            step.learn(chunk)
        return chunk

    return __anext__


def anext_compared(original: Function, owner: Any) -> Function:
    """As `anext_chunk`, in shadow."""

    async def __anext__(self: Any) -> Any:
        feed = attach(self, AsyncFeed, "AsyncStream")
        if not isinstance(feed, AsyncFeed):
            return await original(self)
        await feed.fill()
        step = _Step(self, feed)
        chunk = await original(self)
        step.compare(chunk)
        return chunk

    return __anext__


def next_chunk(original: Function, owner: Any) -> Function:
    def __next__(self: Any) -> Any:
        feed = attach(self, SyncFeed, "Stream")
        if not isinstance(feed, SyncFeed):
            return original(self)
        if feed.recorder is not None:
            return feed.recorder.step_now(original, self)
        if not feed.events:
            feed.fill()
        step = _Step(self, feed)
        chunk = step.native()
        if chunk is None:
            chunk = original(self)
            step.learn(chunk)
        return chunk

    return __next__


def next_compared(original: Function, owner: Any) -> Function:
    """As `next_chunk`, in shadow."""

    def __next__(self: Any) -> Any:
        feed = attach(self, SyncFeed, "Stream")
        if not isinstance(feed, SyncFeed):
            return original(self)
        feed.fill()
        step = _Step(self, feed)
        chunk = original(self)
        step.compare(chunk)
        return chunk

    return __next__
