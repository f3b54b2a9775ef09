"""Messages and tools in Oracle's two chat formats: generic, and that of Cohere's models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.openai.messages import as_dict
from litellm.llms.wire import decode_json

_PYTHON_TYPES: Mapping[str, str] = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "array": "list", "object": "dict",
}  # fmt: skip


def plain(messages: list[Any]) -> list[dict[str, Any]]:
    """`messages` as dicts."""
    return [message if isinstance(message, dict) else as_dict(message) for message in messages]


def generic_messages(messages: list[Any]) -> list[dict[str, Any]]:
    """`messages` in the generic format."""
    made = []
    for message in plain(messages):
        role = "SYSTEM" if message.get("role") == "developer" else str(message.get("role") or "user").upper()
        turn: dict[str, Any] = {"role": role}
        content = _parts(message.get("content"))
        if content:
            turn["content"] = content
        calls = [_generic_call(call) for call in message.get("tool_calls") or ()]
        if calls:
            turn["toolCalls"] = calls
            turn.pop("content", None)
        if message.get("tool_call_id"):
            turn["toolCallId"] = message["tool_call_id"]
        made.append(turn)
    return made


def _generic_call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call.get("function") or {}
    return {
        "id": call.get("id"),
        "type": "FUNCTION",
        "name": function.get("name"),
        "arguments": function.get("arguments") or "{}",
    }


def _parts(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "TEXT", "text": content}] if content else []
    made: list[dict[str, Any]] = []
    for part in content or ():
        if isinstance(part, dict) and part.get("type") == "text":
            made.append({"type": "TEXT", "text": part.get("text") or ""})
        elif isinstance(part, dict) and part.get("type") == "image_url":
            image = part.get("image_url")
            made.append({"type": "IMAGE", "imageUrl": image if isinstance(image, dict) else {"url": image}})
    return made


def generic_tools(tools: list[Any]) -> list[dict[str, Any]]:
    """`tools` in the generic format."""
    return [{"type": "FUNCTION", **_described(tool)} for tool in tools if isinstance(tool, dict)]


def _described(tool: Mapping[str, Any]) -> dict[str, Any]:
    function = tool.get("function") or {}
    return {name: function[name] for name in ("name", "description", "parameters") if name in function}


def cohere_conversation(messages: list[Any]) -> dict[str, Any]:
    """The last message, what went before it, and the system prompt as preamble."""
    said = plain(messages)
    calls = {str(call.get("id")): _cohere_call(call) for message in said for call in message.get("tool_calls") or ()}
    system = [_text(message) for message in said if message.get("role") in ("system", "developer")]
    turns = [_turn(message, calls) for message in said if message.get("role") not in ("system", "developer")]
    made: dict[str, Any] = {"message": ""}
    if turns and turns[-1]["role"] == "USER":
        made["message"] = turns.pop()["message"]
    elif turns and turns[-1]["role"] == "TOOL":
        made["toolResults"] = turns.pop()["toolResults"]
    made["chatHistory"] = turns
    if system:
        made["preambleOverride"] = "\n".join(system)
    return made


def _turn(message: Mapping[str, Any], calls: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    if message.get("role") == "tool":
        call = calls.get(str(message.get("tool_call_id"))) or {"name": message.get("name"), "parameters": {}}
        return {"role": "TOOL", "toolResults": [{"call": call, "outputs": [{"output": _text(message)}]}]}
    if message.get("role") != "assistant":
        return {"role": "USER", "message": _text(message)}
    turn: dict[str, Any] = {"role": "CHATBOT", "message": _text(message)}
    made = [_cohere_call(call) for call in message.get("tool_calls") or ()]
    if made:
        turn["toolCalls"] = made
    return turn


def _cohere_call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call.get("function") or {}
    try:
        parameters = decode_json(function.get("arguments") or "{}")
    except ValueError:
        parameters = {}
    return {"name": function.get("name"), "parameters": parameters}


def cohere_tools(tools: list[Any]) -> list[dict[str, Any]]:
    """`tools` in Cohere's format: parameters one by one, with Python's names of their types."""
    made = []
    for tool in tools:
        function = (tool.get("function") or {}) if isinstance(tool, dict) else {}
        schema = function.get("parameters") or {}
        required = schema.get("required") or ()
        definitions = {
            name: {
                "type": _PYTHON_TYPES.get(str(part.get("type")), "str"),
                "description": part.get("description", ""),
                "isRequired": name in required,
            }
            for name, part in (schema.get("properties") or {}).items()
            if isinstance(part, dict)
        }
        made.append(
            {
                "name": function.get("name"),
                "description": function.get("description", ""),
                "parameterDefinitions": definitions,
            }
        )
    return made


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return str(content or "")
