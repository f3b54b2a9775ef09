"""JSON schemas in the subset of OpenAPI that Gemini takes for the parameters of functions.

Source: the `Schema` object of the Gemini API reference. What it has no word for is said otherwise (`oneOf` as `anyOf`,
`const` as an `enum` of one, references by what they refer to) or left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.references import Room, definitions_of

_KEPT = (
    "type", "title", "description", "nullable", "format", "minItems", "maxItems", "minProperties", "maxProperties",
    "minLength", "maxLength", "pattern", "minimum", "maximum", "required", "propertyOrdering", "example",
)  # fmt: skip
_FORMATS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"enum", "date-time"}),
    "number": frozenset({"float", "double"}),
    "integer": frozenset({"int32", "int64"}),
}
_DEEPEST = 24
"""Schemas nested deeper, as recursive ones are, end in an object of unknown form."""


def function_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """`schema`, the parameters of a function, as Gemini takes them."""
    return _Cleaner(definitions_of(schema)).clean(schema, 0)


def answer_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` for the answer of a model that takes no whole JSON schema; it answers in the order of the properties."""
    return _ordered(function_schema(schema))


def _ordered(schema: dict[str, Any]) -> dict[str, Any]:
    made = dict(schema)
    properties = made.get("properties")
    if isinstance(properties, dict):
        made["properties"] = {name: _ordered(inner) for name, inner in properties.items()}
        made.setdefault("propertyOrdering", list(properties))
    if isinstance(made.get("items"), dict):
        made["items"] = _ordered(made["items"])
    if "anyOf" in made:
        made["anyOf"] = [_ordered(inner) for inner in made["anyOf"]]
    return made


class _Cleaner:
    """Cleans one schema, whose references are names in `definitions`."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self._definitions, self._room = definitions, Room()

    def clean(self, schema: Any, depth: int) -> dict[str, Any]:
        schema = self._resolved(schema, depth)
        if not schema or depth > _DEEPEST:
            return {"type": "object"}
        if self._alternatives(schema) is not None:
            return self._any_of(schema, depth)
        made = {key: schema[key] for key in _KEPT if schema.get(key) is not None}
        if isinstance(schema.get("properties"), Mapping) and schema["properties"]:
            made["properties"] = {name: self.clean(inner, depth + 1) for name, inner in schema["properties"].items()}
        _values(schema, made)
        made.setdefault("type", "array" if "items" in schema else "object")
        if made["type"] == "array":
            made["items"] = self.clean(schema.get("items"), depth + 1)
        if made.get("format") not in _FORMATS.get(made["type"], ()):
            made.pop("format", None)
        return made

    def _resolved(self, schema: Any, depth: int) -> dict[str, Any]:
        """`schema` with its reference and its `allOf` merged in."""
        self._room.take()
        if not isinstance(schema, Mapping):
            return {}
        made = dict(schema)
        reference = made.pop("$ref", None)
        if isinstance(reference, str) and depth <= _DEEPEST:
            target = self._definitions.get(reference.rsplit("/", 1)[-1])
            made = {**self._resolved(target, depth + 1), **made}
        for part in made.pop("allOf", None) or ():
            merged = self._resolved(part, depth + 1)
            properties = {**(made.get("properties") or {}), **(merged.get("properties") or {})}
            required = [*(made.get("required") or ()), *(merged.get("required") or ())]
            made = {**merged, **made}
            if properties:
                made["properties"] = properties
            if required:
                made["required"] = list(dict.fromkeys(required))
        return made

    def _alternatives(self, schema: Mapping[str, Any]) -> list[Any] | None:
        for key in ("anyOf", "oneOf"):
            found = schema.get(key)
            if isinstance(found, list) and found:
                return found
        kinds = schema.get("type")
        if isinstance(kinds, list):
            rest = {key: value for key, value in schema.items() if key not in ("type", "title", "description")}
            return [{**(rest if kind != "null" else {}), "type": kind} for kind in kinds]
        return None

    def _any_of(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        """Title and description go into each alternative: beside `anyOf` Gemini allows nothing."""
        leaves = self._leaves(schema, depth)
        kinds = [leaf for leaf in leaves if leaf.get("type") != "null"]
        if not kinds:
            return {**_said(schema), "type": "null"}
        nullable = {"nullable": True} if len(kinds) < len(leaves) else {}
        return {"anyOf": [self.clean({**leaf, **nullable}, depth + 1) for leaf in kinds]}

    def _leaves(self, schema: Any, depth: int) -> list[dict[str, Any]]:
        """The alternatives of `schema` that have none themselves."""
        resolved = self._resolved(schema, depth)
        alternatives = self._alternatives(resolved)
        if alternatives is None or depth > _DEEPEST:
            return [resolved]
        said = {**_said(resolved), **({"nullable": True} if resolved.get("nullable") else {})}
        return [
            leaf for item in alternatives for leaf in self._leaves({**said, **self._resolved(item, depth)}, depth + 1)
        ]


def _said(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {key: schema[key] for key in ("title", "description") if key in schema}


def _values(schema: Mapping[str, Any], made: dict[str, Any]) -> None:
    """An `enum` holds texts only, and none that is empty."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(values, list):
        return
    if all(isinstance(value, str) for value in values):
        texts = [value for value in values if value]
        made.setdefault("type", "string")
        if texts:
            made["enum"] = texts
    elif all(isinstance(value, bool) for value in values):
        made.setdefault("type", "boolean")
    elif all(isinstance(value, int) for value in values):
        made.setdefault("type", "integer")
    elif all(isinstance(value, (int, float)) for value in values):
        made.setdefault("type", "number")
