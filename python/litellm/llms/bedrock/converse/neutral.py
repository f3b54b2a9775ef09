"""Tool calls as text: Converse refuses tool blocks in a request that offers no tools."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litellm.llms.openai.messages import as_dict

NO_TEXT = "<non-text tool result omitted>"


def without_tool_blocks(messages: Iterable[Any]) -> list[dict[str, Any]]:
    """`messages` with tool calls and results told as text."""
    told: list[dict[str, Any]] = []
    for raw in messages:
        message = raw if isinstance(raw, dict) else as_dict(raw)
        if message.get("role") == "tool":
            text = f"[tool result for {message.get('tool_call_id')}: {_text(message.get('content')) or NO_TEXT}]"
            told.append({"role": "user", "content": text})
        elif message.get("tool_calls"):
            calls = [_call(call) for call in message["tool_calls"]]
            said = _text(message.get("content"))
            kept = {k: v for k, v in message.items() if k != "tool_calls"}
            told.append({**kept, "content": "\n".join([said, *calls] if said else calls)})
        else:
            told.append(message)
    return told


def uses_tools(messages: Iterable[Any]) -> bool:
    """Whether any of `messages` calls a tool or answers a call."""
    for raw in messages:
        message = raw if isinstance(raw, dict) else as_dict(raw)
        if message.get("tool_calls") or message.get("role") == "tool":
            return True
    return False


def _call(call: dict[str, Any]) -> str:
    function = call.get("function") or {}
    return f"[tool call {call.get('id')}: {function.get('name')}({function.get('arguments') or ''})]"


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or "" for part in content or () if isinstance(part, dict))
