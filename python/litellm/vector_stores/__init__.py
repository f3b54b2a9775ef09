"""Vector stores that a provider keeps: `litellm.vector_stores.create`, `search`, `acreate`, `asearch`."""

from litellm.vector_stores.main import acreate, asearch, create, search

__all__ = ["acreate", "asearch", "create", "search"]
