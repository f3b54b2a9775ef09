"""Vector stores that a provider keeps: `litellm.vector_stores.create`, `search`, `acreate`, `asearch`, and others."""

from litellm.vector_stores.main import (
    acreate,
    adelete,
    alist,
    aretrieve,
    asearch,
    aupdate,
    create,
    delete,
    list,
    retrieve,
    search,
    update,
)

__all__ = [
    "acreate", "adelete", "alist", "aretrieve", "asearch", "aupdate", "create", "delete", "list", "retrieve", "search",
    "update",
]  # fmt: skip
