"""Tools as OpenAI's models see them: a TypeScript namespace (as the model quotes it when asked)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def tool_definitions(tools: list[Any]) -> str:
    """The text that stands for `tools` in the prompt."""
    lines = ["namespace functions {", ""]
    for tool in tools:
        function = tool.get("function")
        if not isinstance(function, Mapping):
            continue
        if description := function.get("description"):
            lines.append(f"// {description}")
        name = function.get("name")
        parameters = function.get("parameters") or {}
        if parameters.get("properties"):
            lines += [f"type {name} = (_: {{", _properties(parameters, 0), "}) => any;"]
        else:
            lines.append(f"type {name} = () => any;")
        lines.append("")
    lines.append("} // namespace functions")
    return "\n".join(lines)


def _properties(schema: Mapping[str, Any], indent: int) -> str:
    required = schema.get("required") or []
    lines = []
    for key, part in (schema.get("properties") or {}).items():
        if description := part.get("description"):
            lines.append(f"// {description}")
        lines.append(f"{key}{'' if key in required else '?'}: {_type(part, indent)},")
    return "\n".join(" " * indent + line for line in lines)


def _type(part: Mapping[str, Any], indent: int) -> str:
    kind = part.get("type")
    if kind in ("string", "number", "integer"):
        if part.get("enum"):
            return " | ".join(f'"{item}"' if kind == "string" else str(item) for item in part["enum"])
        return "string" if kind == "string" else "number"
    if kind == "array":
        items = part.get("items")
        return f"{_type(items, indent)}[]" if items else "any[]"
    if kind == "object":
        return f"{{\n{_properties(part, indent + 2)}\n}}"
    return {"boolean": "boolean", "null": "null"}.get(str(kind), "any")
