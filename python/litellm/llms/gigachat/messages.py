"""Messages with functions, as GigaChat has them: arguments are objects, results are JSON."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.openai_like.quirks import JSON_TOOL
from litellm.llms.wire import decode_json


def functions_of(tools: list[Any]) -> list[dict[str, Any]]:
    """The functions of `tools`."""
    found = [tool.get("function") or {} for tool in tools if isinstance(tool, dict) and tool.get("type") == "function"]
    return [
        {name: function[name] for name in ("name", "description", "parameters") if name in function}
        for function in found
    ]


def convert_message(message: Mapping[str, Any]) -> dict[str, Any]:
    """One OpenAI message as GigaChat's. Of several calls in one turn it knows the first."""
    role, content = message.get("role"), _text(message.get("content"))
    if role == "developer":
        role = "system"
    if role == "tool":
        return {"role": "function", "name": message.get("name") or "", "content": _as_json(content)}
    made: dict[str, Any] = {"role": role, "content": content}
    calls = message.get("tool_calls") or ()
    if calls:
        function = calls[0].get("function") or {}
        made["function_call"] = {"name": function.get("name"), "arguments": _object(function.get("arguments"))}
    return made


def read_message(choice: dict[str, Any], message: dict[str, Any], *, json_mode: bool) -> None:
    """Makes a function call in `message` (of `choice`) a tool call, or the content where it is the JSON answer."""
    call = message.pop("function_call", None)
    message.pop("functions_state_id", None)
    if not isinstance(call, dict):
        return
    arguments = call.get("arguments")
    text = arguments if isinstance(arguments, str) else json.dumps(arguments or {}, ensure_ascii=False)
    if json_mode and call.get("name") == JSON_TOOL:
        message["content"] = text
        choice["finish_reason"] = "stop"
        return
    function = {"name": call.get("name"), "arguments": text}
    message["tool_calls"] = [
        {"index": 0, "id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": function}
    ]
    choice["finish_reason"] = "tool_calls"


def _text(content: Any) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return str(content or "")


def _as_json(text: str) -> str:
    """`text` when it is JSON already, else as a JSON string."""
    try:
        decode_json(text)
    except ValueError:
        return json.dumps(text, ensure_ascii=False)
    return text


def _object(text: Any) -> Any:
    try:
        value = decode_json(text) if isinstance(text, str) else text
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
