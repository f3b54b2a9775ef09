"""Requests to Ollama's `POST /api/chat` and `POST /api/generate` as the arguments of a chat completion.

Source: Ollama's API documentation.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from litellm.llms.call_ids import CallIds
from litellm.llms.inbound_wire import InvalidRequest, Reach, object_of, objects_of, thinking_of
from litellm.llms.multipart import image_type_of

_SAMPLING: Mapping[str, str] = {
    "temperature": "temperature", "top_p": "top_p", "seed": "seed", "stop": "stop",
    "frequency_penalty": "frequency_penalty", "presence_penalty": "presence_penalty",
}  # fmt: skip
"""Options that every model may be asked for; `num_predict` and `top_k` beside them."""
_OWN = ("options", "format", "think", "keep_alive")
_ONLY_OWN = ("suffix", "template", "raw", "context")
"""Fields of a prompt that no chat can say."""
_READ = frozenset({*_OWN, *_ONLY_OWN, "model", "messages", "tools", "stream", "prompt", "system", "images"})
_ROLES = frozenset({"system", "user", "assistant", "tool"})
_MAGIC_CHARS = 16
"""Characters of base64 in which an image tells its type."""


def chat_to_chat(body: Mapping[str, Any], reach: Reach) -> dict[str, Any]:
    """A request to `/api/chat`. Fields that are not Ollama's stay as they are. Raises `InvalidRequest`."""
    ids = CallIds()
    messages = [_message(turn, at, ids) for at, turn in enumerate(objects_of(body.get("messages"), "messages"))]
    chat = _settings(body, messages, reach)
    tools = [dict(tool) for tool in objects_of(body.get("tools"), "tools")]
    return {**chat, "tools": tools} if tools else chat


def generate_to_chat(body: Mapping[str, Any], reach: Reach) -> dict[str, Any]:
    """A request to `/api/generate`: one user message, its images, and what is said before. Raises `InvalidRequest`."""
    for name in ("prompt", "system"):
        if not isinstance(body.get(name), (str, type(None))):
            raise InvalidRequest(f"{name}: expected a string")
    messages: list[dict[str, Any]] = []
    if body.get("system"):
        messages.append({"role": "system", "content": body["system"]})
    if body.get("prompt") or body.get("images"):
        messages.append({"role": "user", "content": _content(body.get("prompt") or "", body.get("images"), "images")})
    chat = _settings(body, messages, reach)
    given = {name: body[name] for name in _ONLY_OWN if body.get(name)}
    if given and not reach.native:
        raise InvalidRequest(f"{next(iter(given))}: only models that Ollama serves take it")
    return {**chat, **given}


def _settings(body: Mapping[str, Any], messages: list[dict[str, Any]], reach: Reach) -> dict[str, Any]:
    if not messages:
        raise InvalidRequest("messages: at least one is required" if "messages" in body else "prompt: it is required")
    chat: dict[str, Any] = {name: value for name, value in body.items() if name not in _READ}
    stream = body.get("stream")
    chat.update(messages=messages, stream=True if stream is None else stream)
    options = object_of(body.get("options"), "options")
    limit = options.get("num_predict")
    if isinstance(limit, int) and limit > 0:
        chat["max_tokens"] = limit
    if reach.native:
        own = {name: body[name] for name in _OWN if body.get(name) is not None}
        return {**chat, "extra_body": {**object_of(body.get("extra_body"), "extra_body"), **own}} if own else chat
    for theirs, ours in _SAMPLING.items():
        if options.get(theirs) is not None:
            chat[ours] = options[theirs]
    if options.get("top_k") is not None and reach.top_k:
        chat["top_k"] = options["top_k"]
    _format(body.get("format"), chat)
    chat.update(_thinking(body.get("think"), reach))
    return chat


def _format(wanted: Any, chat: dict[str, Any]) -> None:
    if wanted == "json":
        chat["response_format"] = {"type": "json_object"}
    elif isinstance(wanted, Mapping):
        schema = {"name": "response", "schema": dict(wanted)}
        chat["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif wanted:
        raise InvalidRequest("format: expected 'json' or a JSON schema")


def _thinking(think: Any, reach: Reach) -> dict[str, Any]:
    """Whether to think, or how much. Models that are asked for no effort are not told to leave it."""
    if isinstance(think, str) and think:
        return {"reasoning_effort": think}
    if think is True:
        return thinking_of(None, reach)
    return {"thinking": {"type": "disabled"}} if think is False and "thinking" in reach.params else {}


def _message(turn: Mapping[str, Any], at: int, ids: CallIds) -> dict[str, Any]:
    where, role = f"messages[{at}]", turn.get("role")
    if role not in _ROLES:
        raise InvalidRequest(f"{where}.role: expected one of {', '.join(sorted(_ROLES))}")
    text = turn.get("content")
    if not isinstance(text, (str, type(None))):
        raise InvalidRequest(f"{where}.content: expected a string")
    message: dict[str, Any] = {
        "role": role, "content": _content(text or "", turn.get("images"), f"{where}.images"),
    }  # fmt: skip
    if role == "tool":
        message.update(_answered(turn, ids))
    if turn.get("thinking"):
        message["reasoning_content"] = turn["thinking"]
    calls = [_call(call, ids) for call in objects_of(turn.get("tool_calls"), f"{where}.tool_calls")]
    if calls:
        message["tool_calls"] = calls
    return message


def _answered(turn: Mapping[str, Any], ids: CallIds) -> dict[str, Any]:
    """Which call a result is for: the one with its id, else the oldest of its tool, else the oldest of all."""
    name = turn.get("tool_name") or turn.get("name") or ids.oldest()
    given = turn.get("tool_call_id")
    call_id = ids.answered({"name": name, "id": given if ids.waits(given) else None})
    return {"tool_call_id": call_id, **({"name": name} if name else {})}


def _content(text: str, images: Any, where: str) -> Any:
    """The text, or parts of it and of the images, which are base64 without a type."""
    if not images:
        return text
    if not isinstance(images, list) or not all(isinstance(image, str) for image in images):
        raise InvalidRequest(f"{where}: expected a list of images as base64")
    shown = [{"type": "image_url", "image_url": {"url": _data_url(image)}} for image in images]
    return [{"type": "text", "text": text}, *shown] if text else shown


def _data_url(image: str) -> str:
    if image.startswith("data:"):
        return image
    try:
        kind = image_type_of(base64.b64decode(image[:_MAGIC_CHARS]))
    except (binascii.Error, ValueError):
        kind = None
    return f"data:{kind or 'image/png'};base64,{image}"


def _call(call: Mapping[str, Any], ids: CallIds) -> dict[str, Any]:
    function = object_of(call.get("function"), "tool_calls.function")
    arguments = function.get("arguments")
    told = arguments if isinstance(arguments, str) else json.dumps(arguments or {}, ensure_ascii=False)
    call_id = ids.called({"name": function.get("name"), "id": call.get("id")})
    return {"id": call_id, "type": "function", "function": {"name": function.get("name"), "arguments": told}}
