"""How often models did well, and how often not, by kind of request."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence

from litellm.router_strategy.adaptive_router.signs import RequestType

Tell = Callable[[Sequence[tuple[str, float, float]]], Mapping[str, float]]
"""Told (what is counted, what it was known to be, what came here since) of each; gives the counts of all processes."""


def _name(mark: str, kind: RequestType, model: str) -> str:
    return f"{mark}/{kind.value}/{model}"


class Learned:
    """Counts of praise and blame, of this process and of what it was told of others. Safe between threads."""

    def __init__(self) -> None:
        self._known: dict[str, float] = {}
        self._untold: dict[str, float] = {}
        self._lost: set[str] = set()
        self._lock = threading.Lock()

    def after_fork(self) -> None:
        """In the child of a fork: it goes by what its parent knew, and the parent tells it."""
        self._lock = threading.Lock()
        self._known = {name: self._sum(name) for name in self._known.keys() | self._untold.keys()}
        self._untold = {}

    def _sum(self, name: str) -> float:
        return self._known.get(name, 0.0) + self._untold.get(name, 0.0)

    def of(self, kind: RequestType, model: str) -> tuple[float, float]:
        """(praise, blame) of a model for a kind of request."""
        with self._lock:
            return self._sum(_name("praise", kind, model)), self._sum(_name("blame", kind, model))

    def add(self, kind: RequestType, model: str, praise: float, blame: float) -> None:
        """Count a reaction."""
        with self._lock:
            for mark, amount in (("praise", praise), ("blame", blame)):
                if amount:
                    name = _name(mark, kind, model)
                    self._untold[name] = self._untold.get(name, 0.0) + amount

    def exchange(self, tell: Tell) -> None:
        """Tell what came here since the last time, and take in what all know. Raises what `tell` raises."""
        with self._lock:
            told = {name: self._untold.get(name, 0.0) for name in self._untold.keys() | self._lost}
            news = [(name, self._known.get(name, 0.0), added) for name, added in told.items()]
        totals = tell(news)
        with self._lock:
            for name, added in told.items():
                left = self._untold.pop(name, 0.0) - added
                if left:
                    self._untold[name] = left
            self._lost = {name for name, count in self._known.items() if totals.get(name, 0.0) < count}
            for name, count in totals.items():
                self._known[name] = max(count, self._known.get(name, 0.0))
