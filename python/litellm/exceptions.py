"""Every exception of the SDK.

    openai.OpenAIError
    ├── openai.APIError ── APIError (any status), MockException
    │   ├── openai.APIConnectionError ── APIConnectionError (500)
    │   │   └── openai.APITimeoutError ── Timeout (408)
    │   ├── openai.APIResponseValidationError ── APIResponseValidationError (500)
    │   │   └── JSONSchemaValidationError
    │   └── openai.APIStatusError
    │       ├── openai.BadRequestError ── BadRequestError (400)
    │       │   ├── ContextWindowExceededError, ContentPolicyViolationError, UnsupportedParamsError
    │       │   ├── RejectedRequestError, ImageFetchError, LiteLLMUnknownProvider
    │       │   └── PaymentRequiredError (402)
    │       ├── openai.AuthenticationError ── AuthenticationError (401)
    │       ├── openai.PermissionDeniedError ── PermissionDeniedError (403)
    │       ├── openai.NotFoundError ── NotFoundError (404)
    │       ├── openai.UnprocessableEntityError ── UnprocessableEntityError (422)
    │       ├── openai.RateLimitError ── RateLimitError (429)
    │       ├── openai.InternalServerError ── InternalServerError (500)
    │       ├── BadGatewayError (502)
    │       └── ServiceUnavailableError (503)
    │           └── MidStreamFallbackError
    └── BudgetExceededError, ModelNotMappedError and the guardrails' exceptions stand alone

Each has `status_code`, `message`, `llm_provider`, `model`, `litellm_debug_info`, `max_retries` and `num_retries`; those
that stand for a reply have it as `response`.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import httpx

from litellm.types import openai_errors

_REQUEST = httpx.Request("POST", "https://api.openai.com/v1")


class _Described:
    """What all of them say of the call, and of the retries that were made."""

    message: str
    llm_provider: str | None
    model: str | None
    litellm_debug_info: str | None
    max_retries: int | None
    num_retries: int | None

    def _describe(
        self,
        message: str,
        llm_provider: str | None,
        model: str | None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        self.message = message
        self.llm_provider = llm_provider
        self.model = model
        self.litellm_debug_info = litellm_debug_info
        self.max_retries = max_retries
        self.num_retries = num_retries

    def __str__(self) -> str:
        text = self.message
        if self.num_retries:
            text += f" LiteLLM Retried: {self.num_retries} times"
        if self.max_retries:
            text += f", LiteLLM Max Retries: {self.max_retries}"
        return text

    def __repr__(self) -> str:
        return str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.message, {k: v for k, v in vars(self).items() if k != "request"})


def _restore(kind: type[BaseException], message: str, state: dict[str, Any]) -> BaseException:
    """An exception as it was pickled; its constructor, which would prefix the message again, is not called."""
    error = kind.__new__(kind, message)
    error.__dict__.update(state, request=_REQUEST)
    return error


def _reply(status: int, response: httpx.Response | None) -> httpx.Response:
    """The provider's reply, or one of `status` in its place."""
    if isinstance(response, httpx.Response) and response.status_code == status:
        return response if response._request is not None else _with_request(response)
    headers = None if response is None else getattr(response, "headers", None)
    return httpx.Response(status, headers=headers, request=_REQUEST)


def _with_request(response: httpx.Response) -> httpx.Response:
    response.request = _REQUEST
    return response


class _StatusError(_Described):
    """The constructor of those that stand for a reply with an error status."""

    _status = 500
    _name: str | None = None
    _type: str | None = None
    type: str | None

    def __init__(
        self,
        message: str,
        llm_provider: str | None = None,
        model: str | None = None,
        response: httpx.Response | None = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        body: object | None = None,
    ) -> None:
        text = f"litellm.{self._name or type(self).__name__}: {message}"
        openai_errors.APIStatusError.__init__(self, text, response=_reply(self._status, response), body=body)  # type: ignore[arg-type]
        self.status_code = self._status
        if self._type is not None:
            self.type = self._type
        self._describe(text, llm_provider, model, litellm_debug_info, max_retries, num_retries)


