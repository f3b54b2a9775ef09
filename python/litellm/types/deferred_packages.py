"""One module of a large package, without what the package's `__init__` files load.

Importing `a.b.c` runs `a` and `a.b` first. Here those run when somebody looks up a name in them, as whoever imports
`a` for its own sake does; then they hold what they always hold.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import Any

_RUNNING = threading.RLock()


def import_module(name: str) -> ModuleType:
    """The module `name`, in full; packages above it, and those it imports from, run when they are looked into.

    Raises ImportError. What is loaded already is used as it is.
    """
    finder = _Finder(name.partition(".")[0])
    sys.meta_path.insert(0, finder)
    try:
        return importlib.import_module(name)
    finally:
        sys.meta_path.remove(finder)


class _Finder(importlib.abc.MetaPathFinder):
    """Defers the packages at and below `root` that this thread imports."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._thread = threading.get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] != self._root or threading.get_ident() != self._thread:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None and spec.submodule_search_locations is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader) -> None:
        self._loader = loader

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._loader
        module.__class__ = _DeferredPackage


class _DeferredPackage(ModuleType):
    """A package whose `__init__` runs when a name in it is looked up, set or listed."""

    def __getattr__(self, name: str) -> Any:
        _run(self)
        return getattr(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if not isinstance(value, ModuleType):  # the import system sets the modules of a package in it
            _run(self)
        ModuleType.__setattr__(self, name, value)

    def __dir__(self) -> list[str]:
        _run(self)
        return dir(self)


def _run(package: ModuleType) -> None:
    with _RUNNING:
        if type(package) is ModuleType:  # another thread was first
            return
        spec = package.__spec__
        assert spec is not None
        assert spec.loader is not None
        object.__setattr__(package, "__class__", ModuleType)  # past the class's own
        try:
            spec.loader.exec_module(package)
        except BaseException:
            sys.modules.pop(spec.name, None)
            raise
