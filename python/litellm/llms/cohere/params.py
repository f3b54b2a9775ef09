"""OpenAI chat parameters as Cohere takes them: version 1 and 2 of its API share the names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CHAT_PARAMS: tuple[str, ...] = (
    "stream", "temperature", "max_tokens", "max_completion_tokens", "top_p", "frequency_penalty", "presence_penalty",
    "stop", "n", "tools", "tool_choice", "seed", "extra_headers",
)  # fmt: skip
_RENAMED: Mapping[str, str] = {
    "max_completion_tokens": "max_tokens",
    "top_p": "p",
    "n": "num_generations",
    "stop": "stop_sequences",
}
_LEFT_OUT = frozenset({"tool_choice", "stream"})


def supported_params(provider: str, model: str) -> tuple[str, ...]:
    """OpenAI parameter names that `model` takes."""
    return CHAT_PARAMS


def map_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """`params` under Cohere's names; `tool_choice` is accepted and left out, as LiteLLM does."""
    mapped: dict[str, Any] = {}
    for name, value in params.items():
        if name not in _LEFT_OUT:
            mapped[_RENAMED.get(name, name)] = [value] if name == "stop" and isinstance(value, str) else value
    return mapped
