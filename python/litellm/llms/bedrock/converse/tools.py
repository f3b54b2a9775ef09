"""Tools and tool choices under Converse."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from litellm.llms.bedrock.converse.models import ConverseModel
from litellm.llms.references import Room, definitions_of, inlined

NEUTRAL_SCHEMA: Mapping[str, Any] = {"type": "object", "properties": {}, "required": []}
MAX_ID = 64
_NOT_IN_NAME = re.compile(r"[^\w-]")
_NOT_IN_ID = re.compile(r"[^a-zA-Z0-9_.:-]")
_OWN_TOOLS = ("toolSpec", "systemTool", "cachePoint")
_MODEL_TOOL = re.compile(r"(?:computer|bash|text_editor)_(\d{8})")
_COMPUTER_BETAS: Mapping[str, str] = {
    "2024": "computer-use-2024-10-22", "20250": "computer-use-2025-01-24", "2025": "computer-use-2025-11-24",
}  # fmt: skip


class ToolNames:
    """Names as Bedrock takes them, and the way back."""

    __slots__ = ("_original",)

    def __init__(self, tools: Iterable[Any] = ()) -> None:
        self._original: dict[str, str] = {}
        for tool in tools:
            function = tool.get("function") if isinstance(tool, dict) else None
            if isinstance(function, dict) and isinstance(function.get("name"), str):
                self.bedrock(function["name"])

    def bedrock(self, name: str) -> str:
        """`name` with what Bedrock refuses replaced."""
        made = tool_name(name)
        if made != name:
            self._original.setdefault(made, name)
        return made

    def original(self, name: str) -> str:
        """The caller's own name for `name`."""
        return self._original.get(name, name)


def tool_name(name: str) -> str:
    """`name` with what Bedrock refuses in a tool's name replaced; it must begin with a letter."""
    made = _NOT_IN_NAME.sub("_", name)
    return made if made[:1].isalpha() else f"a{made}"


def tool_use_id(given: Any) -> str:
    """`given` as a tool use id: when something of it must go, a hash keeps it apart from others."""
    text = "" if given is None else str(given)
    if text and len(text) <= MAX_ID and not _NOT_IN_ID.search(text):
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    kept = _NOT_IN_ID.sub("_", text)[: MAX_ID - 9] if text else "tool_use_id"
    return f"{kept}_{digest}"


def tool_choice(choice: Any) -> dict[str, Any] | None:
    """Converse's `toolChoice`; None where it has no word for it (`none`) or nothing was chosen."""
    if choice == "auto":
        return {"auto": {}}
    if choice in ("required", "any"):
        return {"any": {}}
    if isinstance(choice, dict):
        if isinstance(choice.get("function"), dict):
            return {"tool": {"name": tool_name(str(choice["function"].get("name", "")))}}
        if any(kind in choice for kind in ("auto", "any", "tool")):
            return dict(choice)
    return None


def convert_tools(tools: Iterable[Any], found: ConverseModel) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """OpenAI tools as (Converse tools, tools that the model itself defines); kinds that Bedrock lacks are left out."""
    converted: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    for tool in tools:
        if any(kind in tool for kind in _OWN_TOOLS):
            converted.append(tool)
        elif _MODEL_TOOL.fullmatch(str(tool.get("type", ""))):
            own.append(_model_tool(tool))
        elif "input_schema" in tool:
            spec = {"name": tool.get("name"), "description": tool.get("description")}
            converted.append(_spec({**spec, "parameters": tool["input_schema"]}, found))
        elif isinstance(tool.get("function"), dict):
            converted.append(_spec(tool["function"], found))
            if tool.get("cache_control") and found.caching:
                converted.append({"cachePoint": {"type": "default"}})
    return converted, own


def model_tool_betas(tools: Iterable[Mapping[str, Any]]) -> list[str]:
    """The beta names that tools of the model itself need, by the date in their type."""
    betas: dict[str, None] = {}
    for tool in tools:
        dated = _MODEL_TOOL.fullmatch(str(tool.get("type", "")))
        if dated:
            date = dated[1]
            betas[next(beta for start, beta in _COMPUTER_BETAS.items() if date.startswith(start))] = None
    return list(betas)


def _model_tool(tool: dict[str, Any]) -> dict[str, Any]:
    function = tool.get("function")
    if not isinstance(function, dict):
        return {k: v for k, v in tool.items() if k != "cache_control"}
    return {"type": tool["type"], "name": function.get("name"), **(function.get("parameters") or {})}


def _spec(function: Mapping[str, Any], found: ConverseModel) -> dict[str, Any]:
    name = tool_name(str(function.get("name") or ""))
    schema = function.get("parameters") or {}
    spec: dict[str, Any] = {
        "name": name,
        "description": function.get("description") or name,
        "inputSchema": {"json": input_schema(schema, keep_closed=found.strict_tools)},
    }
    if function.get("strict") and found.strict_tools:
        spec["strict"] = True
    return {"toolSpec": spec}


def input_schema(schema: Mapping[str, Any], *, keep_closed: bool) -> dict[str, Any]:
    """`schema` in what Converse takes: type, properties with references put in place, and required names."""
    known, room = definitions_of(schema), Room()
    made = {
        "type": schema.get("type") or "object",
        "properties": {n: _cleaned(inlined(v, known, room)) for n, v in (schema.get("properties") or {}).items()},
        "required": schema.get("required") or [],
    }
    if keep_closed and "additionalProperties" in schema:
        made["additionalProperties"] = schema["additionalProperties"]
    return made


def _cleaned(schema: Any) -> Any:
    """`schema` without nulls as defaults and in enums."""
    if isinstance(schema, list):
        return [_cleaned(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _cleaned(value) for key, value in schema.items() if not (key == "default" and value is None)}
    if isinstance(made.get("enum"), list):
        made["enum"] = [value for value in made["enum"] if value is not None]
    return made
