"""JSON schemas without references, for APIs that know none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm

_DEFINITIONS = ("$defs", "definitions")
MOST_PARTS = 20_000
"""Schemas that one schema may be made of with its references written out. Twenty that each name the next twice would
be a million."""


class Room:
    """How many parts are left."""

    def __init__(self, parts: int = MOST_PARTS) -> None:
        self._left = parts

    def take(self) -> None:
        """Take one. Raises UnsupportedParamsError, a status 400, when there is none."""
        self._left -= 1
        if self._left < 0:
            message = f"a JSON schema with its references written out has more than {MOST_PARTS} parts"
            raise litellm.UnsupportedParamsError(message=message, model=None, llm_provider=None)


def inline_references(schema: Any) -> Any:
    """`schema` with its own references put in place; those that lead back to themselves stay, with all definitions."""
    if not isinstance(schema, dict):
        return schema
    known = definitions_of(schema)
    if not known:
        return schema
    made = {name: value for name, value in inlined(schema, known, Room()).items() if name not in _DEFINITIONS}
    if _refers(made):
        made["$defs"] = known
    return made


def definitions_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """What the references in `schema` can name."""
    return {**(schema.get("definitions") or {}), **(schema.get("$defs") or {})}


def inlined(schema: Any, known: Mapping[str, Any], room: Room, within: tuple[str, ...] = ()) -> Any:
    """`schema` with references to `known` put in place, where there is room; one that leads back to itself stays."""
    room.take()
    if isinstance(schema, list):
        return [inlined(item, known, room, within) for item in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        name = reference.rsplit("/", 1)[-1]
        if name in known and name not in within:
            return inlined(known[name], known, room, (*within, name))
        return schema
    return {key: value if key in _DEFINITIONS else inlined(value, known, room, within) for key, value in schema.items()}


def _refers(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(map(_refers, schema))
    if not isinstance(schema, dict):
        return False
    return "$ref" in schema or any(_refers(value) for key, value in schema.items() if key not in _DEFINITIONS)
