"""A blocking function and its coroutine function, of one declaration."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ParamSpec, TypeVar

from litellm.pipeline.arguments import given
from litellm.pipeline.effects import Steps, run_async, run_sync

Params = ParamSpec("Params")
Result = TypeVar("Result")
Asked = Callable[[str], Steps[Result]]
"""A call that needs its type only to run: `vector_store_create`, or `avector_store_create` on an event loop."""


def asked(
    steps: Callable[[dict[str, Any], str], Steps[Result]], explicit: Mapping[str, Any], extra: Mapping[str, Any]
) -> Asked[Result]:
    """A call of `steps` with the arguments that were given a value: `explicit` ones by name, and `extra` ones."""
    return functools.partial(steps, given(explicit, extra))


def pair(
    call_type: str, declared: Callable[Params, Asked[Result]]
) -> tuple[Callable[Params, Result], Callable[Params, Coroutine[Any, Any, Result]]]:
    """`(function, coroutine function)` of a declaration, whose arguments and docstring both have.

    They are called as their calls are, for a router tells its hooks a function's name.
    """

    def blocking(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        return run_sync(declared(*args, **kwargs)(call_type))

    async def on_loop(*args: Params.args, **kwargs: Params.kwargs) -> Result:
        return await run_async(declared(*args, **kwargs)(f"a{call_type}"))

    return _as_declared(blocking, declared, call_type), _as_declared(on_loop, declared, f"a{call_type}")


def _as_declared(made: Any, declared: Callable[..., Any], name: str) -> Any:
    made.__name__ = made.__qualname__ = name
    made.__doc__, made.__module__ = declared.__doc__, declared.__module__
    made.__signature__ = inspect.signature(declared).replace(return_annotation=inspect.Signature.empty)
    return made
