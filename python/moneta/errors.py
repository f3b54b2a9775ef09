"""What Lago answers when it does not do what it is asked.

MonetaError
├── LagoUnavailable    nothing came, 429, 5xx: the same request may succeed later
├── LagoUnauthorized   401, 403: the key is wrong, nothing will succeed
├── LagoNotFound       404
└── LagoRejected       any other 4xx: this request will never succeed
"""

from __future__ import annotations

from typing import Any


class MonetaError(Exception):
    """A request to Lago failed. `status` is None when no answer came; `body` is its JSON, if there was any."""

    def __init__(
        self, message: str, status: int | None = None, body: Any = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.body, self.retry_after_s = status, body, retry_after_s


class LagoUnavailable(MonetaError):
    """Later, perhaps."""


class LagoUnauthorized(MonetaError):
    """The API key is not accepted."""


class LagoNotFound(MonetaError):
    """There is no such thing in Lago."""


class LagoRejected(MonetaError):
    """The request is wrong."""
