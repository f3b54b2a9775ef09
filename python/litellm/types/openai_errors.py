"""The bases of our exceptions: OpenAI's own classes where the `openai` package is installed, else the same tree.

Code that catches `openai.RateLimitError` then also catches ours. Loading `openai` takes longer than everything else in
`import litellm`, so this module is loaded with the first exception class that somebody asks for, never before.
"""

from __future__ import annotations

from typing import Any

import httpx

try:
    from openai import (
        APIConnectionError,
        APIError,
        APIResponseValidationError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        InternalServerError,
        NotFoundError,
        OpenAIError,
        PermissionDeniedError,
        RateLimitError,
        UnprocessableEntityError,
    )
except ImportError:

    class OpenAIError(Exception):  # type: ignore[no-redef]
        """The root."""

    class APIError(OpenAIError):  # type: ignore[no-redef]
        """A failed call; `code`, `param` and `type` are those of the error object in `body`."""

        def __init__(self, message: str, request: httpx.Request, *, body: object | None) -> None:
            super().__init__(message)
            self.message, self.request, self.body = message, request, body
            fields: dict[str, Any] = body if isinstance(body, dict) else {}
            self.code, self.param, self.type = fields.get("code"), fields.get("param"), fields.get("type")

    class APIResponseValidationError(APIError):  # type: ignore[no-redef]
        """A reply that does not have the expected shape."""

        def __init__(self, response: httpx.Response, body: object | None, *, message: str | None = None) -> None:
            super().__init__(
                message or "Data returned by API invalid for expected schema.", response.request, body=body
            )
            self.response, self.status_code = response, response.status_code

    class APIStatusError(APIError):  # type: ignore[no-redef]
        """A reply with an error status."""

        def __init__(self, message: str, *, response: httpx.Response, body: object | None) -> None:
            super().__init__(message, response.request, body=body)
            self.response, self.status_code = response, response.status_code
            self.request_id = response.headers.get("x-request-id")

    class APIConnectionError(APIError):  # type: ignore[no-redef]
        """No reply at all."""

        def __init__(self, *, message: str = "Connection error.", request: httpx.Request) -> None:
            super().__init__(message, request, body=None)

    class APITimeoutError(APIConnectionError):  # type: ignore[no-redef]
        """No reply in time."""

        def __init__(self, request: httpx.Request) -> None:
            super().__init__(message="Request timed out.", request=request)

    class BadRequestError(APIStatusError):  # type: ignore[no-redef]
        """400."""

    class AuthenticationError(APIStatusError):  # type: ignore[no-redef]
        """401."""

    class PermissionDeniedError(APIStatusError):  # type: ignore[no-redef]
        """403."""

    class NotFoundError(APIStatusError):  # type: ignore[no-redef]
        """404."""

    class UnprocessableEntityError(APIStatusError):  # type: ignore[no-redef]
        """422."""

    class RateLimitError(APIStatusError):  # type: ignore[no-redef]
        """429."""

    class InternalServerError(APIStatusError):  # type: ignore[no-redef]
        """500 and above."""


__all__ = [
    "APIConnectionError",
    "APIError",
    "APIResponseValidationError",
    "APIStatusError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "InternalServerError",
    "NotFoundError",
    "OpenAIError",
    "PermissionDeniedError",
    "RateLimitError",
    "UnprocessableEntityError",
]
