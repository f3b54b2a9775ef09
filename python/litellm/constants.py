"""Numbers and names that LiteLLM's users import; each can be set by the environment variable of its name."""

from __future__ import annotations

import os

from litellm.types.providers import PROVIDER_NAMES


def _whole(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def _number(name: str, default: float) -> float:
    return float(os.environ.get(name, default))


ROUTER_MAX_FALLBACKS = _whole("ROUTER_MAX_FALLBACKS", 5)
DEFAULT_BATCH_SIZE = _whole("DEFAULT_BATCH_SIZE", 512)
DEFAULT_FLUSH_INTERVAL_SECONDS = _whole("DEFAULT_FLUSH_INTERVAL_SECONDS", 5)
DEFAULT_MAX_RETRIES = _whole("DEFAULT_MAX_RETRIES", 2)
DEFAULT_ALLOWED_FAILS = _whole("DEFAULT_ALLOWED_FAILS", 3)
DEFAULT_COOLDOWN_TIME_SECONDS = _whole("DEFAULT_COOLDOWN_TIME_SECONDS", 5)
DEFAULT_FAILURE_THRESHOLD_PERCENT = _number("DEFAULT_FAILURE_THRESHOLD_PERCENT", 0.5)
DEFAULT_MAX_TOKENS = _whole("DEFAULT_MAX_TOKENS", 4096)
DEFAULT_REASONING_EFFORT_LOW_THINKING_BUDGET = _whole("DEFAULT_REASONING_EFFORT_LOW_THINKING_BUDGET", 1024)
DEFAULT_REASONING_EFFORT_MEDIUM_THINKING_BUDGET = _whole("DEFAULT_REASONING_EFFORT_MEDIUM_THINKING_BUDGET", 2048)
DEFAULT_REASONING_EFFORT_HIGH_THINKING_BUDGET = _whole("DEFAULT_REASONING_EFFORT_HIGH_THINKING_BUDGET", 4096)
INITIAL_RETRY_DELAY = _number("INITIAL_RETRY_DELAY", 0.5)
MAX_RETRY_DELAY = _number("MAX_RETRY_DELAY", 8.0)
JITTER = _number("JITTER", 0.75)
REPEATED_STREAMING_CHUNK_LIMIT = _whole("REPEATED_STREAMING_CHUNK_LIMIT", 100)
REQUEST_TIMEOUT = _number("REQUEST_TIMEOUT", 6000.0)
STREAM_SSE_DONE_STRING = "[DONE]"
STREAM_SSE_DATA_PREFIX = "data: "
RESPONSE_FORMAT_TOOL_NAME = "json_tool_call"
LITELLM_CHAT_PROVIDERS = list(PROVIDER_NAMES)
OPENAI_CHAT_COMPLETION_PARAMS = [
    "functions", "function_call", "temperature", "top_p", "n", "stream", "stream_options", "stop",
    "max_completion_tokens", "modalities", "prediction", "audio", "max_tokens", "presence_penalty",
    "frequency_penalty", "logit_bias", "user", "request_timeout", "api_base", "api_version", "api_key",
    "deployment_id", "organization", "base_url", "default_headers", "timeout", "response_format", "seed", "tools",
    "tool_choice", "max_retries", "parallel_tool_calls", "logprobs", "top_logprobs", "reasoning_effort",
    "extra_headers", "thinking", "web_search_options", "service_tier", "prompt_cache_key", "prompt_cache_retention",
    "safety_identifier", "verbosity", "store",
]  # fmt: skip
"""OpenAI's chat parameters, as LiteLLM's callers pass them."""
