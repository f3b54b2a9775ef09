"""Whether a router's methods are upstream's: what the application puts in their place is used, not passed by."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import CodeType
from typing import Any, Final

from litellm_rust.patches.patch import Function

# Where a choice and a whole call begin. Whoever puts something in their place calls it, and ours only underneath.
_ENTRIES: Final = frozenset({"acompletion", "get_available_deployment"})
# Replaced by patches of ours, too, and asked by whole calls.
_PATCHED: Final = frozenset({"async_get_available_deployment", "async_get_healthy_deployments"})
_CHOICE: Final = frozenset({"get_available_deployment", *_PATCHED})
_CALL: Final = frozenset({"acompletion", *_CHOICE})
_OURS: Final = str(Path(__file__).parents[1])


class Methods:
    """The methods of upstream's `Router` as they were when it was patched."""

    def __init__(self, router_class: Any) -> None:
        self._class = router_class
        self._functions = {name: found for name, found in vars(router_class).items() if inspect.isfunction(found)}

    @functools.cached_property
    def choice(self) -> Watched:
        """Those that a choice of a deployment may call."""
        return Watched(self._class, self._functions, _CHOICE)

    @functools.cached_property
    def call(self) -> Watched:
        """Those that a whole call may call."""
        return Watched(self._class, self._functions, _CALL)

    def are_shadowed(self, router: Any) -> bool:
        """Whether this router has methods of its own."""
        return not self._functions.keys().isdisjoint(vars(router))


class Watched:
    """Some methods of a class, looked at before every call: all of them in one comparison."""

    def __init__(self, router_class: Any, functions: Mapping[str, Function], start: Iterable[str]) -> None:
        """`functions` are the methods as they were; watched are those that the names `start` lead to."""
        self._class: Mapping[str, Any] = vars(router_class)
        self._names = tuple(sorted(reachable(functions, start, router_class.__module__) - _ENTRIES))
        self._expected = tuple(map(functions.__getitem__, self._names))
        self._get: Callable[[Any], Any] = operator.itemgetter(*self._names)
        self._file = self._expected[0].__code__.co_filename

    def are_replaced(self) -> bool:
        """Whether one of them is another function now, or gone."""
        try:
            found = self._get(self._class)
        except KeyError:
            return True
        return found != self._expected and self._are_foreign(found)

    def _are_foreign(self, found: tuple[Any, ...]) -> bool:
        """Whether more has changed than what our own patches put in and take out."""
        for name, now, then in zip(self._names, found, self._expected, strict=True):
            if now is not then and not (name in _PATCHED and self._is_known(now)):
                return True
        self._expected = found
        return False

    def _is_known(self, function: Any) -> bool:
        file = getattr(getattr(function, "__code__", None), "co_filename", "")
        return file == self._file or file.startswith(_OURS)


def reachable(functions: Mapping[str, Function], start: Iterable[str], package: str) -> frozenset[str]:
    """The names of the methods that those named `start` mention, directly or through others.

    Functions of modules whose names begin with `package` are followed: they are given the router.
    """
    found = {name for name in start if name in functions}
    waiting, followed = [functions[name] for name in found], set()
    while waiting:
        function = waiting.pop()
        followed.add(function)
        for name in _names(function.__code__):
            outside = function.__globals__.get(name)
            if name in functions and name not in found and not name.startswith("__"):
                found.add(name)
                waiting.append(functions[name])
            elif (
                inspect.isfunction(outside)
                and (outside.__module__ or "").startswith(package)
                and outside not in followed
            ):
                waiting.append(outside)
    return frozenset(found)


def _names(code: CodeType) -> Iterator[str]:
    """The names that a function's code mentions, with those of the functions inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
