"""OpenAI's Responses API for every provider, each call blocking and on an event loop."""

from __future__ import annotations

from typing import Any

from litellm.pipeline.arguments import given
from litellm.pipeline.caching import cached
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.fallbacks import with_fallbacks
from litellm.pipeline.responses import responses_steps
from litellm.pipeline.responses_manage import CANCEL, DELETE, GET, INPUT_ITEMS, compact_steps, manage_steps
from litellm.pipeline.responses_stream import ResponsesStream
from litellm.pipeline.responses_stream_cache import RESPONSES_STREAMS
from litellm.types.responses import DeleteResponseResult, ResponsesAPIResponse

__all__ = [
    "acancel_responses",
    "acompact_responses",
    "adelete_responses",
    "aget_responses",
    "alist_input_items",
    "aresponses",
    "cancel_responses",
    "compact_responses",
    "delete_responses",
    "get_responses",
    "list_input_items",
    "responses",
]
_RESPONSES = cached(responses_steps, ResponsesAPIResponse, RESPONSES_STREAMS)
DEFAULT_LIMIT, DEFAULT_ORDER = 20, "desc"


def responses(
    input: Any,
    model: str,
    include: list[str] | None = None,
    instructions: str | None = None,
    max_output_tokens: int | None = None,
    prompt: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    parallel_tool_calls: bool | None = None,
    previous_response_id: str | None = None,
    reasoning: dict[str, Any] | None = None,
    store: bool | None = None,
    background: bool | None = None,
    stream: bool | None = None,
    temperature: float | None = None,
    text: dict[str, Any] | None = None,
    text_format: Any = None,
    tool_choice: Any = None,
    tools: list[Any] | None = None,
    top_p: float | None = None,
    truncation: str | None = None,
    user: str | None = None,
    service_tier: str | None = None,
    safety_identifier: str | None = None,
    extra_headers: dict[str, str] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    timeout: Any = None,
    allowed_openai_params: list[str] | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse | ResponsesStream:
    """A response to `input`, a text or a list of items.

    Takes OpenAI's parameters and LiteLLM's settings (`api_base`, `timeout` in seconds, `num_retries`, …). Providers
    without a Responses API answer through a chat completion. Returns a `ResponsesAPIResponse`, or an iterator of
    events with `stream=True`. Raises the exceptions of `litellm.exceptions`.
    """
    answer: ResponsesAPIResponse | ResponsesStream
    answer = run_sync(with_fallbacks(_RESPONSES, given(locals(), kwargs), "responses"))
    return answer


async def aresponses(
    input: Any,
    model: str,
    include: list[str] | None = None,
    instructions: str | None = None,
    max_output_tokens: int | None = None,
    prompt: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    parallel_tool_calls: bool | None = None,
    previous_response_id: str | None = None,
    reasoning: dict[str, Any] | None = None,
    store: bool | None = None,
    background: bool | None = None,
    stream: bool | None = None,
    temperature: float | None = None,
    text: dict[str, Any] | None = None,
    text_format: Any = None,
    tool_choice: Any = None,
    tools: list[Any] | None = None,
    top_p: float | None = None,
    truncation: str | None = None,
    user: str | None = None,
    service_tier: str | None = None,
    safety_identifier: str | None = None,
    extra_headers: dict[str, str] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    timeout: Any = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse | ResponsesStream:
    """`responses` on an event loop: an async iterator of events with `stream=True`."""
    answer: ResponsesAPIResponse | ResponsesStream
    answer = await run_async(with_fallbacks(_RESPONSES, given(locals(), kwargs), "aresponses"))
    return answer


def get_responses(response_id: str, custom_llm_provider: str | None = None, **kwargs: Any) -> ResponsesAPIResponse:
    """The kept response of this id; an id that `responses` gave tells its provider."""
    kept: ResponsesAPIResponse = run_sync(manage_steps(GET)(given(locals(), kwargs), "get_responses"))
    return kept


async def aget_responses(
    response_id: str, custom_llm_provider: str | None = None, **kwargs: Any
) -> ResponsesAPIResponse:
    """`get_responses` on an event loop."""
    kept: ResponsesAPIResponse = await run_async(manage_steps(GET)(given(locals(), kwargs), "aget_responses"))
    return kept


def delete_responses(response_id: str, custom_llm_provider: str | None = None, **kwargs: Any) -> DeleteResponseResult:
    """Deletes the kept response of this id."""
    done: DeleteResponseResult = run_sync(manage_steps(DELETE)(given(locals(), kwargs), "delete_responses"))
    return done


async def adelete_responses(
    response_id: str, custom_llm_provider: str | None = None, **kwargs: Any
) -> DeleteResponseResult:
    """`delete_responses` on an event loop."""
    done: DeleteResponseResult = await run_async(manage_steps(DELETE)(given(locals(), kwargs), "adelete_responses"))
    return done


def cancel_responses(response_id: str, custom_llm_provider: str | None = None, **kwargs: Any) -> ResponsesAPIResponse:
    """Stops a response that runs in the background."""
    stopped: ResponsesAPIResponse = run_sync(manage_steps(CANCEL)(given(locals(), kwargs), "cancel_responses"))
    return stopped


async def acancel_responses(
    response_id: str, custom_llm_provider: str | None = None, **kwargs: Any
) -> ResponsesAPIResponse:
    """`cancel_responses` on an event loop."""
    stopped: ResponsesAPIResponse = await run_async(manage_steps(CANCEL)(given(locals(), kwargs), "acancel_responses"))
    return stopped


def list_input_items(
    response_id: str,
    after: str | None = None,
    before: str | None = None,
    include: list[str] | None = None,
    limit: int = DEFAULT_LIMIT,
    order: str = DEFAULT_ORDER,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """A page of the input of a kept response, at most `limit` items."""
    page: dict[str, Any] = run_sync(manage_steps(INPUT_ITEMS)(given(locals(), kwargs), "list_input_items"))
    return page


async def alist_input_items(
    response_id: str,
    after: str | None = None,
    before: str | None = None,
    include: list[str] | None = None,
    limit: int = DEFAULT_LIMIT,
    order: str = DEFAULT_ORDER,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> dict[str, Any]:
    """`list_input_items` on an event loop."""
    page: dict[str, Any] = await run_async(manage_steps(INPUT_ITEMS)(given(locals(), kwargs), "alist_input_items"))
    return page


def compact_responses(
    input: Any,
    model: str,
    instructions: str | None = None,
    previous_response_id: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse:
    """A conversation made shorter by the provider, as output items to go on from."""
    shorter: ResponsesAPIResponse = run_sync(compact_steps(given(locals(), kwargs), "compact_responses"))
    return shorter


async def acompact_responses(
    input: Any,
    model: str,
    instructions: str | None = None,
    previous_response_id: str | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> ResponsesAPIResponse:
    """`compact_responses` on an event loop."""
    shorter: ResponsesAPIResponse = await run_async(compact_steps(given(locals(), kwargs), "acompact_responses"))
    return shorter
