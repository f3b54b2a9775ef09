"""The SDK's calls: chat and text completions, embeddings, each blocking and on an event loop."""

from __future__ import annotations

from typing import Any

import litellm
from litellm.litellm_core_utils.get_llm_provider_logic import get_llm_provider
from litellm.litellm_core_utils.streaming_chunk_builder_utils import stream_chunk_builder
from litellm.litellm_core_utils.streaming_handler import CustomStreamWrapper
from litellm.litellm_core_utils.text_stream import TextCompletionStreamWrapper
from litellm.pipeline.arguments import given
from litellm.pipeline.caching import CHAT_STREAMS, cached
from litellm.pipeline.chat import chat_data_steps, chat_steps
from litellm.pipeline.chat_data import ChatData
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.embedding import embedding_steps
from litellm.pipeline.embedding_cache import cached_embeddings
from litellm.pipeline.fallbacks import with_fallbacks
from litellm.pipeline.responses_bridge import responses_api_bridge_check as responses_api_bridge_check
from litellm.pipeline.text import text_steps
from litellm.pipeline.text_stream_cache import TEXT_STREAMS
from litellm.types.utils import EmbeddingResponse, ModelResponse, TextCompletionResponse

CHAT = cached(chat_steps, ModelResponse, CHAT_STREAMS)
EMBEDDING = cached_embeddings(embedding_steps)
TEXT = cached(text_steps, TextCompletionResponse, TEXT_STREAMS)

__all__ = [
    "CustomStreamWrapper",
    "acompletion",
    "acompletion_with_retries",
    "aembedding",
    "atext_completion",
    "completion",
    "completion_with_retries",
    "embedding",
    "get_llm_provider",
    "mock_completion",
    "stream_chunk_builder",
    "text_completion",
]

DEFAULT_WHOLE_RETRIES = 3


def completion(
    model: str,
    messages: list[Any] | None = None,
    timeout: Any = None,
    temperature: float | None = None,
    top_p: float | None = None,
    n: int | None = None,
    stream: bool | None = None,
    stream_options: dict[str, Any] | None = None,
    stop: Any = None,
    max_completion_tokens: int | None = None,
    max_tokens: int | None = None,
    modalities: list[str] | None = None,
    prediction: dict[str, Any] | None = None,
    audio: dict[str, Any] | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    logit_bias: dict[Any, Any] | None = None,
    user: str | None = None,
    reasoning_effort: Any = None,
    verbosity: str | None = None,
    response_format: Any = None,
    seed: int | None = None,
    tools: list[Any] | None = None,
    tool_choice: Any = None,
    logprobs: bool | None = None,
    top_logprobs: int | None = None,
    parallel_tool_calls: bool | None = None,
    web_search_options: dict[str, Any] | None = None,
    include_server_side_tool_invocations: bool | None = None,
    deployment_id: Any = None,
    extra_headers: dict[str, str] | None = None,
    safety_identifier: str | None = None,
    service_tier: str | None = None,
    store: bool | None = None,
    prompt_cache_key: str | None = None,
    functions: list[Any] | None = None,
    function_call: Any = None,
    base_url: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: list[Any] | None = None,
    thinking: dict[str, Any] | None = None,
    shared_session: Any = None,
    enable_json_schema_validation: bool | None = None,
    **kwargs: Any,
) -> ModelResponse | CustomStreamWrapper:
    """A chat completion by any provider.

    Takes OpenAI's chat parameters, LiteLLM's settings (`api_base`, `timeout` in seconds, `num_retries`, `fallbacks`,
    `drop_params`, `mock_response`, …) and anything else as a parameter of the provider. Returns a `ModelResponse`, or
    an iterator of chunks with `stream=True`. Raises the exceptions of `litellm.exceptions`.
    """
    response: ModelResponse | CustomStreamWrapper = run_sync(
        with_fallbacks(CHAT, given(locals(), kwargs), "completion")
    )
    return response


async def acompletion(
    model: str,
    messages: list[Any] | None = None,
    functions: list[Any] | None = None,
    function_call: Any = None,
    timeout: Any = None,
    temperature: float | None = None,
    top_p: float | None = None,
    n: int | None = None,
    stream: bool | None = None,
    stream_options: dict[str, Any] | None = None,
    stop: Any = None,
    max_tokens: int | None = None,
    max_completion_tokens: int | None = None,
    modalities: list[str] | None = None,
    prediction: dict[str, Any] | None = None,
    audio: dict[str, Any] | None = None,
    presence_penalty: float | None = None,
    frequency_penalty: float | None = None,
    logit_bias: dict[Any, Any] | None = None,
    user: str | None = None,
    response_format: Any = None,
    seed: int | None = None,
    tools: list[Any] | None = None,
    tool_choice: Any = None,
    parallel_tool_calls: bool | None = None,
    logprobs: bool | None = None,
    top_logprobs: int | None = None,
    deployment_id: Any = None,
    reasoning_effort: Any = None,
    verbosity: str | None = None,
    safety_identifier: str | None = None,
    service_tier: str | None = None,
    store: bool | None = None,
    prompt_cache_key: str | None = None,
    base_url: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: list[Any] | None = None,
    extra_headers: dict[str, str] | None = None,
    thinking: dict[str, Any] | None = None,
    web_search_options: dict[str, Any] | None = None,
    include_server_side_tool_invocations: bool | None = None,
    shared_session: Any = None,
    enable_json_schema_validation: bool | None = None,
    **kwargs: Any,
) -> ModelResponse | CustomStreamWrapper:
    """`completion` on an event loop: returns a `ModelResponse`, or an async iterator of chunks with `stream=True`."""
    return await run_async(with_fallbacks(CHAT, given(locals(), kwargs), "acompletion"))


