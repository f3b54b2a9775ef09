"""OpenAI's exception classes as its client has them, for where the `openai` package is not installed."""

from __future__ import annotations

from typing import Any

import httpx


class OpenAIError(Exception):
    """The root."""


class APIError(OpenAIError):
    """A failed call; `code`, `param` and `type` are those of the error object in `body`."""

    def __init__(self, message: str, request: httpx.Request, *, body: object | None) -> None:
        super().__init__(message)
        self.message, self.request, self.body = message, request, body
        fields: dict[str, Any] = body if isinstance(body, dict) else {}
        self.code, self.param, self.type = fields.get("code"), fields.get("param"), fields.get("type")


class APIResponseValidationError(APIError):
    """A reply that does not have the expected shape."""

    def __init__(self, response: httpx.Response, body: object | None, *, message: str | None = None) -> None:
        super().__init__(message or "Data returned by API invalid for expected schema.", response.request, body=body)
        self.response, self.status_code = response, response.status_code


class APIStatusError(APIError):
    """A reply with an error status."""

    def __init__(self, message: str, *, response: httpx.Response, body: object | None) -> None:
        super().__init__(message, response.request, body=body)
        self.response, self.status_code = response, response.status_code
        self.request_id = response.headers.get("x-request-id")


class APIConnectionError(APIError):
    """No reply at all."""

    def __init__(self, *, message: str = "Connection error.", request: httpx.Request) -> None:
        super().__init__(message, request, body=None)


class APITimeoutError(APIConnectionError):
    """No reply in time."""

    def __init__(self, request: httpx.Request) -> None:
        super().__init__(message="Request timed out.", request=request)


class BadRequestError(APIStatusError):
    """400."""


class AuthenticationError(APIStatusError):
    """401."""


class PermissionDeniedError(APIStatusError):
    """403."""


class NotFoundError(APIStatusError):
    """404."""


class UnprocessableEntityError(APIStatusError):
    """422."""


class RateLimitError(APIStatusError):
    """429."""


class InternalServerError(APIStatusError):
    """500 and above."""
