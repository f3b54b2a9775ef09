"""The SDK's calls: chat completions."""

from __future__ import annotations

from typing import Any

from litellm.litellm_core_utils.streaming_handler import CustomStreamWrapper
from litellm.pipeline.arguments import given
from litellm.pipeline.chat import chat_steps
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.fallbacks import with_fallbacks
from litellm.types.utils import ModelResponse


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
    return run_sync(with_fallbacks(chat_steps, given(locals(), kwargs), "completion"))


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
    return await run_async(with_fallbacks(chat_steps, given(locals(), kwargs), "acompletion"))
