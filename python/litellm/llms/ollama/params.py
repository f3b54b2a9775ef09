"""OpenAI chat parameters as Ollama takes them.

What steers the sampling goes into `options`; `format`, `think`, `tools` and the like stand beside it.
Source: Ollama's API documentation, and LiteLLM 1.106.2 as observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.openai.schema import response_format

GENERATE_PARAMS: tuple[str, ...] = (
    "max_tokens", "stream", "top_p", "temperature", "seed", "frequency_penalty", "stop", "response_format",
    "max_completion_tokens", "reasoning_effort",
)  # fmt: skip
CHAT_PARAMS: tuple[str, ...] = (
    "max_tokens", "max_completion_tokens", "stream", "top_p", "temperature", "seed", "frequency_penalty", "stop",
    "tools", "tool_choice", "functions", "response_format", "reasoning_effort",
)  # fmt: skip
_RENAMED: Mapping[str, str] = {"max_tokens": "num_predict", "max_completion_tokens": "num_predict"}
_LEFT_OUT = frozenset({"stream", "tool_choice", "parallel_tool_calls", "function_call"})
_EFFORTS = frozenset({"low", "medium", "high"})
TOP_LEVEL = frozenset({"format", "think", "tools", "keep_alive", "suffix", "system", "template", "context", "raw"})
"""Fields of the body that are no options."""


def map_params(model: str, params: Mapping[str, Any], *, penalty: str) -> dict[str, Any]:
    """`params` in Ollama's terms; `penalty` is what the frequency penalty is called."""
    mapped: dict[str, Any] = {}
    for name, value in params.items():
        if name == "response_format":
            wanted = _format(value)
            if wanted is not None:
                mapped["format"] = wanted
        elif name == "reasoning_effort":
            mapped["think"] = _think(model, value)
        elif name == "frequency_penalty":
            mapped[penalty] = value
        elif name == "functions":
            mapped.setdefault("tools", value)
        elif name not in _LEFT_OUT:
            mapped[_RENAMED.get(name, name)] = value
    return mapped


def body_fields(params: Mapping[str, Any]) -> dict[str, Any]:
    """The body's fields for `params`, mapped and native ones: `options`, and what stands beside them."""
    options = {
        name: value for name, value in params.items() if name not in TOP_LEVEL and name not in ("extra_body", "stream")
    }
    fields: dict[str, Any] = {"options": options}
    fields.update({name: value for name, value in params.items() if name in TOP_LEVEL})
    fields.update(params.get("extra_body") or {})
    return fields


def _format(wanted: Any) -> Any:
    """`json`, or the schema that the answer has to follow; None for plain text."""
    wanted = response_format(wanted)
    if not isinstance(wanted, dict):
        return None
    if wanted.get("type") == "json_schema":
        return (wanted.get("json_schema") or {}).get("schema")
    return "json" if wanted.get("type") == "json_object" else None


def _think(model: str, effort: Any) -> Any:
    """Whether to think; how much, for the models that know degrees."""
    if effort not in _EFFORTS:
        return False
    return effort if model.startswith("gpt-oss") else True
