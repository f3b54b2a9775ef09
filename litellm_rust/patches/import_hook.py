"""Calls back when a package has been imported, without importing it.

A finder at the head of `sys.meta_path` lets the other finders find the package's modules, and notes when each has
run. The callback comes when the outermost import of the package ends, never while one of its modules is half done.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType


class ImportHook:
    """A `sys.meta_path` finder for one package; `imported(module)` is called after each outermost import of one."""

    def __init__(self, package: str, imported: Callable[[str], None]) -> None:
        self._package = package
        self._prefix = package + "."
        self._imported = imported
        self._local = threading.local()

    def add(self) -> None:
        """Start watching; a second call changes nothing."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Stop watching; a second call changes nothing."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that the other finders give for a module of the package, its loader set to report; else None."""
        if name != self._package and not name.startswith(self._prefix):
            return None
        for finder in list(sys.meta_path):
            if finder is self or not hasattr(finder, "find_spec"):
                continue
            spec = finder.find_spec(name, path, target)
            if spec is not None:
                self._watch(spec)
                return spec
        return None

    def _watch(self, spec: ModuleSpec) -> None:
        loader = spec.loader
        execute = getattr(loader, "exec_module", None)
        if loader is None or execute is None or not hasattr(loader, "__dict__"):
            return

        def exec_module(module: ModuleType) -> None:
            del loader.__dict__["exec_module"]  # one module, one loader: it is itself again
            self._local.depth = getattr(self._local, "depth", 0) + 1
            try:
                execute(module)
            finally:
                self._local.depth -= 1
            if self._local.depth == 0:
                self._imported(spec.name)

        loader.__dict__["exec_module"] = exec_module
