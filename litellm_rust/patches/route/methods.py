"""Whether a router's methods are upstream's: what the application puts in their place is used, not passed by."""

from __future__ import annotations

import inspect
import operator
from pathlib import Path
from typing import Any, Final

from litellm_rust.patches.patch import Function

# Replaced by patches of ours, too, and asked by whole calls.
_PATCHED: Final = ("async_get_available_deployment", "async_get_healthy_deployments")
_OURS: Final = str(Path(__file__).parents[1])


class Methods:
    """The methods of upstream's `Router` as they were when it was patched."""

    def __init__(self, router_class: Any) -> None:
        self._class = vars(router_class)
        functions = {name: found for name, found in self._class.items() if inspect.isfunction(found)}
        self._all = functions.keys()
        entries = frozenset({*_PATCHED, "acompletion", "get_available_deployment"})
        self._names = tuple(name for name in functions if name not in entries)
        self._functions = tuple(functions[name] for name in self._names)
        self._patched = tuple(name for name in _PATCHED if name in functions)
        self._file = next((found.__code__.co_filename for found in self._functions), "")

    def are_replaced(self) -> bool:
        """Whether the class has other methods now."""
        found = self._class
        if not all(map(operator.is_, map(found.get, self._names), self._functions)):
            return True
        return not all(self._is_known(found.get(name)) for name in self._patched)

    def are_shadowed(self, router: Any) -> bool:
        """Whether this router has methods of its own."""
        return not self._all.isdisjoint(vars(router))

    def _is_known(self, function: Function | None) -> bool:
        file = getattr(getattr(function, "__code__", None), "co_filename", "")
        return file == self._file or file.startswith(_OURS)
