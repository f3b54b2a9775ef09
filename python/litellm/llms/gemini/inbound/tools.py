"""Gemini's tools as OpenAI's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini.inbound.fields import fields_of

_SEARCHES = ("googleSearch", "googleSearchRetrieval", "enterpriseWebSearch")
_MODES: Mapping[str, str] = {"AUTO": "auto", "NONE": "none", "ANY": "required", "VALIDATED": "auto"}


def to_tools(tools: Any) -> tuple[list[dict[str, Any]], bool]:
    """(function tools, whether Google is to search the web). Other tools that Google runs have no counterpart."""
    made: list[dict[str, Any]] = []
    searches = False
    for raw in tools if isinstance(tools, list) else [tools]:
        tool = fields_of(raw, "tools")
        searches = searches or any(name in tool for name in _SEARCHES)
        for declared in tool.get("functionDeclarations") or ():
            made.append({"type": "function", "function": _function(fields_of(declared, "functionDeclarations"))})
    return made, searches


def _function(declared: Mapping[str, Any]) -> dict[str, Any]:
    function: dict[str, Any] = {"name": declared.get("name")}
    if declared.get("description"):
        function["description"] = declared["description"]
    schema = declared.get("parametersJsonSchema", declared.get("parameters"))
    if schema is not None:
        function["parameters"] = plain_schema(schema)
    return function


def plain_schema(schema: Any) -> Any:
    """A schema of Google's, whose types may be written in capitals and which says `nullable`, as JSON schema."""
    if isinstance(schema, list):
        return [plain_schema(item) for item in schema]
    if hasattr(schema, "model_dump"):
        schema = schema.model_dump(exclude_none=True, mode="json")
    if not isinstance(schema, Mapping):
        return schema
    made: dict[str, Any] = {}
    for key, value in schema.items():
        if key == "type" and isinstance(value, str):
            made[key] = value.lower()
        elif key in ("properties", "$defs", "definitions") and isinstance(value, Mapping):
            made[key] = {name: plain_schema(inner) for name, inner in value.items()}
        elif key in ("items", "anyOf", "any_of", "oneOf", "allOf", "additionalProperties"):
            made["anyOf" if key == "any_of" else key] = plain_schema(value)
        elif key not in ("propertyOrdering", "property_ordering", "nullable"):
            made[key] = value
    if schema.get("nullable") and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made


def to_tool_choice(config: Any) -> Any:
    """OpenAI's `tool_choice` for a `toolConfig`; None when it says nothing of calls."""
    if config is None:
        return None
    calling = fields_of(config, "toolConfig").get("functionCallingConfig")
    if calling is None:
        return None
    calling = fields_of(calling, "functionCallingConfig")
    names = calling.get("allowedFunctionNames") or []
    mode = str(calling.get("mode") or "AUTO").upper()
    if mode == "ANY" and len(names) == 1:
        return {"type": "function", "function": {"name": names[0]}}
    return _MODES.get(mode)
