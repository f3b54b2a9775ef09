"""Documents in the order of their relevance to a query."""

from __future__ import annotations

from typing import Any

from litellm.pipeline.arguments import given
from litellm.pipeline.caching import cached
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.fallbacks import with_fallbacks
from litellm.pipeline.plain_endpoints import RERANK
from litellm.types.media import RerankResponse

__all__ = ["arerank", "rerank"]
_RERANK = cached(RERANK, RerankResponse)


def rerank(
    model: str,
    query: str,
    documents: list[str | dict[str, Any]],
    custom_llm_provider: str | None = None,
    top_n: int | None = None,
    rank_fields: list[str] | None = None,
    return_documents: bool | None = True,
    max_chunks_per_doc: int | None = None,
    max_tokens_per_doc: int | None = None,
    **kwargs: Any,
) -> RerankResponse:
    """`documents` by their relevance to `query`, the `top_n` best of them.

    Raises the exceptions of `litellm.exceptions`.
    """
    arguments = given(locals(), kwargs)
    response: RerankResponse = run_sync(with_fallbacks(_RERANK, arguments, "rerank"))
    return response


async def arerank(
    model: str,
    query: str,
    documents: list[str | dict[str, Any]],
    custom_llm_provider: str | None = None,
    top_n: int | None = None,
    rank_fields: list[str] | None = None,
    return_documents: bool | None = None,
    max_chunks_per_doc: int | None = None,
    **kwargs: Any,
) -> RerankResponse:
    """`rerank` on an event loop; documents are returned only when asked for."""
    arguments = given(locals(), kwargs)
    response: RerankResponse = await run_async(with_fallbacks(_RERANK, arguments, "arerank"))
    return response
