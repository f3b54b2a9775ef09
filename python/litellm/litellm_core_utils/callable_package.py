"""Packages that are functions too: `litellm.search` and `litellm.ocr` are both."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any


class _CallablePackage(types.ModuleType):
    """A package that is called like a function."""

    _called: Callable[..., Any]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._called(*args, **kwargs)


def called_as(package: str, function: Callable[..., Any]) -> None:
    """Lets the imported `package` answer calls as `function` does: importing it puts it under the function's name."""
    module = sys.modules[package]
    module.__class__ = _CallablePackage
    module.__dict__["_called"] = function
