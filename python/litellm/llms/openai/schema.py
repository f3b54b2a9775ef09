"""`response_format` given as a pydantic model, as OpenAI's structured outputs want it.

Source: OpenAI's guide to structured outputs: every object is closed and every property required.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


def response_format(wanted: Any) -> Any:
    """`wanted` as a dict when it is a pydantic model class; else as it is."""
    if isinstance(wanted, type) and issubclass(wanted, BaseModel):
        schema = strict(wanted.model_json_schema())
        return {"type": "json_schema", "json_schema": {"schema": schema, "name": wanted.__name__, "strict": True}}
    return wanted


def strict(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema` with every object closed, every property required, and null defaults left out."""
    closed: dict[str, Any] = _strict(schema, schema)
    return closed


def _strict(schema: Any, root: dict[str, Any]) -> Any:
    if not isinstance(schema, dict):
        return schema
    made = {name: value for name, value in schema.items() if not (name == "default" and value is None)}
    reference = made.get("$ref")
    if isinstance(reference, str) and len(made) > 1:  # a reference may have no neighbours: it is written out
        del made["$ref"]
        made = {**_resolve(reference, root), **made}
    for name in ("properties", "$defs", "definitions"):
        if isinstance(made.get(name), dict):
            made[name] = {key: _strict(value, root) for key, value in made[name].items()}
    for name in ("anyOf", "allOf", "oneOf"):
        if isinstance(made.get(name), list):
            made[name] = [_strict(value, root) for value in made[name]]
    if "items" in made:
        made["items"] = _strict(made["items"], root)
    if len(made.get("allOf", ())) == 1:
        made.update(made.pop("allOf")[0])
    if made.get("type") == "object":
        made.setdefault("additionalProperties", False)
        if made.get("properties"):
            made["required"] = list(made["properties"])
    return made


def _resolve(reference: str, root: dict[str, Any]) -> dict[str, Any]:
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part, {}) if isinstance(found, dict) else {}
    resolved: dict[str, Any] = _strict(found, root)
    return resolved
