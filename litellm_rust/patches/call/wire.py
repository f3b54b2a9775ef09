"""The request that upstream sends for one kind of call, learnt from one that it sent itself."""

from __future__ import annotations

import json
from typing import Any, Final

from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.exchange import Sent
from litellm_rust.pool import Timeouts

# Set by the connection, or computed from the body.
TRANSPORT_HEADERS: Final = frozenset({b"host", b"content-length", b"connection", b"transfer-encoding"})
_STATIC_HEADERS: Final = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"authorization",
        b"content-type",
        b"openai-organization",
        b"openai-project",
    }
)


class Unsuitable(Exception):  # a verdict, not an error of the caller
    """The watched call cannot be repeated natively; the message says why."""


class Wire:
    """Makes the request of a call like the one that was seen."""

    def __init__(self, call: Arguments, sent: Sent) -> None:
        """From one call and what upstream sent for it. Raises Unsuitable."""
        self._url = self._address(sent, call)
        self.timeouts = Timeouts(*sent.timeouts)
        self._headers = self._static_headers(sent, call)
        self._constant = self._body_constants(sent, call)
        self._names = tuple(json.loads(sent.content))

    @staticmethod
    def _address(sent: Sent, call: Arguments) -> str:
        """The path behind the call's `api_base`, or without one the whole URL."""
        base = call.control.get("api_base")
        if base is None:
            return sent.url
        start = base.rstrip("/")
        if not sent.url.startswith(start + "/"):
            raise Unsuitable("another address")
        return sent.url[len(start) :]

    def target(self, call: Arguments) -> tuple[str, list[tuple[bytes, bytes]]]:
        """The URL and the headers of the request."""
        base, key = call.control.get("api_base"), call.control.get("api_key")
        url = self._url if base is None else base.rstrip("/") + self._url
        return url, self._headers if key is None else [*self._headers, (b"authorization", f"Bearer {key}".encode())]

    @staticmethod
    def _static_headers(sent: Sent, call: Arguments) -> list[tuple[bytes, bytes]]:
        own = {name.lower().encode() for name in call.control.get("extra_headers") or ()}
        kept: list[tuple[bytes, bytes]] = []
        key = call.control.get("api_key")
        for name, value in sent.headers:
            lowered = name.lower()
            if lowered in TRANSPORT_HEADERS:
                continue
            if lowered == b"authorization" and key is not None:
                if value != f"Bearer {key}".encode():
                    raise Unsuitable("another authorization")
                continue
            if lowered == b"user-agent" or lowered.startswith(b"x-stainless-") or lowered in _STATIC_HEADERS | own:
                kept.append((lowered, value))
            else:
                raise Unsuitable(f"header {name.decode(errors='replace')}")
        return kept

    @staticmethod
    def _body_constants(sent: Sent, call: Arguments) -> dict[str, Any]:
        """What is in the request's body besides the call's own parameters."""
        if sent.method != "POST" or sent.status != 200:
            raise Unsuitable("not a request that was answered")
        body = json.loads(sent.content)
        if any(name not in body or body[name] != value for name, value in call.body.items()):
            raise Unsuitable("parameters are sent in another form")
        return {name: value for name, value in body.items() if name not in call.body}

    def encode(self, call: Arguments) -> bytes:
        """The request's body. Raises ValueError or TypeError for what is not JSON, which upstream may explain."""
        constant, given = self._constant, call.body
        body = {name: constant[name] if name in constant else given[name] for name in self._names}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
