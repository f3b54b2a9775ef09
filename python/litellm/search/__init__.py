"""Searches of the web."""

from litellm.search.main import asearch, search

__all__ = ["asearch", "search"]
