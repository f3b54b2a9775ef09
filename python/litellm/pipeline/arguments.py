"""Sorting the arguments of a call: OpenAI's parameters, LiteLLM's own, and what only the provider knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.secret_managers.google.settings import ARGUMENTS as GOOGLE_OPTIONS
from litellm.types.utils import all_litellm_params

OPENAI_PARAMS: frozenset[str] = frozenset(
    {
        "functions", "function_call", "temperature", "top_p", "n", "stream", "stream_options", "stop", "max_tokens",
        "max_completion_tokens", "modalities", "prediction", "audio", "presence_penalty", "frequency_penalty",
        "logit_bias", "user", "response_format", "seed", "tools", "tool_choice", "max_retries", "logprobs",
        "top_logprobs", "extra_headers", "parallel_tool_calls", "reasoning_effort", "verbosity", "thinking",
        "web_search_options", "include_server_side_tool_invocations", "service_tier", "safety_identifier",
        "prompt_cache_key", "prompt_cache_retention", "store", "context_management", "speed", "cache_control",
    }
)  # fmt: skip
"""Parameters that are mapped for the provider."""

SETTINGS: frozenset[str] = frozenset(all_litellm_params) | frozenset(GOOGLE_OPTIONS) | {
    "model", "messages", "timeout", "base_url", "deployment_id", "drop_params", "additional_drop_params", "headers",
    "allowed_openai_params", "stream_chunk_builder", "organization", "mock_tool_calls", "mock_delay", "client",
    "callbacks", "success_callback", "failure_callback", "default_headers", "request_timeout", "stream_timeout",
    "no-log", "no_log", "context_window_fallbacks", "content_policy_fallbacks", "default_fallbacks", "input",
    "prompt", "num_retries", "custom_llm_provider", "extra_query", "router_model_id", "model_response",
    "proxy_server_request", "shared_session", "model_list", "input_callback",
    "litellm_parent_otel_span", "use_in_pass_through", "enable_json_schema_validation", "cooldown_time",
    "user_api_key_dict", "api_type", "input_cost_per_token", "output_cost_per_token", "litellm_request_debug",
    "litellm_metadata", "aembedding", "acompletion", "atext_completion", "text_completion", "force_timeout",
    "api_base", "api_key", "api_version", "azure_ad_token", "ssl_verify", "litellm_logging_obj", "litellm_call_id",
    "litellm_trace_id", "litellm_session_id", "mock_response", "mock_timeout", "logger_fn", "verbose", "model_info",
    "cache_control_injection_points", "max_parallel_requests", "caching", "cache", "fallbacks", "metadata", "tags",
    "rpm", "tpm",
}  # fmt: skip
"""Arguments that are LiteLLM's business and never reach a provider."""


def given(explicit: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that were given a value: `explicit` ones by name, and `extra` ones."""
    arguments = {name: value for name, value in explicit.items() if value is not None}
    arguments.pop("kwargs", None)
    for name, value in extra.items():
        if value is not None:
            arguments[name] = value
    return arguments


def openai_params(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that are OpenAI's parameters."""
    return {name: value for name, value in arguments.items() if name in OPENAI_PARAMS}


def provider_params(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that neither OpenAI nor LiteLLM knows: they go to the provider as they are."""
    return {name: value for name, value in arguments.items() if name not in OPENAI_PARAMS and name not in SETTINGS}
