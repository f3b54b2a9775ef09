"""OpenAI's Responses API.

`litellm.responses` is a function and also this package. Importing the package puts it under that name, so it answers
calls as the function does.
"""

from __future__ import annotations

import sys
import types
from typing import Any


class _CallablePackage(types.ModuleType):
    """A package that is called like a function."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from litellm.responses.main import responses

        return responses(*args, **kwargs)


sys.modules[__name__].__class__ = _CallablePackage