async def acompletion_data(**arguments: Any) -> ChatData | ModelResponse | CustomStreamWrapper:
    """`acompletion` for callers that pass its answer on as JSON: a `ChatData` dict, or a stream of dicts.

    A call that takes part in a cache, or that callbacks are told of, is answered with `acompletion`'s own objects; so
    is every call once somebody has put another function in the place of `litellm.acompletion`.
    """
    if litellm.acompletion is not acompletion:
        return await litellm.acompletion(**arguments)
    steps = chat_data_steps if litellm.cache is None else CHAT
    return await run_async(with_fallbacks(steps, given({}, arguments), "acompletion"))


def embedding(
    model: str,
    input: Any = None,
    dimensions: int | None = None,
    encoding_format: str | None = None,
    timeout: Any = None,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    api_type: str | None = None,
    caching: bool | None = None,
    user: str | None = None,
    custom_llm_provider: str | None = None,
    litellm_call_id: str | None = None,
    logger_fn: Any = None,
    **kwargs: Any,
) -> EmbeddingResponse:
    """Embeddings of `input` (a text, a list of texts, or token ids) by any provider.

    Raises the exceptions of `litellm.exceptions`.
    """
    response: EmbeddingResponse = run_sync(with_fallbacks(EMBEDDING, given(locals(), kwargs), "embedding"))
    return response


async def aembedding(model: str, input: Any = None, **kwargs: Any) -> EmbeddingResponse:
    """`embedding` on an event loop."""
    return await run_async(with_fallbacks(EMBEDDING, given(locals(), kwargs), "aembedding"))


def text_completion(
    prompt: Any = None,
    model: str | None = None,
    best_of: int | None = None,
    echo: bool | None = None,
    frequency_penalty: float | None = None,
    logit_bias: dict[Any, Any] | None = None,
    logprobs: int | None = None,
    max_tokens: int | None = None,
    n: int | None = None,
    presence_penalty: float | None = None,
    stop: Any = None,
    stream: bool | None = None,
    stream_options: dict[str, Any] | None = None,
    suffix: str | None = None,
    temperature: float | None = None,
    top_p: float | None = None,
    user: str | None = None,
    api_base: str | None = None,
    api_version: str | None = None,
    api_key: str | None = None,
    model_list: list[Any] | None = None,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> TextCompletionResponse | TextCompletionStreamWrapper:
    """The continuation of `prompt` by any provider; an iterator of chunks with `stream=True`.

    Raises the exceptions of `litellm.exceptions`.
    """
    response: TextCompletionResponse | TextCompletionStreamWrapper = run_sync(
        with_fallbacks(TEXT, given(locals(), kwargs), "text_completion")
    )
    return response


async def atext_completion(
    prompt: Any = None, model: str | None = None, **kwargs: Any
) -> TextCompletionResponse | TextCompletionStreamWrapper:
    """`text_completion` on an event loop."""
    return await run_async(with_fallbacks(TEXT, given(locals(), kwargs), "atext_completion"))


def completion_with_retries(*args: Any, **kwargs: Any) -> ModelResponse | CustomStreamWrapper:
    """`completion`, with `num_retries` of 3 unless it is given."""
    kwargs.setdefault("num_retries", DEFAULT_WHOLE_RETRIES)
    return completion(*args, **kwargs)


async def acompletion_with_retries(*args: Any, **kwargs: Any) -> ModelResponse | CustomStreamWrapper:
    """`acompletion`, with `num_retries` of 3 unless it is given."""
    kwargs.setdefault("num_retries", DEFAULT_WHOLE_RETRIES)
    return await acompletion(*args, **kwargs)


def mock_completion(
    model: str,
    messages: list[Any],
    stream: bool | None = False,
    mock_response: Any = "This is a mock request",
    **kwargs: Any,
) -> ModelResponse | CustomStreamWrapper:
    """A completion that says `mock_response` without asking a provider."""
    return completion(model, messages, stream=stream, mock_response=mock_response, **kwargs)
