"""What a wire format is: pure functions from one resolved call to bytes and back.

Plain data only. A format sees OpenAI-shaped dicts on our side and bytes on the provider's; it does no I/O and
builds no response model, so that every conversion can be tested without a network or an event loop.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pydantic_core import from_json, to_json

Framing = Literal["sse", "ndjson", "whole", "aws"]
JSON_HEADERS: Mapping[str, str] = {"content-type": "application/json"}


@dataclass(slots=True)
class ChatCall:
    """One call, resolved: everything a wire format needs to build its request and read its reply."""

    provider: str
    model: str
    messages: list[Any]
    params: dict[str, Any]
    """Parameters in the provider's own terms, as `WireFormat.map_params` returned them."""
    api_base: str | None = None
    api_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    """Settings that never reach the body: `api_version`, `organization`, `json_mode`, `drop_params`, …"""


class Signer(Protocol):
    """Completes the headers of a request each time it is sent. May wait for credentials; a format never calls it."""

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers to send."""

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same, on an event loop."""


@dataclass(slots=True)
class WireRequest:
    """An HTTP request, ready to send once its signer, if it has one, has signed it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    signer: Signer | None = None
    media_type: str = "application/octet-stream"
    """What a body is called on asyncio that no header names."""


@dataclass(slots=True, frozen=True)
class ErrorDetails:
    """What a provider said when it refused a call, in the terms of OpenAI's error object."""

    message: str
    type: str | None = None
    code: str | None = None
    param: str | None = None
    body: Any = None


class WireError(Exception):
    """A reply that breaks the format: not JSON, a required part missing, or an error sent inside a stream.

    `status` is the HTTP status that the failure stands for (500 when the provider named none; None when it stands for
    a broken connection).
    """

    def __init__(self, message: str, *, status: int | None = 500, details: ErrorDetails | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.details = details


SHAPE_ERRORS = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What reading a reply raises whose parts are not of the kind that its format says."""


def misshapen(error: Exception) -> WireError:
    """The exception for a reply, or an event of a stream, that `error` (one of `SHAPE_ERRORS`) broke the reading of."""
    return WireError(f"the provider's reply has not the shape of its format: {type(error).__name__}", status=None)


class StreamDecoder(Protocol):
    """Turns the events of one stream into OpenAI chat.completion.chunk dicts."""

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event's data. Raises `WireError` when the event is an error or cannot be read."""

    def finish(self) -> list[dict[str, Any]]:
        """What is left when the stream ended. Raises `WireError` when it ended too early to be whole."""


class WireFormat(Protocol):
    """The chat side of one provider API."""

    framing: Framing

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI parameter names that `model` takes."""

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` (OpenAI names, all supported) in the provider's own terms. With `drop`, unsupported values go."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The HTTP request for `call`."""

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """An OpenAI chat.completion dict, usage included. Raises `WireError` when `body` is not one."""

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply to `call`."""

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What a reply with an error status says. Never raises."""


def decode_json(body: bytes | str) -> Any:
    """`body` as JSON. Raises `ValueError` when it is not JSON."""
    try:
        return from_json(body)
    except ValueError:  # lone surrogates are legal JSON but refused by the fast parser
        return json.loads(body)


def decode_object(body: bytes, *, status: int | None = 500) -> dict[str, Any]:
    """`body` as a JSON object. Raises `WireError` of `status`, quoting the start of the body, when it is not one."""
    try:
        value = decode_json(body)
    except ValueError as error:
        quoted = body[:2000].decode("utf-8", "replace")
        raise WireError(f"the provider's reply is not valid JSON: {quoted!r}", status=status) from error
    if not isinstance(value, dict):
        quoted = body[:2000].decode("utf-8", "replace")
        raise WireError(f"the provider's reply is not a JSON object: {quoted!r}", status=status)
    return value


def encode_json(value: Any) -> bytes:
    """`value` as compact UTF-8 JSON; pydantic models, dates and the like are written as pydantic writes them."""
    return to_json(value)


def read_error(body: bytes) -> ErrorDetails:
    """Error details in the shapes most providers use: `{"error": {...}}`, `{"error": "…"}`, `{"message": …}`, text."""
    text = body[:10_000].decode("utf-8", "replace")
    try:
        parsed = decode_json(body)
    except ValueError:
        return ErrorDetails(message=text)
    error = parsed.get("error", parsed) if isinstance(parsed, dict) else parsed
    if not isinstance(error, dict):
        return ErrorDetails(message=error if isinstance(error, str) else text, body=parsed)
    message = error.get("message") or error.get("detail") or error.get("msg")
    code = error.get("code")
    return ErrorDetails(
        message=message if isinstance(message, str) else text,
        type=_text(error.get("type")),
        code=None if code is None else str(code),
        param=_text(error.get("param")),
        body=error,
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
