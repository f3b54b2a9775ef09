"""JSON schemas without references, for APIs that know none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_DEFINITIONS = ("$defs", "definitions")


def inline_references(schema: Any) -> Any:
    """`schema` with its own references put in place; those that lead back to themselves stay, with all definitions."""
    if not isinstance(schema, dict):
        return schema
    known = definitions_of(schema)
    if not known:
        return schema
    made = {name: value for name, value in inlined(schema, known).items() if name not in _DEFINITIONS}
    if _refers(made):
        made["$defs"] = known
    return made


def definitions_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What the references in `schema` can name."""
    return {**(schema.get("definitions") or {}), **(schema.get("$defs") or {})}


def inlined(schema: Any, known: Mapping[str, Any], within: tuple[str, ...] = ()) -> Any:
    """`schema` with references to `known` put in place; one that leads back to itself stays."""
    if isinstance(schema, list):
        return [inlined(item, known, within) for item in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        name = reference.rsplit("/", 1)[-1]
        if name in known and name not in within:
            return inlined(known[name], known, (*within, name))
        return schema
    return {key: value if key in _DEFINITIONS else inlined(value, known, within) for key, value in schema.items()}


def _refers(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(map(_refers, schema))
    if not isinstance(schema, dict):
        return False
    return "$ref" in schema or any(_refers(value) for key, value in schema.items() if key not in _DEFINITIONS)
