"""Other models to try when one fails: the `fallbacks` argument of a call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

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
    for attempt in attempts[:-1]:
        try:
            return (yield from steps(attempt, call_type))
        except Exception:  # noqa: BLE001 - the next model is tried; the last failure is raised
            continue
    return (yield from steps(attempts[-1], call_type))
