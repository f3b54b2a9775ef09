"""Other models to try when one fails: the `fallbacks` argument of a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from litellm._logging import verbose_logger
from litellm.pipeline.effects import Steps

Result = TypeVar("Result")


def with_fallbacks(
    steps: Callable[[dict[str, Any], str], Steps[Result]], arguments: dict[str, Any], call_type: str
) -> Steps[Result]:
    """`steps` with `arguments`, then with each fallback (a model name, or a dict of arguments) until one succeeds.

    Raises the last failure when all fail.
    """
    fallbacks = arguments.pop("fallbacks", None)
    if not fallbacks:
        return steps(arguments, call_type)
    return _try_each(steps, arguments, call_type, list(fallbacks))


def _try_each(
    steps: Callable[[dict[str, Any], str], Steps[Result]],
    arguments: dict[str, Any],
    call_type: str,
    fallbacks: list[Any],
) -> Steps[Result]:
    attempts: list[dict[str, Any]] = [arguments]
    for fallback in fallbacks:
        changed = {"model": fallback} if isinstance(fallback, str) else dict(fallback)
        attempts.append({**arguments, **changed})
    for tried, attempt in enumerate(attempts):
        try:
            result = yield from steps(attempt, call_type)
        except Exception as error:
            if attempt is attempts[-1]:
                raise
            verbose_logger.debug("fallbacks: %s failed, the next one is tried: %s", attempt.get("model"), error)
        else:
            return _counted(result, tried)
    raise AssertionError("the last attempt returns or raises")


def _counted(result: Result, tried: int) -> Result:
    """`result` with the number of fallbacks that were tried among its headers."""
    hidden = getattr(result, "_hidden_params", None)
    if tried and isinstance(hidden, dict):
        headers = hidden.get("additional_headers") or {}
        hidden["additional_headers"] = {**headers, "x-litellm-attempted-fallbacks": tried}
    return result
