"""What a patch is: one attribute of upstream, what it relies on there, and the replacement."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

# Upstream's functions are untyped for us: a replacement takes and returns whatever the original does.
Function = Callable[..., Any]


Build = Callable[[Function, Any], Function]


def later(module: str, name: str) -> Build:
    """The `build` of a patch that is a function of a module below `litellm_rust.patches`.

    The module is imported when the patch goes in: it needs asyncio, ssl or json, which cost time to load.
    """

    def build(original: Function, owner: Any) -> Function:
        made: Function = getattr(importlib.import_module(f"litellm_rust.patches.{module}"), name)(original, owner)
        return made

    return build


class Mismatch(Exception):  # a verdict that the installer reports, not an error of the caller
    """The target is not what the patch was made for; the message says in what."""


class Patch(NamedTuple):
    """One row of the patch table.

    `build(original, owner)` makes the replacement, or raises `Mismatch` where the target does not behave as the patch
    expects. `owner` is the module, or the class for an `attribute` like `Router.get_available_deployment`. A probe that
    would load what the application has not loaded yet (vocabularies, say) belongs into the replacement's first call.
    """

    feature: str
    module: str
    attribute: str
    parameters: tuple[str, ...]
    """Parameter names of the target, in order, from the first; more may follow if they have defaults."""
    build: Build
    needs: tuple[str, ...] = ()
    """Attributes of the module that the replacement relies on."""
    modules: tuple[str, ...] = ()
    """Modules that must be loaded, besides `module`, before the patch goes in."""
    key: str = ""
    """The parameter whose value a canary goes by; by default the first one after `self`."""
    shadow: bool = False
    """Whether both may run for one call: the target changes neither its arguments nor anything else, sends nothing, and
    answers alike every time."""
    build_shadow: Build | None = None
    """Makes what takes the target's place in shadow, where it cannot run twice: it compares what upstream did with what
    the native path would have done."""

    always: bool = False
    """Whether it serves every key of a canary: the feature's other patches rely on it."""

    @property
    def name(self) -> str:
        """The target's dotted name."""
        return f"{self.module}.{self.attribute}"

    @property
    def is_function(self) -> bool:
        """Whether the target is a function of the module, which other modules may have imported by name."""
        return "." not in self.attribute

    def owner(self, module: ModuleType) -> Any:
        """The object in `module` that holds the target. Raises Mismatch when it is absent."""
        owner: Any = module
        for part in self.attribute.split(".")[:-1]:
            if not hasattr(owner, part):
                raise Mismatch(f"{module.__name__} has no {part}")
            owner = getattr(owner, part)
        return owner

    def target(self, module: ModuleType) -> Function:
        """The function to replace. Raises Mismatch when it, or what the patch relies on, is absent or different."""
        owner, leaf = self.owner(module), self.attribute.rpartition(".")[2]
        original = vars(owner).get(leaf)
        if not (inspect.isfunction(original) or inspect.ismethod(original)):
            raise Mismatch(f"{self.name} is not a plain function")
        for name in self.needs:
            if not hasattr(module, name):
                raise Mismatch(f"{self.module} has no {name}")
        self._check_signature(original)
        return original

    def _check_signature(self, original: Function) -> None:
        parameters = list(inspect.signature(original).parameters.values())
        names = tuple(parameter.name for parameter in parameters)
        if names[: len(self.parameters)] != self.parameters:
            raise Mismatch(f"{self.name} takes ({', '.join(names)}), expected ({', '.join(self.parameters)})")
        for parameter in parameters[len(self.parameters) :]:
            if parameter.default is parameter.empty and parameter.kind not in (
                parameter.VAR_POSITIONAL,
                parameter.VAR_KEYWORD,
            ):
                raise Mismatch(f"{self.name} has a new required parameter {parameter.name}")
