"""A stream's connection that breaks or stays silent, in the words of the HTTP client that upstream would have used.

Upstream shows them to the application, and tells a timeout from a broken connection by them.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from litellm_rust.pool import TransportFailure

# Our own words for a body that ends too early, and for a reply that does not come.
_ENDS: Final = ("EOF", "end of file")
_CLOSED: Final = "connection closed before message completed"
_DISCONNECTED: Final = "Server disconnected without sending a response."
_RESET: Final = re.compile(r"(?P<text>.*) \(os error (?P<number>\d+)\)")


class Wording(NamedTuple):
    """Whose words: those of httpx, or of aiohttp under it."""

    aiohttp: bool
    is_async: bool
    tls: bool

    def of(self, failure: TransportFailure, received: int = 0, expected: str | None = None) -> tuple[str, str]:
        """The name of the httpx exception that upstream would see, and its message.

        Of `expected` bytes, as the reply says, `received` have come; None is for a reply that comes in chunks.
        """
        kind, message = failure.args
        reset = _RESET.fullmatch(message)
        if kind == "ReadTimeout":
            return kind, self._timeout()
        if kind == "RemoteProtocolError" and any(text in message for text in _ENDS):
            return ("ReadError", _payload(received, expected)) if self.aiohttp else (kind, _cut(received, expected))
        if kind == "ReadError" and reset is not None:
            text, number = reset.group("text", "number")
            if self.aiohttp:
                return kind, f"{_payload(received, expected)}. ConnectionResetError({number}, {text!r})"
            return kind, "" if self.is_async else f"[Errno {number}] {text}"
        return kind, message

    def without_head(self, failure: TransportFailure) -> tuple[str, str]:
        """As `of`, of a connection on which no head of a reply has come."""
        kind, message = failure.args
        reset = _RESET.fullmatch(message)
        if self.aiohttp and kind == "ReadError" and reset is not None:
            return "ConnectError", "[Errno {number}] {text}".format(**reset.groupdict())
        if kind == "RemoteProtocolError" and _CLOSED in message:
            return ("ReadError", "Server disconnected") if self.aiohttp else (kind, _DISCONNECTED)
        return self.of(failure)

    def _timeout(self) -> str:
        if self.aiohttp:
            return "Timeout on reading data from socket"
        if self.is_async:
            return ""
        return "The read operation timed out" if self.tls else "timed out"


def _cut(received: int, expected: str | None) -> str:
    missing = "incomplete chunked read" if expected is None else f"received {received} bytes, expected {expected}"
    return f"peer closed connection without sending complete message body ({missing})"


def _payload(received: int, expected: str | None) -> str:
    error, missing = "TransferEncodingError", "transfer length header."
    if expected is not None:
        error, missing = "ContentLengthError", f"content length header (received {received} of {expected} bytes)."
    return f"Response payload is not completed: <{error}: 400, message='Not enough data to satisfy {missing}'>"


def wording_of(client: Any, url: str, *, is_async: bool) -> Wording:
    """The words of the OpenAI client `client` in a request to `url`."""
    transport = getattr(client._client, "_transport", None)
    return Wording("aiohttp" in type(transport).__name__.lower(), is_async, url.startswith("https:"))
