"""The files of a vector store: put in, listed, read, changed and taken out, each call blocking and on an event loop."""

from __future__ import annotations

from typing import Any

from litellm.pipeline.pairs import Asked, asked, pair
from litellm.vector_stores.main import steps_of

__all__ = [
    "acreate", "adelete", "alist", "aretrieve", "aretrieve_content", "aupdate", "create", "delete", "list", "retrieve",
    "retrieve_content", "update",
]  # fmt: skip

_FILES = "/vector_stores/{vector_store_id}/files"
_FILE = f"{_FILES}/{{file_id}}"
_PAGE = ("after", "before", "filter", "limit", "order")

CREATE = steps_of("POST", _FILES, body=("file_id", "attributes", "chunking_strategy"))
_LIST = steps_of("GET", _FILES, query=_PAGE)
_RETRIEVE = steps_of("GET", _FILE)
_CONTENT = steps_of("GET", f"{_FILE}/content")
_UPDATE = steps_of("POST", _FILE, body=("attributes",))
_DELETE = steps_of("DELETE", _FILE)


def _create(
    *,
    vector_store_id: str,
    file_id: str,
    attributes: dict[str, str | int | float | bool] | None = None,
    chunking_strategy: dict[str, Any] | None = None,
    extra_headers: dict[str, str] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """Puts a stored file into a vector store; `status` says how far it is. Raises those of `litellm.exceptions`."""
    return asked(CREATE, locals(), kwargs)


def _list(
    *,
    vector_store_id: str,
    after: str | None = None,
    before: str | None = None,
    filter: str | None = None,
    limit: int | None = None,
    order: str | None = None,
    extra_headers: dict[str, str] | None = None,
    extra_query: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """A page of a vector store's files, in `data`, those of the status `filter` where it is given."""
    return asked(_LIST, locals(), kwargs)


def _retrieve(
    *,
    vector_store_id: str,
    file_id: str,
    extra_headers: dict[str, str] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """What a vector store knows of a file."""
    return asked(_RETRIEVE, locals(), kwargs)


def _retrieve_content(
    *,
    vector_store_id: str,
    file_id: str,
    extra_headers: dict[str, str] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """The text of a file as the vector store has it, in parts in `data`."""
    return asked(_CONTENT, locals(), kwargs)


def _update(
    *,
    vector_store_id: str,
    file_id: str,
    attributes: dict[str, str | int | float | bool],
    extra_headers: dict[str, str] | None = None,
    extra_body: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """Gives a file of a vector store other attributes, by which searches may filter."""
    return asked(_UPDATE, locals(), kwargs)


def _delete(
    *,
    vector_store_id: str,
    file_id: str,
    extra_headers: dict[str, str] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """Takes a file out of a vector store; the file itself stays."""
    return asked(_DELETE, locals(), kwargs)


create, acreate = pair("vector_store_file_create", _create)
list, alist = pair("vector_store_file_list", _list)
retrieve, aretrieve = pair("vector_store_file_retrieve", _retrieve)
retrieve_content, aretrieve_content = pair("vector_store_file_content", _retrieve_content)
update, aupdate = pair("vector_store_file_update", _update)
delete, adelete = pair("vector_store_file_delete", _delete)
