"""Turning the response cache of the whole package on and off."""

from __future__ import annotations

import importlib
from typing import Any

from litellm.caching.backends import LiteLLMCacheType
from litellm.caching.caching import Cache


def enable_cache(type: LiteLLMCacheType | str | None = LiteLLMCacheType.LOCAL, **kwargs: Any) -> None:
    """Answer repeated calls from a `Cache` with these arguments, unless one is set already."""
    if _package().cache is None:
        update_cache(type, **kwargs)


def update_cache(type: LiteLLMCacheType | str | None = LiteLLMCacheType.LOCAL, **kwargs: Any) -> None:
    """Use a new `Cache` with these arguments from now on."""
    _package().cache = Cache(type=type, **kwargs)


def disable_cache() -> None:
    """Send every call to its provider again."""
    _package().cache = None


def _package() -> Any:
    return importlib.import_module("litellm")
