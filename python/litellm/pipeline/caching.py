"""Answering a call from `litellm.cache`, and keeping what a provider answered."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import litellm
from litellm.litellm_core_utils.streaming_handler import ChunkFlow, CustomStreamWrapper
from litellm.pipeline.cost import cost_of
from litellm.pipeline.effects import Call, Steps
from litellm.pipeline.run import Run

PIECE = re.compile(r"\S+\s*|\s+")
_writes: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class Streams:
    """The streams of an endpoint: `kind` is their class.

    `keep(stream, write)` has `write` called with the whole answer when a stream has come to its own end, and
    `replay(response, run, hidden parameters)` makes a stream of a whole answer.
    """

    kind: type[Any]
    keep: Callable[[Any, Callable[[Any], None]], None]
    replay: Callable[[Any, Run, dict[str, Any]], Any]


def cached(
    steps: Callable[[dict[str, Any], str], Steps[Any]], kind: type[Any], streams: Streams | None = None
) -> Callable[..., Steps[Any]]:
    """`steps`, answered from the cache where one is set and the call takes part; `kind` is the response's class."""

    def with_cache(arguments: dict[str, Any], call_type: str) -> Steps[Any]:
        cache = litellm.cache
        if not takes_part(cache, arguments, call_type) or (arguments.get("stream") and streams is None):
            return steps(arguments, call_type)
        return _through(cache, steps, arguments, call_type, kind, streams)

    return with_cache


def takes_part(cache: Any, arguments: dict[str, Any], call_type: str) -> bool:
    """Whether a call may be answered from `cache`."""
    return cache is not None and cache.supports(call_type) and cache.should_use_cache(**arguments)


def _through(
    cache: Any, steps: Any, arguments: dict[str, Any], call_type: str, kind: type[Any], streams: Streams | None
) -> Steps[Any]:
    asked = dict(arguments)
    is_async = call_type.startswith("a")
    found = yield Call(cache.async_get_cache if is_async else cache.get_cache, asked)
    if isinstance(found, dict) and (response := _restored(found, kind)) is not None:
        return answered(response, asked, call_type, streams)
    response = yield from steps(arguments, call_type)
    if streams is not None and isinstance(response, streams.kind):
        streams.keep(response, functools.partial(write, cache, asked, is_async))
    elif isinstance(response, kind):
        yield Call(cache.async_add_cache if is_async else cache.add_cache, {**asked, "result": response})
    return response


def _restored(found: dict[str, Any], kind: type[Any]) -> Any:
    """The response that an entry holds, or None when it is not one of this kind."""
    from litellm.pipeline.cached_shapes import fits  # of pydantic, which takes its time to build them

    if not fits(found, kind):
        return None
    try:
        return kind(**found)
    except (TypeError, ValueError, AttributeError):
        return None


def answered(response: Any, arguments: dict[str, Any], call_type: str, streams: Streams | None = None) -> Any:
    """What the caller gets for a `response` from the cache; callbacks are told of it."""
    run = Run(arguments, call_type)
    run.resolve_provider()
    info = arguments.get("model_info") or {}
    hidden = {"cache_hit": True, "model_id": info.get("id"), "response_cost": cost_of(response, run)}
    if streams is not None and arguments.get("stream"):
        return streams.replay(response, run, hidden)
    response._hidden_params = hidden
    tell(run, response, hidden)
    return response


def tell(run: Run, response: Any, hidden: dict[str, Any]) -> None:
    """Tell callbacks of an answer that cost nothing, and what it saved."""
    if run.logging is not None:
        run.logging.cost_of = lambda _: 0.0
        run.logging.model_call_details["saved_cache_cost"] = hidden["response_cost"]
        details = run.logging.model_call_details
        details["api_key"], details["original_response"] = run.api_key, response.model_dump_json()
        details["model"] = run.asked_model
        run.logging.success(response, cache_hit=True)


def _replay(response: Any, run: Run, hidden: dict[str, Any]) -> CustomStreamWrapper:
    options = run.arguments.get("stream_options")
    model = run.model if run.is_async else run.asked_model  # upstream's names
    flow = ChunkFlow(
        model=model,
        provider=run.provider,
        include_usage=bool(options and options.get("include_usage")),
        messages=run.arguments.get("messages"),
        hidden_params=hidden,
    )

    def ended(state: ChunkFlow, error: BaseException | None) -> None:
        if error is None:
            tell(run, response, hidden)

    source = _chunks(response.model_dump(exclude_none=True))
    return CustomStreamWrapper(
        source, model, run.logging, run.provider, stream_options=options, flow=flow, on_end=ended
    )


def _chunks(response: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """A chat completion as the chunks of a stream, word by word."""
    for choice in response.get("choices") or ():
        message, index = choice.get("message") or {}, choice.get("index", 0)
        shared = {"id": response.get("id"), "created": response.get("created")}
        for piece in PIECE.findall(message.get("content") or ""):
            yield [{**shared, "choices": [{"index": index, "delta": {"content": piece}}]}]
        rest = {key: value for key, value in message.items() if key not in ("content", "role") and value}
        last: dict[str, Any] = {"index": index, "delta": rest, "finish_reason": choice.get("finish_reason")}
        yield [{**shared, "choices": [last], "usage": response.get("usage")}]


def _keep_stream(stream: CustomStreamWrapper, write_whole: Callable[[Any], None]) -> None:
    """Put the whole answer into the cache when the stream has come to its own end."""
    stream.flow.keep = True
    told = stream._on_end

    def ended(state: ChunkFlow, error: BaseException | None) -> None:
        if told is not None:
            told(state, error)
        if error is None and any(choice.finish_reason for chunk in state.kept[-2:] for choice in chunk.choices):
            write_whole(state.complete())

    stream._on_end = ended


CHAT_STREAMS = Streams(CustomStreamWrapper, _keep_stream, _replay)


def write(cache: Any, asked: dict[str, Any], is_async: bool, response: Any) -> None:
    """Keep the answer of a request; on an event loop nobody waits for it."""
    if not is_async:
        cache.add_cache(response, **asked)
        return
    task = asyncio.get_running_loop().create_task(cache.async_add_cache(response, **asked))
    _writes.add(task)
    task.add_done_callback(_writes.discard)
