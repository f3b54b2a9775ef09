"""Requests of the proxy's clients: which can be native, and what distinguishes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from litellm_rust.patches.call.arguments import BODY_PARAMETERS, Refused, stable

PATHS: Final = frozenset({"/chat/completions", "/v1/chat/completions"})
_MAX_BODY: Final = 1 << 20
# What a client sends whose value has no say in what upstream does; `authorization` and the user agent are in the key.
_NEUTRAL: Final = frozenset(
    {
        b"host",
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"connection",
        b"content-length",
        b"transfer-encoding",
        b"x-forwarded-for",
        b"x-forwarded-proto",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-real-ip",
    }
)
_JSON: Final = b"application/json"
# Larger numbers are not the same to every reader of JSON.
_MAX_NUMBER: Final = 1 << 53


class Incoming:
    """A request's messages: read once, and read again by upstream."""

    def __init__(self, receive: Any) -> None:
        self.next = receive
        """What follows the messages that were read."""
        self._messages: list[dict[str, Any]] = []
        self.body: bytes | None = None
        """The body; None when it is too large to be kept, or the client has gone."""

    async def read(self) -> None:
        """Read the body."""
        size, more = 0, True
        while more and size <= _MAX_BODY:
            message = await self.next()
            self._messages.append(message)
            if message["type"] != "http.request":
                return
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
        if size <= _MAX_BODY:
            self.body = b"".join([message.get("body", b"") for message in self._messages])

    async def receive(self) -> Any:
        """The messages again, then those that follow."""
        return self._messages.pop(0) if self._messages else await self.next()


class Request(NamedTuple):
    """A request that can be native if its rules are known."""

    key: tuple[object, ...]
    """Equal for requests that upstream treats alike, together with the deployment's part of the call."""
    model: str
    body: dict[str, Any]
    """The parameters of the call but for `stream` and `stream_options`."""
    stream: bool


def caller(scope: Mapping[str, Any]) -> tuple[object, ...]:
    """Who asks, and for what: part of a request's key. Raises Refused for headers that upstream may act on."""
    who: list[object] = [scope["path"]]
    for name, value in scope["headers"]:
        if name in _NEUTRAL or name.startswith(b"x-stainless-"):
            continue
        if name == b"content-type":
            if value.partition(b";")[0].strip().lower() != _JSON:
                raise Refused("a body that is not JSON")
        elif name in (b"authorization", b"user-agent"):
            who += (name, value)
        else:
            raise Refused("a header that upstream may act on")
    if scope.get("query_string") or scope.get("root_path"):
        raise Refused("an address with more in it")
    return tuple(who)


def read_request(who: tuple[object, ...], content: bytes) -> Request:
    """The request with the body `content`. Raises Refused when it is upstream's."""
    try:
        body = json.loads(content.decode())
    except ValueError:
        raise Refused("a body that is not JSON") from None
    if type(body) is not dict or type(body.get("model")) is not str:
        raise Refused("no model")
    model, stream, options = body.pop("model"), body.pop("stream", False), body.pop("stream_options", None)
    if type(stream) is not bool:
        raise Refused("a parameter of another type")
    for name, value in body.items():
        if name != "messages" and (name not in BODY_PARAMETERS or name == "user"):
            raise Refused("a parameter that upstream may act on")
        if type(value) in (int, float) and abs(value) > _MAX_NUMBER:
            raise Refused("a large number")
    asked = None if options is None else stable(options)
    return Request((*who, model, stream, asked), model, body, stream)