class AuthenticationError(_StatusError, openai_errors.AuthenticationError):
    """401: the key is missing, wrong or not allowed."""

    _status = 401


class NotFoundError(_StatusError, openai_errors.NotFoundError):
    """404: no such model, or nothing at that address."""

    _status = 404


class BadRequestError(_StatusError, openai_errors.BadRequestError):
    """400: the provider, or LiteLLM, cannot take the request as it is."""

    _status = 400

    def __init__(
        self,
        message: str,
        model: str | None = None,
        llm_provider: str | None = None,
        response: httpx.Response | None = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        body: object | None = None,
    ) -> None:
        super().__init__(message, llm_provider, model, response, litellm_debug_info, max_retries, num_retries, body)


class PaymentRequiredError(BadRequestError):
    """402: the account has no credit."""

    _status = 402


class ImageFetchError(BadRequestError):
    """400: an image's address could not be read."""


class UnprocessableEntityError(_StatusError, openai_errors.UnprocessableEntityError):
    """422: the request is well-formed and still not acceptable."""

    _status = 422


class PermissionDeniedError(_StatusError, openai_errors.PermissionDeniedError):
    """403: the key may not do this."""

    _status = 403


class RateLimitErrorCategory(str, Enum):
    """Who refused: the provider, or LiteLLM itself."""

    VENDOR_RATE_LIMIT = "vendor_rate_limit"
    LITELLM_RATE_LIMIT = "litellm_rate_limit"


class RateLimitType(str, Enum):
    """What ran out."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    CONCURRENT_REQUESTS = "concurrent_requests"
    BUDGET = "budget"


class RateLimitError(_StatusError, openai_errors.RateLimitError):
    """429: too much in too short a time."""

    _status = 429

    def __init__(
        self,
        message: str,
        llm_provider: str | None = None,
        model: str | None = None,
        response: httpx.Response | None = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        category: str | RateLimitErrorCategory = RateLimitErrorCategory.VENDOR_RATE_LIMIT,
        rate_limit_type: str | RateLimitType | None = None,
        headers: dict[str, str] | None = None,
        detail: Any = None,
        body: object | None = None,
    ) -> None:
        super().__init__(message, llm_provider, model, response, litellm_debug_info, max_retries, num_retries, body)
        self.category = getattr(category, "value", category)
        self.rate_limit_type = getattr(rate_limit_type, "value", rate_limit_type)
        self.headers = headers
        self.detail = self.message if detail is None else detail
        self.code, self.type = "429", "throttling_error"


class ContextWindowExceededError(BadRequestError):
    """400: the prompt does not fit the model."""

    def __init__(
        self,
        message: str,
        model: str | None = None,
        llm_provider: str | None = None,
        response: httpx.Response | None = None,
        litellm_debug_info: str | None = None,
    ) -> None:
        super().__init__(message, model, llm_provider, response, litellm_debug_info)
        self.message = f"litellm.ContextWindowExceededError: litellm.BadRequestError: {message}"


class RejectedRequestError(BadRequestError):
    """400: refused by a rule, with the request that was refused."""

    def __init__(
        self,
        message: str,
        model: str | None,
        llm_provider: str | None,
        request_data: dict[str, Any],
        litellm_debug_info: str | None = None,
    ) -> None:
        super().__init__(message, model, llm_provider, None, litellm_debug_info)
        self.request_data = request_data


class ContentPolicyViolationError(BadRequestError):
    """400: the provider's content policy refused the request."""

    def __init__(
        self,
        message: str,
        model: str | None = None,
        llm_provider: str | None = None,
        response: httpx.Response | None = None,
        litellm_debug_info: str | None = None,
        provider_specific_fields: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message, model, llm_provider, response, litellm_debug_info, body=body)
        self.message = f"litellm.BadRequestError: litellm.ContentPolicyViolationError: {message}"
        self.provider_specific_fields = provider_specific_fields


