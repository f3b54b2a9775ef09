"""OpenAI messages for Ollama: as chat messages, or as one prompt for its generate endpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from litellm.llms.openai.messages import as_dict
from litellm.llms.wire import decode_json

FUNCTION_PROMPT = (
    'To call a function, reply with JSON ONLY in this format {"name": "function_name", "arguments":{"argument_name": '
    '"argument_value"}}. Once a function result answers the request, reply to the user in plain text instead of '
    "calling a function again. The following functions are available to you:"
)
"""What models without function calling are told, as LiteLLM 1.106.2 sends it."""
_HEADINGS: Mapping[str, str] = {"system": "System", "developer": "System", "assistant": "Assistant"}


def chat_messages(messages: list[Any]) -> list[dict[str, Any]]:
    """`messages` for `/api/chat`: text, images beside it, tool arguments as objects."""
    return [_chat_message(message if isinstance(message, dict) else as_dict(message)) for message in messages]


def _chat_message(message: Mapping[str, Any]) -> dict[str, Any]:
    text, images = split_content(message.get("content"))
    role = message.get("role")
    made: dict[str, Any] = {"role": "system" if role == "developer" else role, "content": text, "images": images}
    if message.get("reasoning_content"):
        made["thinking"] = message["reasoning_content"]
    calls = [_call(call) for call in message.get("tool_calls") or ()]
    if calls:
        made["tool_calls"] = calls
    if message.get("tool_call_id"):
        made["tool_call_id"] = message["tool_call_id"]
    return made


def _call(call: Any) -> dict[str, Any]:
    call = call if isinstance(call, dict) else as_dict(call)
    function = call.get("function") or {}
    return {"function": {"name": function.get("name"), "arguments": _arguments(function.get("arguments"))}}


def _arguments(text: Any) -> Any:
    if not isinstance(text, str):
        return text or {}
    try:
        return decode_json(text or "{}")
    except ValueError:
        return {}


def split_content(content: Any, joint: str = "") -> tuple[str, list[str]]:
    """The text of a message's content, its parts joined by `joint`, and its images as base64."""
    if not isinstance(content, list):
        return content or "", []
    texts, images = [], []
    for part in content:
        if not isinstance(part, dict):
            texts.append(str(part))
        elif part.get("type") == "text":
            texts.append(str(part.get("text") or ""))
        elif part.get("type") == "image_url":
            images.append(_image(part.get("image_url")))
    return joint.join(texts), images


def _image(given: Any) -> str:
    url = given.get("url") if isinstance(given, dict) else given
    url = str(url or "")
    return url.partition(",")[2] if url.startswith("data:") else url


def prompt_of(messages: list[Any], tools: list[Any] | None = None) -> tuple[str, list[str]]:
    """`messages` as one prompt of headed paragraphs, and all their images. Neighbours with one heading share it."""
    turns: list[tuple[str, list[str]]] = []
    images: list[str] = []
    for raw in messages:
        message = raw if isinstance(raw, dict) else as_dict(raw)
        heading = _HEADINGS.get(str(message.get("role")), "User")
        text, found = split_content(message.get("content"), "\n")
        images += found
        if not turns or turns[-1][0] != heading:
            turns.append((heading, []))
        parts = turns[-1][1]
        if text:
            parts.append("\n" + text if heading == "User" and parts else text)
        for call in message.get("tool_calls") or ():
            said = json.dumps(_call(call)["function"])
            parts.append("\n" + said if parts else said)
    if tools:
        turns.append(("System", [FUNCTION_PROMPT, *(f"\n{tool}\n" for tool in tools)]))
    return "".join(f"### {heading}:\n{''.join(parts)}\n\n" for heading, parts in turns if any(parts)), images
