"""Batches: many requests in a file, answered within a day, each call blocking and on an event loop."""

from __future__ import annotations

from typing import Any

from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai import stored
from litellm.llms.wire import WireRequest, decode_object
from litellm.pipeline.arguments import given
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.run import Run
from litellm.pipeline.stored import stored_steps, with_hidden
from litellm.types.files import AsyncCursorPage, LiteLLMBatch, SyncCursorPage

__all__ = [
    "acancel_batch",
    "acreate_batch",
    "alist_batches",
    "aretrieve_batch",
    "cancel_batch",
    "create_batch",
    "list_batches",
    "retrieve_batch",
]
_BATCH = with_hidden(LiteLLMBatch, custom_llm_provider=None)


def _create(call: EndpointCall, asked: dict[str, Any]) -> WireRequest:
    body = {name: asked.get(name) for name in ("completion_window", "endpoint", "input_file_id", "metadata")}
    if asked.get("output_expires_after"):
        body["output_expires_after"] = asked["output_expires_after"]
    body.update(asked.get("extra_body") or {})
    return stored.request(call, "POST", "/batches", body)


def _list(run: Run, reply: Reply) -> Any:
    data = decode_object(reply.body)
    data["data"] = [LiteLLMBatch(**item) for item in data.get("data") or ()]
    return AsyncCursorPage[LiteLLMBatch](**data) if run.is_async else SyncCursorPage[LiteLLMBatch](**data)


_CREATE = stored_steps(_create, _BATCH)
_RETRIEVE = stored_steps(
    lambda call, asked: stored.request(call, "GET", f"/batches/{stored.named('batch_id', asked.get('batch_id'))}"),
    _BATCH,
)
_CANCEL = stored_steps(
    lambda call, asked: stored.request(
        call, "POST", f"/batches/{stored.named('batch_id', asked.get('batch_id'))}/cancel"
    ),
    _BATCH,
)
_LIST = stored_steps(
    lambda call, asked: stored.request(
        call, "GET", "/batches", query={name: asked[name] for name in ("after", "limit") if asked.get(name)}
    ),
    _list,
)


def create_batch(
    completion_window: str,
    endpoint: str,
    input_file_id: str,
    custom_llm_provider: str = "openai",
    metadata: dict[str, str] | None = None,
    extra_headers: dict[str, str] | None = None,
    extra_body: dict[str, Any] | None = None,
    output_expires_after: dict[str, Any] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """Has the requests of a stored file answered by `endpoint` within `completion_window` (`24h`)."""
    made: LiteLLMBatch = run_sync(_CREATE(given(locals(), kwargs), "create_batch"))
    return made


async def acreate_batch(
    completion_window: str,
    endpoint: str,
    input_file_id: str,
    custom_llm_provider: str = "openai",
    metadata: dict[str, str] | None = None,
    **kwargs: Any,
) -> LiteLLMBatch:
    """`create_batch` on an event loop."""
    made: LiteLLMBatch = await run_async(_CREATE(given(locals(), kwargs), "acreate_batch"))
    return made


def retrieve_batch(batch_id: str, custom_llm_provider: str = "openai", **kwargs: Any) -> LiteLLMBatch:
    """How far a batch is."""
    made: LiteLLMBatch = run_sync(_RETRIEVE(given(locals(), kwargs), "retrieve_batch"))
    return made


async def aretrieve_batch(batch_id: str, custom_llm_provider: str = "openai", **kwargs: Any) -> LiteLLMBatch:
    """`retrieve_batch` on an event loop."""
    made: LiteLLMBatch = await run_async(_RETRIEVE(given(locals(), kwargs), "aretrieve_batch"))
    return made


def cancel_batch(batch_id: str, custom_llm_provider: str = "openai", **kwargs: Any) -> LiteLLMBatch:
    """Stops a batch; what is answered stays."""
    made: LiteLLMBatch = run_sync(_CANCEL(given(locals(), kwargs), "cancel_batch"))
    return made


async def acancel_batch(batch_id: str, custom_llm_provider: str = "openai", **kwargs: Any) -> LiteLLMBatch:
    """`cancel_batch` on an event loop."""
    made: LiteLLMBatch = await run_async(_CANCEL(given(locals(), kwargs), "acancel_batch"))
    return made


def list_batches(
    after: str | None = None, limit: int | None = None, custom_llm_provider: str = "openai", **kwargs: Any
) -> Any:
    """A page of the batches, at most `limit`, those `after` the batch of that id."""
    return run_sync(_LIST(given(locals(), kwargs), "list_batches"))


async def alist_batches(
    after: str | None = None, limit: int | None = None, custom_llm_provider: str = "openai", **kwargs: Any
) -> Any:
    """`list_batches` on an event loop."""
    return await run_async(_LIST(given(locals(), kwargs), "alist_batches"))
