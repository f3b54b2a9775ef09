"""Errors of endpoints whose refusals upstream passes on unmapped: those sent by OpenAI's SDK, and a few own classes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import litellm
from litellm.llms.base_llm.chat.transformation import BaseLLMException
from litellm.llms.endpoint_wire import EndpointFormat
from litellm.llms.wire import ErrorDetails
from litellm.pipeline.run import Run

_BY_STATUS = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}


def unmapped(run: Run, wire: EndpointFormat | None, error: Exception) -> Exception | None:
    """The exception for a refusal that is not mapped; None for all that are, as those of every call on an event loop.

    Callbacks are told of it.
    """
    if wire is None or run.is_async or not isinstance(error, BaseLLMException) or error.response is None:
        return None
    if wire.error_class is not None:
        made: Exception = _own_class(wire.error_class)(error.status_code, error.message, headers=error.headers)
    elif not wire.names_call:
        said = wire.error_details(error.status_code, error.response.headers, error.response.content)
        made = _as_openai(error, said)
    else:
        return None
    if run.logging is not None:
        run.logging.failure(made)
    return made


@lru_cache(maxsize=64)
def _own_class(name: str) -> type[BaseLLMException]:
    """The exception class of a provider, by its name."""
    return type(name, (BaseLLMException,), {"__doc__": "A refusal by the provider."})


def _as_openai(error: BaseLLMException, said: ErrorDetails) -> Exception:
    """What OpenAI's SDK would raise, as the exception of ours that is a kind of it; it names no provider or model."""
    name = _BY_STATUS.get(error.status_code) or ("InternalServerError" if error.status_code >= 500 else "APIError")
    message = f"Error code: {error.status_code} - {error.message}"
    known: dict[str, Any] = {"message": message, "llm_provider": None, "model": None, "response": error.response}
    if name == "APIError":
        made: Exception = litellm.APIError(error.status_code, message, None, None)
    else:
        made = getattr(litellm, name)(**known)
    for field in ("code", "type", "param", "body"):
        value = getattr(said, field)
        if value is not None:
            setattr(made, field, value)
    return made
