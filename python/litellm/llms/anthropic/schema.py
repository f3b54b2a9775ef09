"""JSON schemas for Anthropic: structured output where a model has it, a tool that must be called where it has not."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from litellm.llms.references import inline_references

JSON_TOOL = "json_tool_call"
_LIMITS = {
    "minimum": "minimum value", "maximum": "maximum value", "exclusiveMinimum": "exclusive minimum value",
    "exclusiveMaximum": "exclusive maximum value", "multipleOf": "multiple of", "minLength": "minimum length",
    "maxLength": "maximum length", "minItems": "minimum number of items", "maxItems": "maximum number of items",
}  # fmt: skip
"""Keywords that structured output refuses; what they ask for is said in the description instead."""


def of_response_format(wanted: Any) -> dict[str, Any] | None:
    """The JSON schema that a `response_format` asks for; None when it asks for none."""
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        return wanted.model_json_schema()
    if not isinstance(wanted, dict):
        return None
    if wanted.get("type") == "json_schema":
        found = (wanted.get("json_schema") or {}).get("schema")
    else:
        found = wanted.get("response_schema")
    return found if isinstance(found, dict) else None


def native(schema: Any) -> Any:
    """`schema` in the subset that structured output takes: closed objects, no references, no numeric or length limits.

    References that lead back to themselves stay, and so do their definitions.
    """
    inlined = inline_references(schema)
    return _native(inlined)


def _native(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_native(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    notes = [f"{words}: {schema[key]}" for key, words in _LIMITS.items() if _is_limit(schema, key)]
    made: dict[str, Any] = {}
    if notes:
        note = f"Note: {', '.join(notes)}."
        described = schema.get("description")
        made["description"] = f"{described} {note}" if described else note
    for key, value in schema.items():
        if _is_limit(schema, key) or (key == "description" and notes):
            continue
        if key in ("properties", "$defs", "definitions") and isinstance(value, dict):
            made[key] = {name: _native(inner) for name, inner in value.items()}
        elif key in ("enum", "const", "default", "examples", "required"):
            made[key] = value
        else:
            made["anyOf" if key == "oneOf" else key] = _native(value)
    if made.get("type") == "object":
        made["additionalProperties"] = False
    return made


def _is_limit(schema: dict[str, Any], key: str) -> bool:
    """Whether `key` is a refused keyword of `schema`. `minItems` of 0 and 1 is taken."""
    if key not in _LIMITS or key not in schema:
        return False
    return not (key == "minItems" and schema[key] in (0, 1))
