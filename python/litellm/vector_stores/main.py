"""Vector stores that a provider keeps: made, filled and searched, each call blocking and on an event loop."""

from __future__ import annotations

from typing import Any

from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai import stored
from litellm.llms.wire import WireRequest, decode_object
from litellm.pipeline.arguments import given
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.run import Run
from litellm.pipeline.stored import stored_steps

__all__ = ["acreate", "asearch", "create", "search"]

_BETA = {"openai-beta": "assistants=v2"}
_CREATED = ("name", "file_ids", "expires_after", "chunking_strategy", "metadata")
_SEARCHED = ("query", "filters", "max_num_results", "ranking_options", "rewrite_query")
_ADDED = ("file_id", "attributes", "chunking_strategy")


def _post(path: str, call: EndpointCall, asked: dict[str, Any], names: tuple[str, ...]) -> WireRequest:
    body = {name: asked[name] for name in names if name in asked} | (asked.get("extra_body") or {})
    made = stored.request(call, "POST", path, body, asked.get("extra_query"))
    made.headers = {**_BETA, **made.headers}
    return made


def _store(asked: dict[str, Any]) -> str:
    return f"/vector_stores/{stored.named('vector_store_id', asked.get('vector_store_id'))}"


def _object(run: Run, reply: Reply) -> dict[str, Any]:
    return decode_object(reply.body)


CREATE = stored_steps(lambda call, asked: _post("/vector_stores", call, asked, _CREATED), _object)
SEARCH = stored_steps(lambda call, asked: _post(f"{_store(asked)}/search", call, asked, _SEARCHED), _object)
ADD_FILE = stored_steps(lambda call, asked: _post(f"{_store(asked)}/files", call, asked, _ADDED), _object)


def create(
    name: str | None = None,
    file_ids: list[str] | None = None,
    expires_after: dict[str, Any] | None = None,
    chunking_strategy: dict[str, Any] | None = None,
    metadata: dict[str, str] | None = None,
    extra_headers: dict[str, Any] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """A new vector store, as OpenAI's API describes it. Raises the exceptions of `litellm.exceptions`."""
    made: dict[str, Any] = run_sync(CREATE(given(locals(), kwargs), "vector_store_create"))
    return made


async def acreate(name: str | None = None, file_ids: list[str] | None = None, **kwargs: Any) -> dict[str, Any]:
    """`create` on an event loop."""
    made: dict[str, Any] = await run_async(CREATE(given(locals(), kwargs), "avector_store_create"))
    return made


def search(
    vector_store_id: str,
    query: str | list[str],
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
) -> dict[str, Any]:
    """What a vector store knows of `query`, best first in `data`. Raises the exceptions of `litellm.exceptions`."""
    found: dict[str, Any] = run_sync(SEARCH(given(locals(), kwargs), "vector_store_search"))
    return found


async def asearch(vector_store_id: str, query: str | list[str], **kwargs: Any) -> dict[str, Any]:
    """`search` on an event loop."""
    found: dict[str, Any] = await run_async(SEARCH(given(locals(), kwargs), "avector_store_search"))
    return found
