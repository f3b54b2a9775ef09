"""Searches of the web.

`litellm.search` is a function and also this package. Importing the package puts it under that name, so it answers calls
as the function does.
"""

from __future__ import annotations

import sys
import types
from typing import Any

from litellm.search.main import asearch, search

__all__ = ["asearch", "search"]


class _CallablePackage(types.ModuleType):
    """A package that is called like a function."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return search(*args, **kwargs)


sys.modules[__name__].__class__ = _CallablePackage
