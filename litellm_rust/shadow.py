"""Both answers for one call: compared, counted, kept and logged when they differ; Python's is returned."""

from __future__ import annotations

import logging
import operator
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from litellm_rust.counters import feature_metrics, recent_differences

__all__ = ["acompare", "compare"]

_T = TypeVar("_T")
_log: Final = logging.getLogger("litellm_rust")
# What a call returned or raised: (result, exception).
_Outcome = tuple[Any, Exception | None]


def compare(
    feature: str,
    name: str,
    python: Callable[[], _T],
    native: Callable[[], object],
    same: Callable[[Any, Any], bool] = operator.eq,
) -> _T:
    """Run both; return or raise what `python` does. `same(theirs, ours)` decides whether two results agree.

    Two exceptions agree when they are of one class.
    """
    theirs = _outcome(python)
    report(feature, name, theirs, _outcome(native), same)
    answer: _T = _answer(theirs)
    return answer


async def acompare(
    feature: str, name: str, python: Callable[[], Awaitable[_T]], native: Callable[[], Awaitable[object]]
) -> _T:
    """As `compare`, for coroutine functions, one after the other."""
    theirs = await _aoutcome(python)
    report(feature, name, theirs, await _aoutcome(native), operator.eq)
    answer: _T = _answer(theirs)
    return answer


def report(feature: str, name: str, theirs: _Outcome, ours: _Outcome, same: Callable[[Any, Any], bool]) -> None:
    """Count this comparison; when the two differ, keep it and log it: at first always, then ever more rarely."""
    metrics = feature_metrics(feature)
    if _agree(theirs, ours, same):
        metrics.shadowed.add()
        return
    metrics.shadowed.add()
    metrics.differences.add()
    number = metrics.differences.value
    answers = f"Python {_shown(theirs)}, native {_shown(ours)}"
    recent_differences(feature).append(f"{name}: {answers}")
    if number <= 10 or number & (number - 1) == 0:
        _log.warning("%s differs (%d so far): %s", name, number, answers)


def _agree(theirs: _Outcome, ours: _Outcome, same: Callable[[Any, Any], bool]) -> bool:
    if theirs[1] is not None or ours[1] is not None:
        return type(theirs[1]) is type(ours[1])
    return bool(same(theirs[0], ours[0]))


def _shown(outcome: _Outcome) -> str:
    """An outcome for the log: numbers as they are, of anything else the kind only, for it may hold a user's text."""
    result, error = outcome
    if error is not None:
        return f"raised {type(error).__name__}"
    if result is None or isinstance(result, bool | int | float):
        return repr(result)
    size = f" of {len(result)}" if hasattr(type(result), "__len__") else ""
    return f"a {type(result).__name__}{size}"


def _outcome(call: Callable[[], object]) -> _Outcome:
    try:
        return call(), None
    # Part of the patch installer's boundary: an error of the native side must not reach the caller, and Python's is
    # raised again by `_answer`.
    except Exception as error:  # noqa: BLE001
        return None, error


async def _aoutcome(call: Callable[[], Awaitable[object]]) -> _Outcome:
    try:
        return await call(), None
    except Exception as error:  # noqa: BLE001 - as in _outcome
        return None, error


def _answer(outcome: _Outcome) -> Any:
    result, error = outcome
    if error is not None:
        raise error
    return result
