"""One place where a provider's refusal becomes an exception of ours.

The status decides, but for what the message gives away (a prompt too long, a policy refusal) and for the few families
of providers whose statuses mean something else. Families and words as LiteLLM 1.106.2 maps recorded refusals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

import litellm

CONTEXT_WORDS = (
    "request payload size exceeds",
    "context length",
    "context_length_exceeded",
    "context window",
    "maximum context length",
    "prompt is too long",
    "prompt: length",
    "input is too long",
    "too many tokens",
    "input token count",
    "exceeds the maximum number of tokens",
    "string too long. expected a string with maximum length",
    "inputs` tokens + `max_new_tokens",
    "model's maximum context limit",
    "is longer than the model's context length",
    "`inputs` must have less than",
    "exceeded the context window",
)
POLICY_WORDS = (
    "content_policy_violation",
    "invalid_prompt",
    "violating our usage policy",
    "content filtering policy",
    "responsibleaipolicyviolation",
    "safety_violation",
    "content_filter_policy",
)
_GOOGLE_POLICY_WORDS = (*POLICY_WORDS, "the response was blocked", "output blocked by content filtering policy")
_AZURE_POLICY_WORDS = (*POLICY_WORDS, "content management policy", "content_filter")
_NO_CONTEXT_ERRORS = frozenset({"openrouter", "huggingface", "ollama_chat", "ollama"})
_CONTEXT_IS_BAD_REQUEST = frozenset({"anthropic", "anthropic_text", "gemini", "vertex_ai", "vertex_ai_beta"})
"""Providers whose prompt that is too long is a 400, whatever status it came with."""
_THROTTLES_FIRST = frozenset({"openai", "text-completion-openai", "custom_openai", "perplexity"})
"""Providers whose 429 is one, whatever its words."""
_PLAIN_API_ERROR_ON_500 = frozenset({"azure", "azure_text", "openrouter", "huggingface", "replicate"})
_PERMISSION_ERRORS = frozenset(
    {
        "anthropic", "anthropic_text", "bedrock", "sagemaker", "sagemaker_chat", "databricks", "ollama",
        "ollama_chat", "cloudflare", "cohere", "cohere_chat", "custom", "datarobot", "heroku", "langgraph", "maritalk",
        "oobabooga", "petals", "snowflake", "watsonx", "amazon_nova", "compactifai", "minimax",
        "text-completion-codestral", "text-completion-inception", "jina_ai", "voyage", "infinity",
    }
)  # fmt: skip
"""Providers whose 403 is one, and whose other refusals (4xx) are the caller's mistake."""
_PLAIN_API_ERRORS: Mapping[str, frozenset[int]] = {
    "huggingface": frozenset({404, 422, 502, 504}),
    "openrouter": frozenset({502}),
}
"""Statuses of a provider that have no exception of their own."""
_UNPROCESSABLE_IS_BAD = frozenset({"databricks", "watsonx"})
"""Providers whose 422 becomes a 400."""
_ALL_STATUSES = frozenset(range(400, 600))
_FAMILY_NAMES: Mapping[str, tuple[str, frozenset[int]]] = {
    "azure_text": ("azure", _ALL_STATUSES),
    "cohere_chat": ("cohere", frozenset({400, 408, 413, 500})),
    "anthropic_text": ("anthropic", _ALL_STATUSES - {422}),
}
"""What LiteLLM calls a provider in errors of certain statuses."""
_AWS_WORDS: Mapping[str, str] = {
    "expected maxlength": "ContextWindowExceededError",
    "prompt: length: 1": "ContextWindowExceededError",
    "too many tokens": "ContextWindowExceededError",
    "input is too long": "ContextWindowExceededError",
    "prompt is too long": "ContextWindowExceededError",
    "malformed input request": "BadRequestError",
    "the security token included in the request is": "AuthenticationError",
    "accessdeniedexception": "PermissionDeniedError",
    "throttlingexception": "RateLimitError",
}
"""What Bedrock's words say whatever its status; the first that fits counts."""
_GOOGLE = frozenset({"gemini", "vertex_ai", "vertex_ai_beta"})


def exception_type(
    model: str | None,
    original_exception: Any,
    custom_llm_provider: str | None,
    completion_kwargs: Mapping[str, Any] | None = None,
    extra_kwargs: Mapping[str, Any] | None = None,
) -> Any:
    """Raise the exception of `litellm.exceptions` that `original_exception` stands for; one of those is kept."""
    known: bool = isinstance(original_exception, tuple(litellm.LITELLM_EXCEPTION_TYPES))
    if known:
        raise original_exception
    raise _mapped(original_exception, model or "", custom_llm_provider or "") from original_exception


def _mapped(error: Any, model: str, provider: str) -> Exception:
    text = str(getattr(error, "message", None) or error)
    message = f"{_title(provider)}Exception - {text}"
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None)
    quoted = any(getattr(error, name, None) is not None for name in ("code", "type", "param"))
    body = getattr(error, "body", None)
    filtered = provider.startswith("azure") and isinstance(body, dict) and "innererror" in body
    if not quoted and not filtered:
        body = None
    mapped: Exception
    if isinstance(error, (httpx.TimeoutException, TimeoutError)) or "Request Timeout Error" in text:
        mapped = litellm.Timeout(message, model, provider)
    elif not isinstance(status, int):
        mapped = litellm.APIConnectionError(message, provider, model)
    else:
        mapped = _by_status(status, text, message, model, provider, response, body)
    headers = getattr(error, "headers", None) or getattr(response, "headers", None)
    if headers:
        mapped.litellm_response_headers = headers  # type: ignore[attr-defined]
    _copy_error_object(error, mapped)
    return mapped


