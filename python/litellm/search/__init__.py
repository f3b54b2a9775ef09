"""Searches of the web; `litellm.search` is also a function."""

from __future__ import annotations

from litellm.litellm_core_utils.callable_package import called_as
from litellm.search.main import asearch, search

__all__ = ["asearch", "search"]

called_as(__name__, search)
