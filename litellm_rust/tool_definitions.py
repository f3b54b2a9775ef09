"""Tools as OpenAI's models see them: a TypeScript namespace (as the models quote it when asked)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any


def tool_definitions(tools: Iterable[Any]) -> str:
    """The text that stands for `tools`, in OpenAI's, Anthropic's or Google's shape, in the prompt."""
    lines = ["namespace functions {", ""]
    for tool in tools:
        if isinstance(tool, Mapping):
            for function in _functions(tool):
                lines += _function(function)
    lines.append("} // namespace functions")
    return "\n".join(lines)


def _functions(tool: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The functions that a tool has: one, but for Google's declarations."""
    declarations = tool.get("function_declarations") or tool.get("functionDeclarations")
    if isinstance(tool.get("function"), Mapping):
        yield tool["function"]
    elif isinstance(declarations, Sequence) and not isinstance(declarations, str):
        yield from (declaration for declaration in declarations if isinstance(declaration, Mapping))
    else:
        schema = tool.get("input_schema") or tool.get("parameters")
        yield {"name": tool.get("name"), "description": tool.get("description"), "parameters": schema}


def _function(function: Mapping[str, Any]) -> list[str]:
    name, description = function.get("name"), function.get("description")
    if not name:
        return []
    lines = [f"// {description}"] if description else []
    schema = function.get("parameters")
    if isinstance(schema, Mapping) and isinstance(schema.get("properties"), Mapping) and schema["properties"]:
        return [*lines, f"type {name} = (_: {{", _properties(schema, 0), "}) => any;", ""]
    return [*lines, f"type {name} = () => any;", ""]


def _properties(schema: Mapping[str, Any], indent: int) -> str:
    required = schema.get("required") or ()
    lines = []
    for key, part in (schema.get("properties") or {}).items():
        if description := part.get("description"):
            lines.append(f"// {description}")
        lines.append(f"{key}{'' if key in required else '?'}: {_type(part, indent)},")
    return "\n".join(" " * indent + line for line in lines)


def _type(part: Mapping[str, Any], indent: int) -> str:
    kind = part.get("type")
    if kind in ("string", "number", "integer"):
        if "enum" in part:
            return " | ".join(f'"{item}"' for item in part["enum"])
        return "string" if kind == "string" else "number"
    if kind == "array":
        items = part.get("items")
        return f"{_type(items, indent)}[]" if items else "any[]"
    if kind == "object":
        return f"{{\n{_properties(part, indent + 2)}\n}}"
    return str(kind) if kind in ("boolean", "null") else "any"