class UnsupportedParamsError(BadRequestError):
    """400: a parameter that the model does not take; `drop_params` leaves such parameters out."""

    def __init__(
        self,
        message: str,
        llm_provider: str | None = None,
        model: str | None = None,
        status_code: int = 400,
        response: httpx.Response | None = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        super().__init__(message, model, llm_provider, response, litellm_debug_info, max_retries, num_retries)
        self.status_code = status_code


class LiteLLMUnknownProvider(BadRequestError):
    """400: a model whose provider nobody knows."""

    def __init__(self, model: str, custom_llm_provider: str | None = None) -> None:
        super().__init__(f"Unmapped LLM provider for this endpoint. model={model}", model, custom_llm_provider)


class InternalServerError(_StatusError, openai_errors.InternalServerError):
    """500: the provider failed."""

    _status = 500
    _type = "internal_server_error"


class BadGatewayError(_StatusError, openai_errors.APIStatusError):
    """502."""

    _status = 502


class ServiceUnavailableError(_StatusError, openai_errors.APIStatusError):
    """503: the provider is overloaded or down."""

    _status = 503


class MidStreamFallbackError(ServiceUnavailableError):
    """503: a stream broke off; holds what had been produced."""

    def __init__(
        self,
        message: str,
        model: str,
        llm_provider: str,
        original_exception: Exception | None = None,
        response: httpx.Response | None = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        generated_content: str = "",
        is_pre_first_chunk: bool = False,
    ) -> None:
        super().__init__(message, llm_provider, model, response, litellm_debug_info, max_retries, num_retries)
        status = getattr(original_exception, "status_code", None)
        if isinstance(status, int):
            self.status_code = status
        self.original_exception = original_exception
        self.generated_content = generated_content
        self.is_pre_first_chunk = is_pre_first_chunk


class Timeout(_Described, openai_errors.APITimeoutError):
    """408: no answer in time."""

    def __init__(
        self,
        message: str,
        model: str | None = None,
        llm_provider: str | None = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        headers: dict[str, str] | None = None,
        exception_status_code: int | None = None,
        response: httpx.Response | None = None,
    ) -> None:
        openai_errors.APITimeoutError.__init__(self, request=_REQUEST)
        self.status_code = exception_status_code or 408
        self.headers = headers
        if response is not None:
            self.response = response
        text = f"litellm.Timeout: {message}"
        self._describe(text, llm_provider, model, litellm_debug_info, max_retries, num_retries)


class APIError(_Described, openai_errors.APIError):
    """Any failure that no other class stands for; `status_code` says which."""

    def __init__(
        self,
        status_code: int,
        message: str,
        llm_provider: str | None = None,
        model: str | None = None,
        request: httpx.Request | None = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
        body: object | None = None,
    ) -> None:
        text = f"litellm.APIError: {message}"
        openai_errors.APIError.__init__(self, text, request or _REQUEST, body=body)
        self.status_code = status_code
        self._describe(text, llm_provider, model, litellm_debug_info, max_retries, num_retries)


class MockException(APIError):
    """What a `mock_response` that is an error raises when it names no class."""


class APIConnectionError(_Described, openai_errors.APIConnectionError):
    """500: the provider could not be reached, or something unexpected happened on the way."""

    def __init__(
        self,
        message: str,
        llm_provider: str | None = None,
        model: str | None = None,
        request: httpx.Request | None = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = f"litellm.APIConnectionError: {message}"
        openai_errors.APIConnectionError.__init__(self, message=text, request=request or _REQUEST)
        self.status_code = 500
        self._describe(text, llm_provider, model, litellm_debug_info, max_retries, num_retries)


class APIResponseValidationError(_Described, openai_errors.APIResponseValidationError):
    """500: a reply that cannot be what was asked for."""

    def __init__(
        self,
        message: str,
        llm_provider: str | None = None,
        model: str | None = None,
        litellm_debug_info: str | None = None,
        max_retries: int | None = None,
        num_retries: int | None = None,
    ) -> None:
        text = message  # as upstream's, which OpenAI's class sets anew
        reply = httpx.Response(500, request=_REQUEST)
        openai_errors.APIResponseValidationError.__init__(self, reply, None, message=text)
        self._describe(text, llm_provider, model, litellm_debug_info, max_retries, num_retries)


class JSONSchemaValidationError(APIResponseValidationError):
    """A reply that does not fit the schema that was asked for; see `raw_response` and `schema`."""

    def __init__(self, model: str, llm_provider: str, raw_response: str, schema: str) -> None:
        super().__init__("", llm_provider, model)
        self.raw_response, self.schema = raw_response, schema
        self.message = (
            f"litellm.JSONSchemaValidationError: model={model}, returned an invalid response={raw_response}, "
            f"for schema={schema}.\nAccess raw response with `e.raw_response`"
        )


class OpenAIError(openai_errors.OpenAIError):
    """A failure inside OpenAI's client, kept as it is."""

    def __init__(self, original_exception: Any = None) -> None:
        super().__init__()
        self.status_code = getattr(original_exception, "http_status", None)
        self.llm_provider = "openai"


class InvalidRequestError(openai_errors.BadRequestError):
    """The name of `BadRequestError` before OpenAI's version 1."""

    def __init__(self, message: str, model: str, llm_provider: str) -> None:
        super().__init__(message, response=httpx.Response(400, request=_REQUEST), body=None)
        self.status_code = 400
        self.message, self.model, self.llm_provider = message, model, llm_provider


class BudgetExceededError(Exception):
    """A budget is spent. `current_cost` and `max_budget` are US dollars."""

    def __init__(
        self,
        current_cost: float,
        max_budget: float,
        message: str | None = None,
        llm_provider: str | None = None,
        entity_type: str | None = None,
        entity_id: str | None = None,
    ) -> None:
        self.current_cost, self.max_budget = current_cost, max_budget
        self.status_code = 422
        self.llm_provider = llm_provider or ""
        self.entity_type, self.entity_id = entity_type, entity_id
        self.category = RateLimitErrorCategory.LITELLM_RATE_LIMIT.value
        self.rate_limit_type = RateLimitType.BUDGET.value
        self.message = message or f"Budget has been exceeded! Current cost: {current_cost}, Max budget: {max_budget}"
        super().__init__(self.message)


class ModelNotMappedError(ValueError):
    """The catalogue has no entry for a model, so it has no price and no facts."""


class GuardrailRaisedException(Exception):
    """A guardrail refused the request or the answer."""

    def __init__(
        self,
        guardrail_name: str | None = None,
        message: str = "",
        should_wrap_with_default_message: bool = True,
        status_code: int = 400,
        blocked_content: bool = False,
    ) -> None:
        wrapped = f"Guardrail raised an exception, Guardrail: {guardrail_name}, Message: {message}"
        self.message = wrapped if should_wrap_with_default_message else message
        self.guardrail_name, self.status_code, self.blocked_content = guardrail_name, status_code, blocked_content
        super().__init__(self.message)


class BlockedPiiEntityError(Exception):
    """A guardrail found personal data of a kind that is not let through."""

    def __init__(self, entity_type: str, guardrail_name: str | None = None, status_code: int = 400) -> None:
        self.entity_type, self.guardrail_name, self.status_code = entity_type, guardrail_name, status_code
        super().__init__(f"Blocked entity detected: {entity_type} by Guardrail: {guardrail_name}.")


LITELLM_EXCEPTION_TYPES: list[type[Exception]] = [
    AuthenticationError,
    NotFoundError,
    BadRequestError,
    UnprocessableEntityError,
    UnsupportedParamsError,
    Timeout,
    PermissionDeniedError,
    RateLimitError,
    ContextWindowExceededError,
    RejectedRequestError,
    ContentPolicyViolationError,
    InternalServerError,
    ServiceUnavailableError,
    APIError,
    APIConnectionError,
    APIResponseValidationError,
    OpenAIError,
    BudgetExceededError,
    JSONSchemaValidationError,
    MockException,
]
