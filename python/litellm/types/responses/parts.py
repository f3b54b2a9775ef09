"""The parts of a response: output items and what is in them, each kind a class of its own."""

from __future__ import annotations

from typing import Any

from litellm.types.openai_object import OpenAIObject


class ResponsePart(OpenAIObject):
    """An output item, or a part of one, of a kind that has no class here; its parts are objects too."""

    def __init__(self, **fields: Any) -> None:
        made = {name: as_part(value) for name, value in fields.items()}
        declared = {name: made.pop(name, None) for name in type(self).model_fields}
        self._fill(declared, made)

    def model_dump(self, **kwargs: Any) -> dict[str, Any]:
        """The fields as plain data; those that were never given are left out."""
        dumped: dict[str, Any] = super().model_dump(**kwargs)
        return {name: value for name, value in dumped.items() if value is not None}


class OutputText(ResponsePart):
    """A text of a message."""

    type: str | None = "output_text"
    text: str | None = None
    annotations: list[Any] | None = None


class GenericResponseOutputItem(ResponsePart):
    """A message, or the model's reasoning."""

    type: str | None = "message"
    id: str | None = None
    status: str | None = None
    role: str | None = None
    content: list[Any] | None = None


class OutputFunctionToolCall(ResponsePart):
    """A call of a function."""

    type: str | None = "function_call"
    id: str | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    status: str | None = None


ResponseFunctionToolCall = OutputFunctionToolCall
"""The name that OpenAI's SDK has for it."""
PART_CLASSES: dict[str, type[ResponsePart]] = {
    "function_call": OutputFunctionToolCall,
    "message": GenericResponseOutputItem,
    "output_text": OutputText,
    "reasoning": GenericResponseOutputItem,
}


def as_part(value: Any) -> Any:
    """`value` with the dicts that have a type, and those inside its lists, as objects of their kind."""
    if isinstance(value, list):
        return [as_part(item) for item in value]
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        return PART_CLASSES.get(value["type"], ResponsePart)(**value)
    return value
