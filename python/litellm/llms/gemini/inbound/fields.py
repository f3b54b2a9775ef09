"""Reading Gemini's JSON, whose fields may be written in camelCase or in snake_case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini.tools import camel


class InvalidContents(ValueError):
    """A generateContent request that cannot be read. Its text names the field."""


def fields_of(value: Any, what: str) -> dict[str, Any]:
    """`value`, an object or a pydantic model, with its own field names in camelCase. Raises `InvalidContents`."""
    if hasattr(value, "model_dump"):
        value = value.model_dump(exclude_none=True)
    if not isinstance(value, Mapping):
        raise InvalidContents(f"{what}: expected an object, got {type(value).__name__}")
    return {camel(str(name)): field for name, field in value.items()}
