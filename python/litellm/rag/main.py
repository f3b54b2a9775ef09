"""Files into vector stores, and answers from what such a store finds, each call blocking and on an event loop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import litellm
from litellm import vector_stores
from litellm.pipeline.effects import Call, Steps, run_async, run_sync
from litellm.rag.ingestion import ingest_steps, whole
from litellm.rag.retrieval import in_context, matches, passages, question, ranked

__all__ = ["aingest", "aquery", "ingest", "query"]

DEFAULT_TOP_N = 5
"""Passages that a ranking keeps."""


def ingest(
    ingest_options: Mapping[str, Any],
    file_data: tuple[str, bytes, str] | None = None,
    file: dict[str, str] | None = None,
    file_url: str | None = None,
    file_id: str | None = None,
    timeout: float | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """Puts a file into the vector store of `ingest_options["vector_store"]`, a new one if it names none.

    The file is `file_data` (name, content, media type), `file` (`filename`, `content` in base64, `content_type`), what
    is at `file_url`, or one that the provider has (`file_id`). The answer has `status`: `completed`, or
    `failed` with `error`; the provider embeds by itself.
    Raises `BadRequestError` for arguments that are wrong.
    """
    arguments = {**kwargs, "timeout": timeout}
    return run_sync(ingest_steps(ingest_options, file_data, file, file_url, file_id, arguments, ""))


async def aingest(
    ingest_options: Mapping[str, Any],
    file_data: tuple[str, bytes, str] | None = None,
    file: dict[str, str] | None = None,
    file_url: str | None = None,
    file_id: str | None = None,
    timeout: float | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """`ingest` on an event loop."""
    arguments = {**kwargs, "timeout": timeout}
    return await run_async(ingest_steps(ingest_options, file_data, file, file_url, file_id, arguments, "a"))


def query(
    model: str,
    messages: list[Any],
    retrieval_config: Mapping[str, Any],
    rerank: Mapping[str, Any] | None = None,
    stream: bool = False,
    **kwargs: Any,
) -> Any:
    """`completion` of `messages`, told what the vector store of `retrieval_config` knows of the last user message.

    `rerank` (`model`, `top_n`) orders what was found anew. The answer's message has it in `provider_specific_fields`.
    Raises the exceptions of `litellm.exceptions`.
    """
    functions = (vector_stores.search, litellm.rerank, litellm.completion)
    return run_sync(query_steps(model, messages, retrieval_config, rerank, {**kwargs, "stream": stream}, functions))


async def aquery(
    model: str,
    messages: list[Any],
    retrieval_config: Mapping[str, Any],
    rerank: Mapping[str, Any] | None = None,
    stream: bool = False,
    **kwargs: Any,
) -> Any:
    """`query` on an event loop."""
    models = (litellm.arerank, litellm.acompletion)
    return await answered(model, messages, retrieval_config, rerank, {**kwargs, "stream": stream}, models)


async def answered(
    model: str, messages: list[Any], retrieval: Mapping[str, Any], rerank: Mapping[str, Any] | None,
    arguments: Mapping[str, Any], models: tuple[Callable[..., Any], Callable[..., Any]],
) -> Any:  # fmt: skip
    """`aquery` by `models`, the functions that rerank and answer."""
    functions = (vector_stores.asearch, *models)
    return await run_async(query_steps(model, messages, retrieval, rerank, arguments, functions))


def query_steps(
    model: str, messages: list[Any], retrieval: Mapping[str, Any], rerank: Mapping[str, Any] | None,
    arguments: Mapping[str, Any], functions: tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]],
) -> Steps[Any]:  # fmt: skip
    """The steps of a query by these `functions`, which search, rerank and answer."""
    search, order, answer = functions
    asked = question(messages)
    found = yield Call(search, matches(retrieval, asked))
    told, scores = passages(found), None
    if rerank is not None and rerank.get("enabled", True) and told:
        if not isinstance(rerank.get("model"), str):
            raise litellm.BadRequestError(message="rerank.model: name the model", model=model, llm_provider="")
        kept = whole(rerank.get("top_n"), "rerank.top_n") or DEFAULT_TOP_N
        wanted = {"query": asked, "documents": told, "top_n": kept}
        scores = yield Call(order, {"model": rerank["model"], **wanted})
        told = ranked(told, scores)
    response = yield Call(answer, {"model": model, **arguments, "messages": in_context(messages, told)})
    if not arguments.get("stream"):
        _note(response, found, scores)
    return response


def _note(response: Any, found: Mapping[str, Any], scores: Any) -> None:
    """Puts what was found into the answer, and the price of ranking it into its cost."""
    for choice in response.choices:
        fields = getattr(choice.message, "provider_specific_fields", None) or {}
        more = {} if scores is None else {"rerank_results": scores.model_dump()}
        choice.message.provider_specific_fields = {**fields, "search_results": dict(found), **more}
    if scores is not None:
        costs = [item._hidden_params.get("response_cost") for item in (response, scores)]
        if costs[0] is not None:
            response._hidden_params["response_cost"] = costs[0] + (costs[1] or 0.0)
