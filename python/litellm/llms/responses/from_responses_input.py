"""From chat messages to the input of a Responses request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

SYSTEM = frozenset({"system", "developer"})


def instructions_of(messages: Iterable[Mapping[str, Any]]) -> str | None:
    """The system messages, as one text."""
    said = [text for message in messages if message.get("role") == "system" and (text := _text(message.get("content")))]
    return " ".join(said) or None


def to_input(messages: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The messages, without those of the system, as input items."""
    items: list[dict[str, Any]] = []
    for message in messages:
        role = message.get("role")
        if role == "system":
            continue
        if role in ("tool", "function"):
            output = _parts(message.get("content"), "user")
            call_id = message.get("tool_call_id") or message.get("name")
            items.append({"type": "function_call_output", "call_id": call_id, "output": output})
            continue
        items += [dict(item) for item in message.get("reasoning_items") or ()]
        content = message.get("content")
        if content:
            items.append({"type": "message", "role": role, "content": _parts(content, str(role))})
        items += [_call(call) for call in message.get("tool_calls") or ()]
    return items


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return " ".join(part.get("text") or "" for part in content or () if isinstance(part, Mapping))


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call.get("function") or {}
    return {
        "type": "function_call",
        "call_id": call.get("id"),
        "name": function.get("name") or "",
        "arguments": function.get("arguments") or "",
    }


def _parts(content: Any, role: str) -> list[dict[str, Any]]:
    kind = "output_text" if role == "assistant" else "input_text"
    if content is None:
        return []
    if isinstance(content, str):
        return [{"type": kind, "text": content}]
    return [_part(part, kind) for part in content]


def _part(part: Any, kind: str) -> dict[str, Any]:
    if isinstance(part, str):
        return {"type": kind, "text": part}
    named = part.get("type")
    if named == "text":
        return {"type": kind, "text": part.get("text") or ""}
    if named == "image_url":
        image = part.get("image_url")
        address, detail = (image.get("url"), image.get("detail")) if isinstance(image, Mapping) else (image, None)
        return {"type": "input_image", "image_url": address, "detail": detail or "auto"}
    if named == "file":
        return {"type": "input_file", **(part.get("file") or {})}
    return dict(part)
