"""Puts patches in and takes them out: one attribute at a time, the identical objects restored."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable, Mapping
from types import ModuleType
from typing import Any, Final, NamedTuple

from litellm_rust import flags
from litellm_rust.patches.dispatch import dispatch
from litellm_rust.patches.import_hook import ImportHook
from litellm_rust.patches.patch import Function, Mismatch, Patch

_log: Final = logging.getLogger("litellm_rust")
# The namespace of what is no module: `sys.modules` may hold anything.
_NOTHING: Final[dict[str, Any]] = {}


class Installed(NamedTuple):
    """A patch that is in: what was there, what is there now, and the flag it was put in for."""

    original: Function
    replacement: Function
    flag: flags.Flag


class Installer:
    """The patches of one table, and which of them are in. All methods may be called from any thread."""

    def __init__(self, package: str, patches: Iterable[Patch]) -> None:
        """`patches` are all of modules of `package`."""
        self.patches: Final = tuple(patches)
        self._package = package
        self._lock = threading.RLock()
        self._hook = ImportHook(package, self._package_imported)
        self._active = False
        self._installed: dict[Patch, Installed] = {}
        self._refused: dict[Patch, str] = {}

    @property
    def active(self) -> bool:
        """Whether `enable` was called and `disable` was not."""
        return self._active

    def enable(self) -> None:
        """Install each patch whose flag is not off: now if its module is loaded, else when the application loads it.

        A flag that is changed later changes what is installed.
        """
        with self._lock:
            self._active = True
            self._hook.add()
            flags.on_change(self._flags_changed)
            self._flags_changed()

    def _flags_changed(self) -> None:
        with self._lock:
            if self._active:
                changed = [patch for patch, known in self._installed.items() if known.flag != flags.flag(patch.feature)]
                self._take_out(changed)
                self._install_loaded()

    def disable(self) -> None:
        """Take every patch out and put the original objects back wherever the replacements went."""
        with self._lock:
            self._active = False
            self._hook.remove()
            flags.forget(self._flags_changed)
            self._take_out(list(self._installed))
            self._refused.clear()

    def installed(self, patch: Patch) -> Installed | None:
        """What `patch` replaced and by what; None while it is not in."""
        return self._installed.get(patch)

    def reason_off(self, patch: Patch) -> str | None:
        """Why `patch` is not in; None while it is."""
        if patch in self._installed:
            return None
        if not flags.enabled(patch.feature):
            return "switched off"
        if not _wanted(patch):
            return "cannot run in shadow"
        if not self._active:
            return "not enabled"
        return self._refused.get(patch, f"{patch.module} is not imported")

    def _package_imported(self, last: str) -> None:
        with self._lock:
            if self._active:
                self._install_loaded(last)

    def _install_loaded(self, last: str | None = None) -> None:
        """Install what can be.

        `last` is the module of the package that has just run to its end, which the import system still takes for half
        done; only modules of the package can have bound the originals by `from x import f` meanwhile.
        """

        def is_loaded(name: str) -> bool:
            module = sys.modules.get(name)
            return module is not None and (name == last or not getattr(module.__spec__, "_initializing", False))

        if not is_loaded(self._package):
            return
        bindings: dict[int, Function] = {}
        for patch in self.patches:
            if patch in self._installed or patch in self._refused or not _wanted(patch):
                continue
            if all(map(is_loaded, (patch.module, *patch.modules))):
                done = self._install(patch, sys.modules[patch.module])
                if done is not None and patch.is_function:
                    bindings[id(done.original)] = done.replacement
        self._rebind(bindings, inside=last is not None)

    def _install(self, patch: Patch, module: ModuleType) -> Installed | None:
        try:
            original, owner = patch.target(module), patch.owner(module)
            flag = flags.flag(patch.feature)
            build = (patch.build_shadow if flag.state == "shadow" else None) or patch.build
            replacement = dispatch(patch, flag, original, build(original, owner))
        except Mismatch as mismatch:
            self._refused[patch] = str(mismatch)
            return None
        # The boundary of the installer: whatever a foreign version does here, the application goes on without us.
        except Exception as error:  # noqa: BLE001
            _log.warning("%s stays as it is: %r", patch.name, error, exc_info=True)
            self._refused[patch] = f"{type(error).__name__}: {error}"
            return None
        setattr(owner, patch.attribute.rpartition(".")[2], replacement)
        self._installed[patch] = installed = Installed(original, replacement, flag)
        return installed

    def _take_out(self, patches: Iterable[Patch]) -> None:
        bindings: dict[int, Function] = {}
        for patch in patches:
            installed = self._installed.pop(patch)
            owner, leaf = patch.owner(sys.modules[patch.module]), patch.attribute.rpartition(".")[2]
            # Somebody patched over ours: theirs stays, and what it calls underneath is ours, which still works.
            if vars(owner).get(leaf) is installed.replacement:
                setattr(owner, leaf, installed.original)
            if patch.is_function:
                bindings[id(installed.replacement)] = installed.original
        self._rebind(bindings, inside=False)

    def _rebind(self, bindings: Mapping[int, Function], *, inside: bool) -> None:
        """Replace the objects whose ids are the keys of `bindings`; `inside`: in modules of the package only."""
        names, wanted = frozenset(original.__name__ for original in bindings.values()), frozenset(bindings)
        libraries: dict[str, bool] = {}
        for name, module in list(sys.modules.items() if bindings else ()):
            package = name.partition(".")[0]
            if inside and package != self._package:
                continue
            namespace: dict[str, Any] = getattr(module, "__dict__", _NOTHING)
            # There are thousands of modules: those of other libraries are looked at only if they have one of the names.
            if package != self._package and names.isdisjoint(namespace):
                if package not in libraries:
                    libraries[package] = _is_library(package, namespace)
                if libraries[package]:
                    continue
            if wanted.isdisjoint(map(id, list(namespace.values()))):
                continue
            for attribute, value in list(namespace.items()):
                if id(value) in wanted:
                    namespace[attribute] = bindings[id(value)]


def _is_library(package: str, namespace: Mapping[str, Any]) -> bool:
    """Whether modules of a package are the standard library's or installed ones, not the application's own."""
    return package in sys.stdlib_module_names or "site-packages" in (namespace.get("__file__") or "")


def _wanted(patch: Patch) -> bool:
    flag = flags.flag(patch.feature)
    return flag.state != "off" and (flag.state != "shadow" or patch.shadow or patch.build_shadow is not None)
