"""Which hooks a callback has of its own; one that it inherits from `CustomLogger` does nothing and is not called."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

Hook = Callable[..., Any]


def overridden(callback: Any, name: str) -> Hook | None:
    """`callback.<name>` when its class, or the object itself, defines more than `CustomLogger`'s own."""
    found = getattr(callback, name, None)
    if not callable(found):
        return None
    base = next((c for c in type(callback).__mro__ if c.__module__ == "litellm.integrations.custom_logger"), None)
    default = getattr(base, name, None)
    if default is not None and getattr(found, "__func__", found) is default:
        return None
    hook: Hook = found
    return hook


def same_objects(some: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether two sequences hold the same objects in the same order."""
    return len(some) == len(others) and all(map(operator.is_, some, others))


class Overrides:
    """The hooks called `names` of a list of callbacks, which may change at any time."""

    def __init__(self, callbacks: Callable[[], Sequence[Any]], names: Sequence[str]) -> None:
        self._callbacks, self._names = callbacks, names
        self._seen: Sequence[Any] = ()
        self._hooks: dict[str, list[Hook]] = {}

    def all(self) -> dict[str, list[Hook]]:
        """Name → hooks in the callbacks' order, for the names that have any."""
        callbacks = self._callbacks()
        if not callbacks:
            return {}
        if not same_objects(callbacks, self._seen):
            objects = [item for item in callbacks if not isinstance(item, (str, type))]
            every = {name: [hook for item in objects if (hook := overridden(item, name))] for name in self._names}
            self._hooks = {name: hooks for name, hooks in every.items() if hooks}
            self._seen = tuple(callbacks)
        return self._hooks
