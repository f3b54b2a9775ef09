"""Which callbacks a call has: those registered on the package, and those passed with it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import litellm
from litellm._logging import verbose_logger

_PER_CALL = frozenset({"callbacks", "success_callback", "failure_callback", "input_callback"})


@dataclass(slots=True)
class CallbackSet:
    """The callbacks of one call: `CustomLogger` instances, and plain functions by occasion."""

    loggers: list[Any] = field(default_factory=list)
    input: list[Callable[..., Any]] = field(default_factory=list)
    success: list[Callable[..., Any]] = field(default_factory=list)
    failure: list[Callable[..., Any]] = field(default_factory=list)

    @classmethod
    def current(cls, arguments: Mapping[str, Any]) -> CallbackSet:
        """The callbacks for a call with `arguments`."""
        made = cls()
        made._add(litellm.callbacks, made.input, made.success, made.failure)
        made._add(litellm.input_callback, made.input)
        made._add(litellm.success_callback, made.success)
        made._add(litellm.failure_callback, made.failure)
        made._add(litellm._async_success_callback, made.success)
        made._add(litellm._async_failure_callback, made.failure)
        made._add(arguments.get("callbacks"), made.input, made.success, made.failure)
        made._add(arguments.get("input_callback"), made.input)
        made._add(arguments.get("success_callback"), made.success)
        made._add(arguments.get("failure_callback"), made.failure)
        return made

    def _add(self, callbacks: Iterable[Any] | None, *functions: list[Callable[..., Any]]) -> None:
        for callback in callbacks or ():
            resolved = resolve(callback)
            if hasattr(resolved, "log_success_event"):
                if resolved not in self.loggers:
                    self.loggers.append(resolved)
            elif callable(resolved):
                for occasion in functions:
                    if resolved not in occasion:
                        occasion.append(resolved)


def _lists() -> tuple[Any, ...]:
    return (
        litellm.callbacks,
        litellm.success_callback,
        litellm.failure_callback,
        litellm.input_callback,
        litellm._async_success_callback,
        litellm._async_failure_callback,
    )


def registered() -> list[Any]:
    """Every callback that is registered on the package, as it is: a name, a function or an object."""
    return [callback for callbacks in _lists() for callback in callbacks or ()]


def any_registered(arguments: Mapping[str, Any]) -> bool:
    """Whether any callback would be told of a call with `arguments`. Costs next to nothing when none is registered."""
    return any(_lists()) or (not _PER_CALL.isdisjoint(arguments) and any(arguments.get(name) for name in _PER_CALL))


_named: dict[str, Any] = {}


def register_named(name: str, logger: Any) -> None:
    """Makes `logger` what the callback name `name` stands for."""
    _named[name] = logger


def resolve(callback: Any) -> Any:
    """The logger that a callback name stands for; other callbacks are themselves.

    A name that stands for nothing, or whose settings are missing, is no callback: a warning says so, once.
    """
    if not isinstance(callback, str):
        return callback
    if callback not in _named:
        _named[callback] = _made(callback)
    return _named[callback]


def _made(name: str) -> Any:
    """The logger of that name; None, with a warning, where there is none."""
    named = importlib.import_module("litellm.integrations.named")  # loggers by name are few people's; load them late
    try:
        return named.logger_for(name)
    except ValueError as error:
        verbose_logger.warning("callback %r is not told of anything: %s", name, error)
        return None
