"""Vector stores that a provider keeps: made, searched and managed, each call blocking and on an event loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litellm.llms.openai.stored import PROVIDERS, asks
from litellm.pipeline.effects import Steps
from litellm.pipeline.pairs import Asked, asked, pair
from litellm.pipeline.stored import plain, stored_steps
from litellm.pipeline.vector_search import keeper_of, mocked, search_cost, search_steps

__all__ = [
    "acreate", "adelete", "alist", "aretrieve", "asearch", "aupdate", "create", "delete", "list", "retrieve", "search",
    "update",
]  # fmt: skip

_BETA: Mapping[str, str] = {"openai-beta": "assistants=v2"}
_KEEPERS = PROVIDERS | {"pg_vector"}
"""Who keeps vector stores by OpenAI's API."""
_STORE = "/vector_stores/{vector_store_id}"
_CREATED = ("name", "file_ids", "expires_after", "chunking_strategy", "metadata")
_SEARCHED = ("query", "filters", "max_num_results", "ranking_options", "rewrite_query")
_PAGE = ("after", "before", "limit", "order")


def steps_of(
    method: str, path: str, *, body: tuple[str, ...] = (), query: tuple[str, ...] = (), mock: Any = None
) -> Callable[[dict[str, Any], str], Steps[dict[str, Any]]]:
    """The steps of a request about vector stores, with these of the arguments in its body and query."""
    build = asks(method, path, body=body, query=query, headers=_BETA)
    return stored_steps(build, plain, kind="vector stores", providers=_KEEPERS, price=search_cost, mock=mock)


CREATE = steps_of("POST", "/vector_stores", body=_CREATED)
_SEARCH = steps_of("POST", f"{_STORE}/search", body=_SEARCHED, mock=mocked)
_RETRIEVE = steps_of("GET", _STORE)
_LIST = steps_of("GET", "/vector_stores", query=_PAGE)
_UPDATE = steps_of("POST", _STORE, body=("name", "expires_after", "metadata"))
_DELETE = steps_of("DELETE", _STORE)


def search_by_provider(arguments: dict[str, Any], call_type: str) -> Steps[dict[str, Any]]:
    """The steps of a search, in the words of whoever keeps the store."""
    return (_SEARCH if keeper_of(arguments) is None else search_steps)(arguments, call_type)


def _create(
    name: str | None = None,
    file_ids: Sequence[str] | None = None,
    expires_after: dict[str, Any] | None = None,
    chunking_strategy: dict[str, Any] | None = None,
    metadata: dict[str, str] | None = None,
    extra_headers: dict[str, Any] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """A new vector store, as OpenAI's API describes it. Raises the exceptions of `litellm.exceptions`."""
    return asked(CREATE, locals(), kwargs)


def _search(
    vector_store_id: str,
    query: str | Sequence[str],
    filters: dict[str, Any] | None = None,
    max_num_results: int | None = None,
    ranking_options: dict[str, Any] | None = None,
    rewrite_query: bool | None = None,
    extra_headers: dict[str, Any] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """What a vector store knows of `query`, best first in `data`. Raises the exceptions of `litellm.exceptions`.

    Milvus and Azure AI Search are searched by the embedding that `litellm_embedding_model` makes, which is asked with
    `litellm_embedding_config`.
    """
    return asked(search_by_provider, locals(), kwargs)


def _retrieve(
    vector_store_id: str,
    extra_headers: dict[str, Any] | None = None,
    extra_query: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """What is known of a vector store."""
    return asked(_RETRIEVE, locals(), kwargs)


def _list(
    after: str | None = None,
    before: str | None = None,
    limit: int | None = 20,
    order: str | None = "desc",
    extra_headers: dict[str, Any] | None = None,
    extra_query: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """A page of the vector stores, in `data`: `limit` of them, `after` or `before` the one of that id."""
    return asked(_LIST, locals(), kwargs)


def _update(
    vector_store_id: str,
    name: str | None = None,
    expires_after: dict[str, Any] | None = None,
    metadata: dict[str, str] | None = None,
    extra_headers: dict[str, Any] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """Changes a vector store's name, expiry or metadata."""
    return asked(_UPDATE, locals(), kwargs)


def _delete(
    vector_store_id: str,
    extra_headers: dict[str, Any] | None = None,
    extra_query: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """Deletes a vector store; its files stay."""
    return asked(_DELETE, locals(), kwargs)


create, acreate = pair("vector_store_create", _create)
search, asearch = pair("vector_store_search", _search)
retrieve, aretrieve = pair("vector_store_retrieve", _retrieve)
list, alist = pair("vector_store_list", _list)
update, aupdate = pair("vector_store_update", _update)
delete, adelete = pair("vector_store_delete", _delete)