def _title(provider: str) -> str:
    names = {"openai": "OpenAI", "azure": "Azure", "deepseek": "Deepseek", "xai": "Xai"}
    return names.get(provider) or (provider[:1].upper() + provider[1:])


def _copy_error_object(error: Any, mapped: Exception) -> None:
    """What the provider's own error object said, where LiteLLM repeats it: for a bad request, a 429, a 500."""
    if type(mapped) is litellm.BadRequestError:
        names: tuple[str, ...] = ("code", "param", "type")
    elif isinstance(mapped, litellm.InternalServerError):
        names = ("code", "param")
    elif type(mapped) is litellm.RateLimitError:
        names = ("param",)
    else:
        return
    for name in names:
        value = getattr(error, name, None)
        if value is not None and getattr(mapped, name, None) is None:
            setattr(mapped, name, value)


def named_in_error(provider: str, status: int) -> str:
    """What an error of `status` calls `provider`."""
    name, statuses = _FAMILY_NAMES.get(provider, (provider, _ALL_STATUSES))
    return name if status in statuses else provider


def _by_words(
    status: int, lower: str, message: str, model: str, provider: str, response: httpx.Response | None, body: Any
) -> Exception | None:
    """What the provider's words say more exactly than the status; None when they do not."""
    if provider.startswith("bedrock"):
        said = next((name for words, name in _AWS_WORDS.items() if words in lower), None)
        if said is not None:
            kind = getattr(litellm, said)
            return _with_status(kind(message, model=model, llm_provider=provider, response=response), status)
    throttled = status == 429 and provider in _THROTTLES_FIRST
    if provider not in _NO_CONTEXT_ERRORS and not throttled and _any(CONTEXT_WORDS, lower):
        family = _FAMILY_NAMES.get(provider, (provider,))[0]
        too_long = litellm.ContextWindowExceededError(message, model, family, response)
        return too_long if provider in _CONTEXT_IS_BAD_REQUEST else _with_status(too_long, status)
    if provider.startswith("azure"):
        if _any(_AZURE_POLICY_WORDS, f"{lower} {body}".lower() if isinstance(body, dict) else lower):
            return _azure_policy(litellm.ContentPolicyViolationError(message, model, provider, response), status, body)
        return None
    policy = _GOOGLE_POLICY_WORDS if provider in _GOOGLE else POLICY_WORDS
    if status in (400, 403) and _any(policy, lower):
        return litellm.ContentPolicyViolationError(message, model, provider, response)
    return None


def _azure_policy(error: litellm.ContentPolicyViolationError, status: int, body: Any) -> Exception:
    """`error` with what Azure's object says of the kind of refusal, which it does not always say."""
    code = body.get("code") if isinstance(body, dict) else None
    error.code, error.type = code or "content_policy_violation", "invalid_request_error"
    return _with_status(error, status)


def _by_status(
    status: int, text: str, message: str, model: str, provider: str, response: httpx.Response | None, body: Any
) -> Exception:
    lower = text.lower()
    provider = named_in_error(provider, status)
    if provider in _GOOGLE:
        status = _google_status(status, lower)
    by_words = _by_words(status, lower, message, model, provider, response, body)
    if by_words is not None:
        return by_words
    if status == 400 or (status == 422 and provider in _UNPROCESSABLE_IS_BAD):
        return litellm.BadRequestError(message, model, provider, response, body=body)
    if status == 401:
        return litellm.AuthenticationError(message, provider, model, response)
    if status == 403 and provider in _PERMISSION_ERRORS:
        return litellm.PermissionDeniedError(message, provider, model, response)
    if status in _PLAIN_API_ERRORS.get(provider, ()):
        return litellm.APIError(status, message, provider, model)
    if status == 404:
        return litellm.NotFoundError(message, provider, model, response)
    if status in (408, 504):
        return litellm.Timeout(message, model, provider, exception_status_code=status, response=response)
    if status == 403 and provider in _GOOGLE and "claude" in model:
        return litellm.PermissionDeniedError(message, provider, model, response)
    ours = provider.startswith("bedrock") or provider in _GOOGLE or provider in _PERMISSION_ERRORS
    if status == 402 and ours:
        return litellm.PaymentRequiredError(message, model, provider, response)
    if status == 422 or (ours and 400 < status < 500 and status != 429):
        return _with_status(litellm.BadRequestError(message, model, provider, response, body=body), status)
    if status == 429:
        return litellm.RateLimitError(message, provider, model, response)
    if status == 503 or (status == 500 and provider.startswith(("bedrock", "sagemaker"))):
        return litellm.ServiceUnavailableError(message, provider, model, response)
    if status == 502:
        return litellm.BadGatewayError(message, provider, model, response)
    if status == 500 and provider not in _PLAIN_API_ERROR_ON_500:
        return litellm.InternalServerError(message, provider, model, response)
    return litellm.APIError(status, message, provider, model)


def _google_status(status: int, text: str) -> int:
    """Google refuses a wrong API key with a 400."""
    return 401 if status == 400 and "api key not valid" in text else status


def _with_status(error: Any, status: int) -> Exception:
    """`error`, which tells of another status than its class stands for."""
    if not isinstance(error, litellm.RateLimitError):  # a throttled call is one of 429 to those who retry
        error.status_code = status
    told: Exception = error
    return told


def _any(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)
