"""A table in shadow: the twin decides, the native table is told the same, and their answers are compared."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from litellm_rust import flags, shadow

# Strategies that draw among equals: of these only whether anything was picked can be compared.
_RANDOM: Final = frozenset({"simple-shuffle", "latency-based-routing", "usage-based-routing-v2", "rate-limit-aware"})


class _Clock:
    """One reading of the time for both tables."""

    def __init__(self, clock: Callable[[], float] | None) -> None:
        self._read = time.time if clock is None else clock
        self._now = 0.0

    def __call__(self) -> float:
        return self._now

    def step(self) -> None:
        """Read the time that both see until the next step."""
        self._now = self._read()


class ShadowTable:
    """Looks like the twin; every call goes to both tables, one call at a time so that both see one order."""

    def __init__(self, feature: str, python: type, native: type, *args: Any, **kwargs: Any) -> None:
        """Makes both tables with the same arguments. `clock` is read once a call."""
        self._clock = _Clock(kwargs.pop("clock", None))
        self._clock.step()
        self._feature = feature
        self._name = python.__name__
        self._python: Any = python(*args, clock=self._clock, **kwargs)
        self._native: Any = native(*args, clock=self._clock, **kwargs)
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        python, native = getattr(self._python, name), getattr(self._native, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            args = tuple(map(_kept, args))
            kwargs = {key: _kept(value) for key, value in kwargs.items()}
            with self._lock:
                self._clock.step()
                if name == "pick":
                    return self._pick(*args, **kwargs)
                return self._compare(name, lambda: python(*args, **kwargs), lambda: native(*args, **kwargs), _same)

        return call

    def _pick(self, group: Any, strategy: Any, *, reserve: Any = True, **kwargs: Any) -> Any:
        drawn = strategy in _RANDOM
        picked = self._compare(
            "pick",
            lambda: self._python.pick(group, strategy, reserve=reserve, **kwargs),
            lambda: self._native.pick(group, strategy, reserve=False, **kwargs),
            lambda theirs, ours: (theirs is None) == (ours is None) if drawn else theirs == ours,
        )
        if reserve and picked is not None:
            self._native.reserve(picked)
        return picked

    def _compare(
        self,
        name: str,
        python: Callable[[], Any],
        native: Callable[[], Any],
        same: Callable[[Any, Any], bool],
    ) -> Any:
        return shadow.compare(self._feature, f"{self._name}.{name}", python, native, same)

    def __len__(self) -> int:
        return len(self._python)

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        self._python._after_fork()
        self._native._after_fork()


def make_table(feature: str, python: type, native: type, *args: Any, **kwargs: Any) -> Any:
    """The table that the flag of `feature` asks for: `native`, its twin `python`, or both in shadow."""
    if flags.flag(feature).state == "shadow":
        return ShadowTable(feature, python, native, *args, **kwargs)
    return (native if flags.native(feature) else python)(*args, **kwargs)


def _kept(value: Any) -> Any:
    """`value`, or all it gives if it can be read only once."""
    return list(value) if isinstance(value, Iterator) else value


def _same(theirs: Any, ours: Any) -> bool:
    if type(theirs).__name__ == "Decision" == type(ours).__name__:
        fields = ("allowed", "refused", "retry_after_s", "remaining", "reset_s")
        return all(getattr(theirs, field) == getattr(ours, field) for field in fields)
    if isinstance(theirs, list):
        return isinstance(ours, list) and sorted(theirs) == sorted(ours)
    return bool(theirs == ours)
