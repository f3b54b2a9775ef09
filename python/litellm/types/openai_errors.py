"""The bases of our exceptions: OpenAI's own classes where the `openai` package is installed, else the same tree.

Code that catches `openai.RateLimitError` then also catches ours. Loading `openai` takes longer than everything else in
`import litellm`, so this module is loaded with the first exception class that somebody asks for, never before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # openai types its own httpx, which ours need not be
    from litellm.types.openai_error_tree import (
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
else:
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
        from litellm.types.openai_error_tree import (
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
