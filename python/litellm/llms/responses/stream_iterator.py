"""The events of a response as the chunks of a chat completion: as dicts for the pipeline, as objects for users."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from litellm.llms.responses.from_responses import ResponsesChunks
from litellm.llms.responses.native import NativeEvents
from litellm.llms.wire import StreamDecoder
from litellm.types.utils import ModelResponseStream

_DONE = "[DONE]"


class OpenAiResponsesToChatCompletionStreamIterator:
    """Chunks of the events in `streaming_response`: dicts, pydantic models, or lines of server-sent events.

    Who puts a `chunk_parser` of its own in the place of this one is asked for every event of every chat that goes to a
    Responses API.
    """

    def __init__(self, streaming_response: Any = (), sync_stream: bool = True, json_mode: bool | None = False) -> None:
        self.streaming_response = streaming_response
        self.sync_stream = sync_stream
        self.json_mode = json_mode
        self._chunks = ResponsesChunks()

    def chunk_parser(self, chunk: Any) -> ModelResponseStream:
        """The chunk of one event; one that says nothing for an event without a meaning in chat.

        Raises `WireError` when the event says that the response failed.
        """
        made = self._chunks.chunks_of(chunk if isinstance(chunk, Mapping) else chunk.model_dump(exclude_none=True))
        return ModelResponseStream(**_joined(made))

    def finish(self) -> None:
        """Raises `WireError` when the response was not complete yet."""
        self._chunks.finish()

    def __iter__(self) -> Iterator[ModelResponseStream]:
        for event in self.streaming_response:
            if (read := _event(event)) is not None:
                yield self.chunk_parser(read)

    async def __aiter__(self) -> AsyncIterator[ModelResponseStream]:
        async for event in self.streaming_response:
            if (read := _event(event)) is not None:
                yield self.chunk_parser(read)


_OWN_PARSER = OpenAiResponsesToChatCompletionStreamIterator.chunk_parser


class ParsedChunks:
    """Turns the events of a streamed response into chunk dicts by way of the iterator's `chunk_parser`."""

    def __init__(self) -> None:
        self._events = NativeEvents()
        self._iterator = OpenAiResponsesToChatCompletionStreamIterator()

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` when it says that the response failed."""
        return [made for data in self._events.feed(event) if (made := self.chunk(data)) is not None]

    def chunk(self, data: Mapping[str, Any]) -> dict[str, Any] | None:
        """The chunk of one event; None when it says nothing."""
        return plain_chunk(self._iterator.chunk_parser(data))

    def finish(self) -> list[dict[str, Any]]:
        """Nothing. Raises `WireError` when the stream ended before the response did."""
        self._iterator.finish()
        return []


def events_decoder() -> StreamDecoder:
    """A decoder for one stream, which asks the iterator's `chunk_parser` where that was replaced."""
    replaced = OpenAiResponsesToChatCompletionStreamIterator.chunk_parser is not _OWN_PARSER
    return ParsedChunks() if replaced else ResponsesChunks()


def plain_chunk(chunk: ModelResponseStream | None) -> dict[str, Any] | None:
    """`chunk` as a dict, without what every chunk has; None when it says nothing."""
    if chunk is None or not chunk.choices:
        return None
    dumped = chunk.model_dump(exclude_none=True)
    choice, usage = dumped["choices"][0], dumped.get("usage")
    if not choice.get("delta") and choice.get("finish_reason") is None and usage is None:
        return None
    made = {"id": dumped.get("id"), "choices": dumped["choices"]}
    return made if usage is None else {**made, "usage": usage}


def _joined(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """What one event said, as one chunk."""
    if not chunks:
        return {"choices": [{"index": 0, "delta": {}, "finish_reason": None}]}
    joined = {name: value for chunk in chunks for name, value in chunk.items() if value is not None}
    delta = {name: value for chunk in chunks for name, value in chunk["choices"][0]["delta"].items()}
    joined["choices"] = [{**chunks[-1]["choices"][0], "delta": delta}]
    return joined


def _event(event: Any) -> Any:
    """An event of a stream, read; None for a line that holds none."""
    if not isinstance(event, (str, bytes)):
        return event
    line = event.decode() if isinstance(event, bytes) else event
    line = line.removeprefix("data:").strip()
    if not line.startswith("{") or line == _DONE:
        return None
    return NativeEvents().feed(line.encode())[0]
