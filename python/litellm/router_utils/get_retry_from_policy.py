"""How often, whether and when a failed attempt is tried again."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any

from litellm import exceptions
from litellm.types.router import RetryPolicy

# Upstream's constants: first wait, longest wait, and the longest `retry-after` that is obeyed, in seconds.
INITIAL_RETRY_DELAY_S = 0.5
MAX_RETRY_DELAY_S = 8.0
LONGEST_RETRY_AFTER_S = 60.0
JITTER = 0.75

# The most specific class first: ContextWindowExceededError and ContentPolicyViolationError are BadRequestErrors.
POLICY_FIELDS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.AuthenticationError, "AuthenticationError"),
    (exceptions.Timeout, "TimeoutError"),
    (exceptions.RateLimitError, "RateLimitError"),
    (exceptions.ContentPolicyViolationError, "ContentPolicyViolationError"),
    (exceptions.NotFoundError, "NotFoundError"),
    (exceptions.BadRequestError, "BadRequestError"),
    (exceptions.ServiceUnavailableError, "ServiceUnavailableError"),
    (exceptions.BadGatewayError, "BadGatewayError"),
    (exceptions.InternalServerError, "InternalServerError"),
)


def from_policy(policy: Any, error: Exception, suffix: str) -> int | None:
    """The number that `policy` holds for the class of `error` in the field ending in `suffix`, or None."""
    if policy is None:
        return None
    for kind, name in POLICY_FIELDS:
        if isinstance(error, kind):
            value = getattr(policy, f"{name}{suffix}", None)
            if value is not None:
                return int(value)
    default = getattr(policy, f"Default{suffix}", None)
    return None if default is None else int(default)


def get_num_retries_from_retry_policy(
    exception: Exception,
    retry_policy: RetryPolicy | Mapping[str, Any] | None = None,
    model_group: str | None = None,
    model_group_retry_policy: Mapping[str, RetryPolicy] | None = None,
) -> int | None:
    """How often the policy of the group, or else the router's, retries after `exception`; None: it says nothing."""
    policy: Any = (model_group_retry_policy or {}).get(model_group or "", retry_policy)
    if isinstance(policy, Mapping):
        policy = RetryPolicy(**policy)
    return from_policy(policy, exception, "Retries")


def status_of(error: Exception) -> int | None:
    """The HTTP status that an error stands for, when it has one."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) else None


def should_retry(error: Exception, healthy: Callable[[], int], group_size: int, has_fallbacks: bool) -> bool:
    """Whether trying the same group again can help.

    A refused request (400, 404, 422) fails again wherever it goes; bad credentials (401, 403) may differ between
    deployments; a rate limit is worth waiting for, unless every deployment is cooling down and a fallback is left.
    """
    status = status_of(error)
    if status is None:
        return not isinstance(error, (ValueError, TypeError, KeyError, AttributeError))
    if status in (401, 403):
        return group_size > 1 and healthy() > 0
    if status == 429:
        return healthy() > 0 or (group_size == 1 and not has_fallbacks)
    return status in (408, 409) or status >= 500


def retry_after_s(error: Exception) -> float | None:
    """The wait that the provider asked for, in seconds, from `retry-after-ms` or `retry-after` (seconds or a date)."""
    headers = getattr(error, "litellm_response_headers", None)
    if headers is None:
        headers = getattr(getattr(error, "response", None), "headers", None)
    if not headers:
        return None
    try:
        if headers.get("retry-after-ms"):
            return float(headers["retry-after-ms"]) / 1000
        value = headers.get("retry-after")
        if value is None:
            return None
        if str(value).replace(".", "", 1).isdigit():
            return float(value)
        when = parsedate_to_datetime(str(value))
        return (when - when.now(when.tzinfo)).total_seconds()
    except (TypeError, ValueError):
        return None


def retry_delay_s(error: Exception, attempt: int, others: bool, min_s: float, uniform: Callable[[], float]) -> float:
    """How long to wait before attempt number `attempt` (0 is the first retry), in seconds.

    None at all when another deployment is free; else what the provider asked for, or exponential back-off with jitter.
    `uniform` gives numbers in [0, 1).
    """
    if others:
        return 0.0
    asked = retry_after_s(error)
    if asked is not None and 0 < asked <= LONGEST_RETRY_AFTER_S:
        return max(asked, min_s)
    delay = min(INITIAL_RETRY_DELAY_S * 2.0**attempt, MAX_RETRY_DELAY_S)
    return float(max(delay * (1 + JITTER * uniform()), min_s))


uniform = random.random
