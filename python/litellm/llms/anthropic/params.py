"""OpenAI chat parameters as Anthropic's messages API takes them.

Source: Anthropic's API reference, and LiteLLM 1.106.2 as observed for what has no counterpart there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.llms.anthropic import models, schema, tools

BASE_PARAMS: tuple[str, ...] = (
    "stream", "stop", "temperature", "top_p", "max_tokens", "max_completion_tokens", "tools", "tool_choice",
    "extra_headers", "parallel_tool_calls", "response_format", "user", "web_search_options", "speed",
    "context_management", "cache_control",
)  # fmt: skip
_PERSONAL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|\+?[\d\s().-]{7,15}")
_SAME_NAME = ("temperature", "top_p", "stream", "cache_control")


def supported_params(provider: str, model: str) -> list[str]:
    """OpenAI parameter names that `model` takes."""
    names = list(BASE_PARAMS)
    if models.reasons(provider, model):
        names += ["thinking", "reasoning_effort"]
    return names


def map_params(provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
    """`params` in Anthropic's terms. Raises `UnsupportedParamsError` for values that `model` refuses, unless `drop`."""
    mapped: dict[str, Any] = {}
    limit = params.get("max_completion_tokens", params.get("max_tokens"))
    if limit is not None:
        mapped["max_tokens"] = limit
    for name in _SAME_NAME:
        if name in params:
            mapped[name] = params[name]
    _check_sampling(provider, model, mapped, drop)
    _check_speed(provider, model, params, mapped, drop)
    if "stop" in params:
        stop = params["stop"]
        mapped["stop_sequences"] = [stop] if isinstance(stop, str) else list(stop)
    user = params.get("user")
    if isinstance(user, str) and not _PERSONAL.fullmatch(user):
        mapped["metadata"] = {"user_id": user}
    _thinking(provider, model, params, mapped)
    _tools(params, mapped)
    if "response_format" in params:
        _response_format(provider, model, params["response_format"], mapped)
    if "context_management" in params:
        mapped["context_management"] = context_management(params["context_management"])
    return mapped


def _check_sampling(provider: str, model: str, mapped: dict[str, Any], drop: bool) -> None:
    if models.facts(provider, model).get("supports_sampling_params", True):
        return
    for name in ("temperature", "top_p"):
        if name in mapped and (name == "top_p" or mapped[name] != 1):
            if not drop:
                raise _unsupported(f"{model} does not support {name}={mapped[name]}")
            del mapped[name]


def _check_speed(provider: str, model: str, params: Mapping[str, Any], mapped: dict[str, Any], drop: bool) -> None:
    if "speed" not in params:
        return
    if models.facts(provider, model).get("supports_speed"):
        mapped["speed"] = params["speed"]
    elif not drop:
        raise _unsupported(f"{model} does not support speed={params['speed']!r}")


def _thinking(provider: str, model: str, params: Mapping[str, Any], mapped: dict[str, Any]) -> None:
    facts = models.facts(provider, model)
    adaptive = bool(facts.get("supports_adaptive_thinking"))
    effort = params.get("reasoning_effort")
    if isinstance(effort, dict):
        effort = effort.get("effort")
    if effort is not None and effort != "none":
        if effort not in models.THINKING_BUDGETS:
            raise litellm.BadRequestError(
                message=f"reasoning_effort={effort!r} is not one of {', '.join(models.THINKING_BUDGETS)} and none",
                model=model,
                llm_provider=provider,
            )
        if adaptive:
            _check_effort(provider, model, effort)
            mapped["thinking"] = {"type": "adaptive", "display": "summarized"}
            mapped["output_config"] = {"effort": "low" if effort == "minimal" else effort}
        else:
            mapped["thinking"] = {"type": "enabled", "budget_tokens": models.THINKING_BUDGETS[effort]}
    thinking = params.get("thinking")
    if isinstance(thinking, dict):
        budget = thinking.get("budget_tokens")
        if thinking.get("type") == "enabled" and adaptive and not facts.get("supports_legacy_thinking"):
            mapped["thinking"] = {"type": "adaptive"}
            mapped["output_config"] = {"effort": models.effort_of_budget(int(budget or 0))}
        elif thinking.get("type") == "adaptive" and not adaptive:
            mapped["thinking"] = {"type": "enabled", "budget_tokens": models.THINKING_BUDGETS["medium"]}
        else:
            mapped["thinking"] = thinking
    enabled = mapped.get("thinking") or {}
    if "max_tokens" not in mapped and enabled.get("type") == "enabled" and enabled.get("budget_tokens"):
        mapped["max_tokens"] = int(enabled["budget_tokens"]) + models.DEFAULT_MAX_TOKENS


def _check_effort(provider: str, model: str, effort: str) -> None:
    if effort in ("xhigh", "max") and not models.facts(provider, model).get(f"supports_{effort}_reasoning_effort"):
        raise litellm.BadRequestError(
            message=f"effort={effort!r} is not supported by this model. Got model: {model}",
            model=model,
            llm_provider=provider,
        )


def _tools(params: Mapping[str, Any], mapped: dict[str, Any]) -> None:
    if "tools" in params:
        converted, servers = tools.convert_tools(params["tools"])
        mapped["tools"] = converted
        if servers:
            mapped["mcp_servers"] = servers
    options = params.get("web_search_options")
    if isinstance(options, dict):
        mapped.setdefault("tools", []).append(tools.web_search_tool(options))
    choice = tools.convert_tool_choice(params.get("tool_choice"), params.get("parallel_tool_calls"))
    if choice is not None:
        mapped["tool_choice"] = choice


def _response_format(provider: str, model: str, wanted: Any, mapped: dict[str, Any]) -> None:
    json_schema = schema.of_response_format(wanted)
    if json_schema is None:
        return
    facts = models.facts(provider, model)
    if provider == "azure_ai":  # which serves the same models as Anthropic
        facts = {**models.facts("anthropic", model), **facts}
    if facts.get("supports_native_structured_output"):
        mapped["output_format"] = {"type": "json_schema", "schema": schema.native(json_schema)}
        return
    mapped["tools"] = [{"name": schema.JSON_TOOL, "input_schema": json_schema}, *mapped.get("tools", ())]
    if (mapped.get("thinking") or {}).get("type") not in ("enabled", "adaptive"):
        mapped["tool_choice"] = {"name": schema.JSON_TOOL, "type": "tool"}
    mapped["json_mode"] = True


def context_management(value: Any) -> Any:
    """Anthropic's own form of `context_management`; OpenAI's list of compaction entries is converted."""
    if not isinstance(value, list):
        return value
    edits = []
    for entry in value:
        if isinstance(entry, dict) and entry.get("type") == "compaction":
            edit: dict[str, Any] = {"type": "compact_20260112"}
            if entry.get("compact_threshold") is not None:
                edit["trigger"] = {"type": "input_tokens", "value": entry["compact_threshold"]}
            edits.append(edit)
    return {"edits": edits}


def _unsupported(why: str) -> litellm.UnsupportedParamsError:
    return litellm.UnsupportedParamsError(
        message=f"{why}. To drop unsupported params, set `litellm.drop_params = True`.", model=None, llm_provider=None
    )
