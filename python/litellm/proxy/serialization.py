"""Responses and stream pieces to bytes, under the model name that the client asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

import orjson

from litellm.proxy.endpoints.inbound import InboundEvents
from litellm.proxy.endpoints.routes import LLMRoute

DONE = b"data: [DONE]\n\n"
MAX_EVENT_BYTES = 16 * 1024 * 1024


Shown = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes of a response's fields what the client is shown."""


def encode_response(response: Any, model: str, shown: Shown | None = None) -> bytes:
    """The JSON of a whole response."""
    plain = response if isinstance(response, dict) else response.model_dump(exclude_none=True)
    if "model" in plain:
        plain["model"] = model
    return orjson.dumps(plain if shown is None else shown(plain))


class EventEncoder(Protocol):
    """Encodes one stream."""

    def piece(self, piece: Any) -> bytes: ...

    def end(self) -> bytes: ...


class OpenAIEvents:
    """`data: {chunk}` events and `[DONE]`; the usage chunk is shown only to those who asked for it."""

    def __init__(self, model: str, *, usage_wanted: bool) -> None:
        self._model, self._usage_wanted = model, usage_wanted

    def piece(self, piece: Any) -> bytes:
        """One chunk, or nothing when the client is not to see it."""
        if isinstance(piece, (str, bytes)):
            return piece if isinstance(piece, bytes) else piece.encode()
        plain = dict(piece) if isinstance(piece, dict) else piece.model_dump(exclude_none=True)
        if not self._usage_wanted and plain.pop("usage", None) is not None and not _says_more(plain):
            return b""
        plain["model"] = self._model
        return b"data: %b\n\n" % orjson.dumps(plain)

    def end(self) -> bytes:
        """The last event."""
        return DONE


def _says_more(chunk: dict[str, Any]) -> bool:
    """Whether a chunk is worth sending without its usage."""
    return any(
        choice.get("delta") or choice.get("text") or choice.get("finish_reason")
        for choice in chunk.get("choices") or ()
    )


class AnthropicEvents:
    """Anthropic's named events, which come encoded from the SDK; the first names the model that was asked for."""

    def __init__(self, model: str) -> None:
        self._model = model

    def piece(self, piece: Any) -> bytes:
        """One whole event."""
        raw = piece if isinstance(piece, bytes) else str(piece).encode()
        if b"message_start" not in raw:
            return raw
        head, found, data = raw.partition(b"data:")
        try:
            event = orjson.loads(data)
        except orjson.JSONDecodeError:
            return raw
        if not found or event.get("type") != "message_start":
            return raw
        event["message"]["model"] = self._model
        return b"%bdata: %b\n\n" % (head, orjson.dumps(event))

    def end(self) -> bytes:
        """Nothing: `message_stop` was the last event."""
        return b""


class ResponsesEvents:
    """The Responses API's named events."""

    def __init__(self, model: str, shown: Shown | None) -> None:
        self._model, self._shown = model, shown or dict

    def piece(self, piece: Any) -> bytes:
        """One event."""
        plain = dict(piece) if isinstance(piece, dict) else piece.model_dump(exclude_none=True, mode="json")
        response = plain.get("response")
        if isinstance(response, dict):
            named = {"model": self._model} if "model" in response else {}
            plain["response"] = self._shown(response | named)
        return b"event: %b\ndata: %b\n\n" % (str(plain.get("type") or "message").encode(), orjson.dumps(plain))

    def end(self) -> bytes:
        """Nothing: `response.completed` was the last event."""
        return b""


class RawEvents:
    """Events that come encoded and are sent as they are."""

    def piece(self, piece: Any) -> bytes:
        """One whole event."""
        return piece if isinstance(piece, bytes) else str(piece).encode()

    def end(self) -> bytes:
        """Nothing: the stream's end is its end."""
        return b""


async def whole_events(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes, cut after each event's empty line. A single event may take up to 16 MiB."""
    kept = b""
    async for piece in pieces:
        kept = (kept + piece).replace(b"\r\n", b"\n")
        *events, kept = kept.split(b"\n\n")
        for event in events:
            yield event + b"\n\n"
        if len(kept) > MAX_EVENT_BYTES:
            raise ValueError("an event of the provider's stream is too long")
    if kept.strip():
        yield kept + b"\n\n"


def event_encoder(route: LLMRoute, model: str, *, usage_wanted: bool, shown: Shown | None = None) -> EventEncoder:
    """The encoder for a stream of `route`; `shown` is for the responses in its events."""
    if route.inbound is not None:
        return InboundEvents(route.inbound, model)
    if route.events == "responses":
        return ResponsesEvents(model, shown)
    if route.events == "google":
        return RawEvents()
    return AnthropicEvents(model) if route.shape == "anthropic" else OpenAIEvents(model, usage_wanted=usage_wanted)
