"""The files of vector stores: `litellm.vector_store_files.create`, `list`, `retrieve`, and others."""

from litellm.vector_store_files.main import (
    acreate,
    adelete,
    alist,
    aretrieve,
    aretrieve_content,
    aupdate,
    create,
    delete,
    list,
    retrieve,
    retrieve_content,
    update,
)

__all__ = [
    "acreate", "adelete", "alist", "aretrieve", "aretrieve_content", "aupdate", "create", "delete", "list", "retrieve",
    "retrieve_content", "update",
]  # fmt: skip
