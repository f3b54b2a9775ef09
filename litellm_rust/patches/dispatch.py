"""What a patched attribute becomes under its feature's flag: the replacement, or a choice between two functions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from litellm_rust import shadow
from litellm_rust.flags import Flag
from litellm_rust.patches.patch import Function, Patch


def dispatch(patch: Patch, flag: Flag, original: Function, replacement: Function) -> Function:
    """The function to put in place of `original` under `flag`, which is not off; it looks like `original`."""
    chosen = replacement
    if flag.state == "canary" and not patch.always:
        chosen = _canary(patch, flag, original, replacement)
    elif flag.state == "shadow" and patch.build_shadow is None:
        chosen = _shadow(patch, original, replacement)
    return functools.update_wrapper(chosen, original)


def _canary(patch: Patch, flag: Flag, original: Function, replacement: Function) -> Function:
    feature, key = patch.feature, _key_of(patch)

    def choose(*args: Any, **kwargs: Any) -> Any:
        function = replacement if flag.covers(feature, key(args, kwargs)) else original
        return function(*args, **kwargs)

    async def achoose(*args: Any, **kwargs: Any) -> Any:
        return await choose(*args, **kwargs)

    return achoose if inspect.iscoroutinefunction(original) else choose


def _shadow(patch: Patch, original: Function, replacement: Function) -> Function:
    feature, name = patch.feature, patch.name

    def both(*args: Any, **kwargs: Any) -> Any:
        return shadow.compare(feature, name, lambda: original(*args, **kwargs), lambda: replacement(*args, **kwargs))

    async def aboth(*args: Any, **kwargs: Any) -> Any:
        return await shadow.acompare(
            feature, name, lambda: original(*args, **kwargs), lambda: replacement(*args, **kwargs)
        )

    return aboth if inspect.iscoroutinefunction(original) else both


def _key_of(patch: Patch) -> Callable[[tuple[Any, ...], Mapping[str, Any]], str]:
    """How a call's canary key is found: the value of one parameter, as text."""
    name = patch.key or next((name for name in patch.parameters if name != "self"), "")
    position = patch.parameters.index(name) if name in patch.parameters else None

    def key(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
        value = args[position] if position is not None and len(args) > position else kwargs.get(name)
        return value if isinstance(value, str) else str(type(value))

    return key
