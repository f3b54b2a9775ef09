"""Responses and stream pieces to bytes, under the model name that the client asked for."""

from __future__ import annotations

from typing import Any, Protocol

import orjson

from litellm.proxy.endpoints.routes import LLMRoute

DONE = b"data: [DONE]\n\n"


def encode_response(response: Any, model: str) -> bytes:
    """The JSON of a whole response."""
    plain = response if isinstance(response, dict) else response.model_dump(exclude_none=True)
    if "model" in plain:
        plain["model"] = model
    return orjson.dumps(plain)


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
        if "usage" in plain and not self._usage_wanted:
            return b""
        plain["model"] = self._model
        return b"data: %b\n\n" % orjson.dumps(plain)

    def end(self) -> bytes:
        """The last event."""
        return DONE


class AnthropicEvents:
    """Anthropic's named events, which come encoded from the SDK."""

    def __init__(self, model: str) -> None:
        self._model = model

    def piece(self, piece: Any) -> bytes:
        """One event; the first, `message_start`, names the model."""
        if isinstance(piece, dict):
            return b"event: %b\ndata: %b\n\n" % (str(piece.get("type")).encode(), orjson.dumps(self._named(piece)))
        raw = piece.encode() if isinstance(piece, str) else bytes(piece)
        return self._renamed(raw) if b"message_start" in raw else raw

    def end(self) -> bytes:
        """Nothing: `message_stop` was the last event."""
        return b""

    def _renamed(self, raw: bytes) -> bytes:
        lines = raw.split(b"\n")
        for index, line in enumerate(lines):
            if line.startswith(b"data:") and b"message_start" in line:
                lines[index] = b"data: " + orjson.dumps(self._named(orjson.loads(line[5:])))
        return b"\n".join(lines)

    def _named(self, event: dict[str, Any]) -> dict[str, Any]:
        message = event.get("message")
        return {**event, "message": {**message, "model": self._model}} if isinstance(message, dict) else event


def event_encoder(route: LLMRoute, model: str, *, usage_wanted: bool) -> EventEncoder:
    """The encoder for a stream of `route`."""
    return AnthropicEvents(model) if route.shape == "anthropic" else OpenAIEvents(model, usage_wanted=usage_wanted)
