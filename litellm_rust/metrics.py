"""Counts of what ran natively and what fell back, one counter a feature; read by `litellm_rust.status()`."""

from __future__ import annotations

from itertools import count
from typing import Final

# Fallback reasons come from code, never from data, so few exist; the bound guards against a mistake.
_MAX_REASONS: Final = 64


class Counter:
    """A counter that many threads may raise: `itertools.count` steps in one bytecode, without a lock."""

    __slots__ = ("_next", "add")

    def __init__(self) -> None:
        self._next = count()
        self.add = self._next.__next__

    @property
    def value(self) -> int:
        """How often `add` was called."""
        text = repr(self._next)  # "count(7)": reading does not step it
        return int(text[len("count(") : -1])


class FeatureMetrics:
    """Calls of one feature: served natively, run in shadow, and left to the original by reason."""

    def __init__(self) -> None:
        self.native = Counter()
        self.shadowed = Counter()
        self.differences = Counter()
        self._fallbacks: dict[str, Counter] = {}

    def fallback(self, reason: str) -> None:
        """Count one call that the original served, because of `reason` (a short fixed phrase)."""
        counter = self._fallbacks.get(reason)
        if counter is None:
            if len(self._fallbacks) >= _MAX_REASONS:
                reason = "other"
            counter = self._fallbacks.setdefault(reason, Counter())
        counter.add()

    def fallbacks(self) -> dict[str, int]:
        """Calls left to the original, by reason."""
        return {reason: counter.value for reason, counter in sorted(self._fallbacks.items())}


_features: dict[str, FeatureMetrics] = {}


def feature_metrics(feature: str) -> FeatureMetrics:
    """The counters of `feature`; the same object on every call."""
    return _features.setdefault(feature, FeatureMetrics())
