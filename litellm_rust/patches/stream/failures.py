"""A stream's connection that breaks or stays silent, in the words of the HTTP client that upstream would have used.

Upstream shows them to the application, and tells a timeout from a broken connection by them.
"""

from __future__ import annotations

import re
from typing import Any, Final, NamedTuple

from litellm_rust.pool import TransportFailure

_CHUNKS: Final = "peer closed connection without sending complete message body (incomplete chunked read)"
_PAYLOAD: Final = (
    "Response payload is not completed: "
    "<TransferEncodingError: 400, message='Not enough data to satisfy transfer length header.'>"
)
_RESET: Final = re.compile(r"(?P<text>.*) \(os error (?P<number>\d+)\)")


class Wording(NamedTuple):
    """Whose words: those of httpx, or of aiohttp under it."""

    aiohttp: bool
    is_async: bool
    tls: bool

    def of(self, failure: TransportFailure) -> tuple[str, str]:
        """The name of the httpx exception that upstream would see, and its message."""
        kind, message = failure.args
        reset = _RESET.fullmatch(message)
        if kind == "ReadTimeout":
            return kind, self._timeout()
        if kind == "RemoteProtocolError" and "EOF" in message:
            return ("ReadError", _PAYLOAD) if self.aiohttp else (kind, _CHUNKS)
        if kind == "ReadError" and reset is not None:
            text, number = reset.group("text", "number")
            if self.aiohttp:
                return kind, f"{_PAYLOAD}. ConnectionResetError({number}, {text!r})"
            return kind, "" if self.is_async else f"[Errno {number}] {text}"
        return kind, message

    def _timeout(self) -> str:
        if self.aiohttp:
            return "Timeout on reading data from socket"
        if self.is_async:
            return ""
        return "The read operation timed out" if self.tls else "timed out"


def wording_of(client: Any, url: str, *, is_async: bool) -> Wording:
    """The words of the OpenAI client `client` in a request to `url`."""
    transport = getattr(client._client, "_transport", None)
    return Wording("aiohttp" in type(transport).__name__.lower(), is_async, url.startswith("https:"))
