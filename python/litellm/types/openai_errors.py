"""The bases of our exceptions: OpenAI's own classes where the `openai` package is installed, else the same tree.

Code that catches `openai.RateLimitError` then also catches ours. Of `openai` only the exceptions are loaded, with the
first exception class that somebody asks for: the whole package takes longer than everything else in `import litellm`,
and 30 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from litellm.types.deferred_packages import import_module

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
        _tree = import_module("openai._exceptions")
    except ImportError:
        from litellm.types import openai_error_tree as _tree
    globals().update({name: getattr(_tree, name) for name in __all__})
