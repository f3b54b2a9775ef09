"""OpenAI chat parameters in Converse's terms.

What comes out is flat: `maxTokens`, `temperature`, `topP` and `stopSequences` for `inferenceConfig`, `tools` (still
OpenAI's) and `tool_choice` for `toolConfig`, `outputConfig` and `serviceTier` as they are, and the fields of the model
itself, which `build_request` puts under `additionalModelRequestFields` together with what the caller adds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.llms.anthropic.params import context_management
from litellm.llms.anthropic.schema import JSON_TOOL, of_response_format
from litellm.llms.bedrock.converse import reasoning
from litellm.llms.bedrock.converse.models import ConverseModel
from litellm.llms.bedrock.converse.tools import tool_choice
from litellm.llms.openai.schema import response_format

SERVICE_TIERS: Mapping[str, str] = {"auto": "default", "default": "default", "flex": "flex", "priority": "priority"}


def map_params(model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
    """`params` in Converse's terms. Raises `UnsupportedParamsError` and `BadRequestError` for refused values."""
    found = ConverseModel(model)
    mapped: dict[str, Any] = {}
    limit = params.get("max_completion_tokens", params.get("max_tokens"))
    if limit is not None:
        mapped["maxTokens"] = max(limit, found.min_tokens) if isinstance(limit, int) else limit
    if "stop" in params:
        stop = params["stop"]
        mapped["stopSequences"] = [stop] if isinstance(stop, str) else list(stop)
    for name, theirs in (("temperature", "temperature"), ("top_p", "topP")):
        if name in params:
            mapped[theirs] = params[name]
    _check_sampling(found, mapped, drop)
    tier = SERVICE_TIERS.get(str(params.get("service_tier")))
    if tier:
        mapped["serviceTier"] = {"type": tier}
    reasoning.apply(found, model, params, mapped)
    if "context_management" in params:
        edits = context_management(params["context_management"])
        kept = [edit for edit in edits.get("edits") or () if str(edit.get("type", "")).startswith("compact")]
        if kept:
            mapped["context_management"] = {**edits, "edits": kept}
    _tools(found, params, mapped, drop)
    if "response_format" in params:
        _response_format(found, params, mapped)
    return mapped


def _check_sampling(found: ConverseModel, mapped: dict[str, Any], drop: bool) -> None:
    if found.sampling:
        return
    for name in ("temperature", "topP"):
        if mapped.get(name, 1) != 1:
            if not drop:
                raise litellm.UnsupportedParamsError(
                    message=f"{found.base} does not support {name}={mapped[name]}, only 1. "
                    "To drop unsupported params, set `litellm.drop_params = True`.",
                    model=None,
                    llm_provider=None,
                )
            del mapped[name]


def _tools(found: ConverseModel, params: Mapping[str, Any], mapped: dict[str, Any], drop: bool) -> None:
    tools = list(params.get("tools") or ())
    if isinstance(params.get("web_search_options"), dict):
        tools.append({"systemTool": {"name": "nova_grounding"}})
    if tools:
        mapped["tools"] = tools
    if tools and params.get("tool_choice") == "none" and not drop:
        raise litellm.UnsupportedParamsError(
            message="Bedrock has no tool_choice='none'. Leave out the tools, or set `litellm.drop_params = True`.",
            model=None,
            llm_provider=None,
        )
    choice = tool_choice(params.get("tool_choice")) if tools else None
    if choice is not None:
        forced = "any" in choice or "tool" in choice
        if forced and (not found.forced_tool_use or reasoning.in_use(mapped)):
            choice = {"auto": {}}
        mapped["tool_choice"] = choice
    parallel = params.get("parallel_tool_calls")
    if tools and parallel is not None and found.facts.get("supports_parallel_tool_use_config"):
        kind = {} if choice is not None else {"type": "auto"}
        mapped["parallel_tool_use"] = {**kind, "disable_parallel_tool_use": not parallel}


def _response_format(found: ConverseModel, params: Mapping[str, Any], mapped: dict[str, Any]) -> None:
    wanted = response_format(params["response_format"])
    schema = of_response_format(wanted)
    if schema is None:
        return
    mapped["json_mode"] = True
    named = (wanted.get("json_schema") or {}) if isinstance(wanted, dict) else {}
    if found.native_schema:
        mapped["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": _structure(schema, named)}}
        return
    function = {"name": JSON_TOOL, "parameters": schema}
    if named.get("description"):
        function["description"] = named["description"]
    mapped["tools"] = [{"type": "function", "function": function}, *mapped.get("tools", ())]
    forcible = found.tool_choice and not found.unknown and found.forced_tool_use and not reasoning.in_use(mapped)
    if forcible and "tool_choice" not in mapped:
        mapped["tool_choice"] = {"tool": {"name": JSON_TOOL}}


def _structure(schema: dict[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    made = {name: named[name] for name in ("name", "description") if named.get(name)}
    return {"jsonSchema": {**made, "schema": json.dumps(_closed(schema))}}


def _closed(schema: Any) -> Any:
    """`schema` with every object closed, as structured output demands."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("properties", "$defs", "definitions") and isinstance(value, dict):
            made[key] = {name: _closed(inner) for name, inner in value.items()}
        else:
            made[key] = value if key in ("enum", "const", "default", "examples", "required") else _closed(value)
    if made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made
