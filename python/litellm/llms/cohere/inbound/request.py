"""A request to Cohere's `POST /v2/chat` as the arguments of a chat completion.

Source: Cohere's API reference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from litellm.llms.inbound_wire import InvalidRequest, Reach, object_of, objects_of, thinking_of

_SAME: Mapping[str, str] = {
    "max_tokens": "max_tokens", "temperature": "temperature", "seed": "seed", "p": "top_p", "stop_sequences": "stop",
    "frequency_penalty": "frequency_penalty", "presence_penalty": "presence_penalty", "logprobs": "logprobs",
}  # fmt: skip
_OWN = ("response_format", "tool_choice", "strict_tools", "citation_options", "safety_mode", "priority", "thinking",
        "logprobs", "k")  # fmt: skip
"""What Cohere's models are asked for in its own words."""
_READ = frozenset({*_SAME, *_OWN, "messages", "tools", "documents", "model"})
_ROLES = frozenset({"system", "user", "assistant", "tool"})
_CHOICES: Mapping[str, str] = {"REQUIRED": "required", "NONE": "none"}
DOCUMENTS = "Answer from these documents where they help:"
"""What models of others are told before the documents."""


def to_chat(body: Mapping[str, Any], reach: Reach) -> dict[str, Any]:
    """`body` as a chat completion's arguments. Fields that are not Cohere's stay as they are.

    Raises `InvalidRequest` that names the field at fault.
    """
    chat: dict[str, Any] = {name: value for name, value in body.items() if name not in _READ}
    messages = [_message(turn, at) for at, turn in enumerate(objects_of(body.get("messages"), "messages"))]
    if not messages:
        raise InvalidRequest("messages: at least one is required")
    chat["messages"] = messages
    tools = [dict(tool) for tool in objects_of(body.get("tools"), "tools")]
    if tools:
        chat["tools"] = tools
    for theirs, ours in _SAME.items():
        if body.get(theirs) is not None:
            chat[ours] = body[theirs]
    if reach.native:
        _keep(body, chat)
    else:
        _translate(body, chat, reach)
    return chat


def _keep(body: Mapping[str, Any], chat: dict[str, Any]) -> None:
    """What only Cohere says, for Cohere."""
    own = {name: body[name] for name in _OWN if body.get(name) is not None}
    if own:
        chat["extra_body"] = {**object_of(body.get("extra_body"), "extra_body"), **own}
    chat.pop("logprobs", None)
    if body.get("documents") is not None:
        chat["documents"] = body["documents"]


def _translate(body: Mapping[str, Any], chat: dict[str, Any], reach: Reach) -> None:
    if body.get("k") and reach.top_k:
        chat["top_k"] = body["k"]
    choice = _CHOICES.get(str(body.get("tool_choice")))
    if choice and "tools" in chat:
        chat["tool_choice"] = choice
    if body.get("strict_tools"):
        chat["tools"] = [
            {**tool, "function": {**object_of(tool.get("function"), "tools"), "strict": True}}
            for tool in chat.get("tools") or ()
        ]
    _format(object_of(body.get("response_format"), "response_format"), chat)
    thinking = object_of(body.get("thinking"), "thinking")
    if thinking.get("type") == "enabled":
        chat.update(thinking_of(_count(thinking.get("token_budget")), reach))
    elif thinking.get("type") == "disabled" and "thinking" in reach.params:
        chat["thinking"] = {"type": "disabled"}
    documents = body.get("documents")
    if isinstance(documents, list) and documents:
        told = "\n".join([DOCUMENTS, *(item if isinstance(item, str) else _json(item) for item in documents)])
        chat["messages"] = [{"role": "system", "content": told}, *chat["messages"]]


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _format(wanted: Mapping[str, Any], chat: dict[str, Any]) -> None:
    if wanted.get("type") != "json_object":
        return
    schema = wanted.get("json_schema") or wanted.get("schema")
    if schema:
        chat["response_format"] = {"type": "json_schema", "json_schema": {"name": "response", "schema": schema}}
    else:
        chat["response_format"] = {"type": "json_object"}


def _message(turn: Mapping[str, Any], at: int) -> dict[str, Any]:
    role, where = turn.get("role"), f"messages[{at}].content"
    if role not in _ROLES:
        raise InvalidRequest(f"messages[{at}].role: expected one of {', '.join(sorted(_ROLES))}")
    content = turn.get("content")
    if content is not None and not isinstance(content, str):
        content = objects_of(content, where)
    if role == "assistant":
        return _assistant(turn, content)
    if role == "tool":
        return {"role": "tool", "tool_call_id": turn.get("tool_call_id"), "content": _result(content)}
    return {"role": role, "content": [dict(part) for part in content] if isinstance(content, list) else content or ""}


def _assistant(turn: Mapping[str, Any], content: Any) -> dict[str, Any]:
    """What the model said. Its plan for the calls of tools is text to every other API."""
    parts = content if isinstance(content, list) else [{"type": "text", "text": content or ""}]
    texts = [str(part.get("text") or "") for part in parts if part.get("type") == "text"]
    text = "".join([turn.get("tool_plan") or "", *texts])
    message: dict[str, Any] = {"role": "assistant", "content": text or None}
    thoughts = "".join(str(part.get("thinking") or "") for part in parts if part.get("type") == "thinking")
    if thoughts:
        message["reasoning_content"] = thoughts
    calls = [dict(call) for call in objects_of(turn.get("tool_calls"), "tool_calls")]
    if calls:
        message["tool_calls"] = calls
    return message


def _result(content: Any) -> Any:
    """A tool's result: its text, and its documents as JSON."""
    if not isinstance(content, list):
        return content or ""
    parts = []
    for part in content:
        document = part.get("document")
        if isinstance(document, Mapping):
            data = document.get("data")
            parts.append(data if isinstance(data, str) else _json(data if data is not None else document))
        else:
            parts.append(str(part.get("text") or ""))
    return parts[0] if len(parts) == 1 else [{"type": "text", "text": part} for part in parts]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
