"""Anthropic's messages over OpenAI's Responses API."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping
from typing import Any

from litellm.llms.anthropic.inbound.stream import MessageEvents, to_sse
from litellm.llms.anthropic.inbound.to_responses import from_response, thinking_block, to_responses
from litellm.llms.responses import native
from litellm.llms.responses.events import whole_events
from litellm.llms.responses.from_responses import ResponsesChunks, to_completion
from litellm.llms.responses.ids import encode_id
from litellm.llms.sse import splitter
from litellm.pipeline.attempt import exchange
from litellm.pipeline.chat import decoded, decoded_async
from litellm.pipeline.effects import Effect
from litellm.pipeline.responses import responses_call
from litellm.pipeline.results import chat_response
from litellm.pipeline.run import Run, retry_count

PROVIDERS = frozenset({"openai"})
"""Providers whose messages go over the Responses API, because only that keeps reasoning from turn to turn."""


def responses_messages(run: Run) -> Generator[Effect, Any, Any]:
    """An Anthropic message, or an iterator of server-sent events as bytes."""
    arguments = run.arguments
    inputs, params = to_responses(arguments, run.provider, run.model)
    params.update(arguments.get("extra_body") or {})
    wanted = bool(arguments.get("stream"))
    stream = wanted and native.streams(run.provider, run.model)
    if stream:
        params["stream"] = True
    call = responses_call(run)
    run.note_params(params, params)
    run.retries = retry_count(run, False, None)
    request = native.build_request(call, inputs, params)
    reply = yield from exchange(run, request, stream=stream, details=native.error_details)
    events = _Events(run)
    if stream:
        run.log_stream()
        read: Any = decoded_async if run.is_async else decoded
        source = read(reply.response, splitter("sse"), SignedChunks())
        return events.waiting(source) if run.is_async else events.blocking(source)
    run.log_reply(reply)
    data = native.parse_response(reply.body)
    if wanted:
        chunks = SignedChunks().read(whole_events(data))
        return events.waiting(iter([chunks])) if run.is_async else events.blocking(iter([chunks]))
    if run.logging is not None:
        run.logging.success(chat_response(run, to_completion(data, run.model)))
    data["id"] = encode_id(str(data.get("id") or ""), run.provider, None)
    return from_response(data)


class SignedChunks(ResponsesChunks):
    """Response events as chat chunks, with reasoning signed by what has to be given back."""

    def read(self, events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The chunks of events that are already plain data."""
        return [chunk for event in events for chunk in self.chunks_of(event)]

    def chunks_of(self, event: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The chunks of one event."""
        item = event.get("item") or {}
        if event.get("type") == "response.output_item.done" and item.get("type") == "reasoning":
            signed = {**thinking_block(item), "thinking": ""}
            return [self._delta({"thinking_blocks": [signed]})] if signed["signature"] else []
        return super().chunks_of(event)


class _Events:
    """Writes chat chunks as the bytes of Anthropic's events."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.events = MessageEvents(run.model)
        self.usage: dict[str, Any] = {}

    def blocking(self, source: Iterator[list[dict[str, Any]]]) -> Iterator[bytes]:
        yield self.start()
        try:
            for chunks in source:
                if made := self.take(chunks):
                    yield made
        except Exception as error:
            raise self.run.failed(error) from error
        yield self.end()

    async def waiting(self, source: Any) -> AsyncIterator[bytes]:
        yield self.start()
        try:
            if hasattr(source, "__aiter__"):
                async for chunks in source:
                    if made := self.take(chunks):
                        yield made
            else:
                for chunks in source:
                    yield self.take(chunks)
        except Exception as error:
            raise self.run.failed(error) from error
        yield self.end()

    def start(self) -> bytes:
        return b"".join(map(to_sse, self.events.start()))

    def take(self, chunks: list[dict[str, Any]]) -> bytes:
        made = []
        for chunk in chunks:
            self.usage = chunk.get("usage") or self.usage
            made += self.events.feed(chunk)
        return b"".join(map(to_sse, made))

    def end(self) -> bytes:
        if self.run.logging is not None:
            self.run.logging.success(chat_response(self.run, {"choices": [], "usage": self.usage}))
        return b"".join(map(to_sse, self.events.finish()))
