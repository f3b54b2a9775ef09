"""From a chat completion to a Response."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.citations import annotations_of
from litellm.llms.wire import encode_json

_ECHOED = ("instructions", "max_output_tokens", "temperature", "top_p", "previous_response_id", "reasoning", "store",
           "truncation", "user")  # fmt: skip
"""Parameters of the request that a response repeats."""
INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


def to_response(chat: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, Any]:
    """`chat`, a chat.completion as plain data, as the response to `request`."""
    choices = chat.get("choices") or [{}]
    reason = choices[0].get("finish_reason")
    made: dict[str, Any] = {
        "id": chat.get("id") or f"resp_{uuid.uuid4()}",
        "created_at": chat.get("created") or int(time.time()),
        "object": "response",
        "model": chat.get("model"),
        "status": "incomplete" if reason in INCOMPLETE else "completed",
        "output": [item for choice in choices for item in output_items(choice)],
        "parallel_tool_calls": bool(request.get("parallel_tool_calls")),
        "tool_choice": request.get("tool_choice") or "auto",
        "tools": request.get("tools") or [],
        "text": request.get("text") or {},
        "metadata": request.get("metadata") or {},
        "usage": to_usage(chat.get("usage") or {}),
    }
    made.update((name, request[name]) for name in _ECHOED if request.get(name) is not None)
    if reason in INCOMPLETE:
        made["incomplete_details"] = {"reason": INCOMPLETE[reason]}
    fields = (choices[0].get("message") or {}).get("provider_specific_fields")
    if fields:
        made["provider_specific_fields"] = fields
    return made


def output_items(choice: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The output items of one choice: reasoning, message, function calls."""
    message = choice.get("message") or {}
    status = "incomplete" if choice.get("finish_reason") in INCOMPLETE else "completed"
    items: list[dict[str, Any]] = []
    if message.get("reasoning_content") or message.get("thinking_blocks"):
        items.append(reasoning_item(message, status))
    calls = message.get("tool_calls") or []
    text = message.get("content")
    if text is not None or not calls:
        items.append(message_item(f"msg_{uuid.uuid4()}", text or "", status, annotations_of(message)))
    items += [call_item(call, status="completed") for call in calls]
    return items


def message_item(
    item_id: str, text: str | None, status: str, annotations: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A message; without a text it has no content yet."""
    content = [] if text is None else [text_part(text, annotations)]
    return {"type": "message", "id": item_id, "status": status, "role": "assistant", "content": content}


def text_part(text: str, annotations: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A text of a message. Chat's citations nest their fields under their kind; here they do not."""
    flat = []
    for annotation in annotations or ():
        inner = annotation.get("url_citation")
        flat.append({"type": "url_citation", **inner} if isinstance(inner, Mapping) else dict(annotation))
    return {"type": "output_text", "text": text, "annotations": flat}


def reasoning_item(message: Mapping[str, Any], status: str) -> dict[str, Any]:
    """What the model thought, with the signed blocks that a follow-up has to give back."""
    item: dict[str, Any] = {
        "type": "reasoning",
        "id": f"rs_{uuid.uuid4()}",
        "status": status,
        "role": "assistant",
        "content": [text_part(message.get("reasoning_content") or "")],
    }
    blocks = message.get("thinking_blocks")
    if blocks:
        item["encrypted_content"] = encode_json(blocks).decode()
    return item


def call_item(call: Mapping[str, Any], *, status: str, arguments: str | None = None) -> dict[str, Any]:
    """A function call."""
    function = call.get("function") or {}
    call_id = call.get("id") or ""
    return {
        "type": "function_call",
        "id": f"fc_{call_id}",
        "call_id": call_id,
        "name": function.get("name") or "",
        "arguments": function.get("arguments") or "" if arguments is None else arguments,
        "status": status,
    }


def to_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """A chat completion's usage as a response's."""
    made: dict[str, Any] = {
        "input_tokens": usage.get("prompt_tokens") or 0,
        "output_tokens": usage.get("completion_tokens") or 0,
        "total_tokens": usage.get("total_tokens") or 0,
    }
    asked = usage.get("prompt_tokens_details")
    if asked:
        details = {"cached_tokens": asked.get("cached_tokens") or 0}
        details.update((name, asked[name]) for name in ("text_tokens", "audio_tokens") if asked.get(name) is not None)
        written = asked.get("cache_creation_tokens")
        if written is not None:
            details["cache_write_tokens"] = written
        made["input_tokens_details"] = details
    answered = usage.get("completion_tokens_details")
    if answered:
        details = {"reasoning_tokens": answered.get("reasoning_tokens") or 0}
        if answered.get("text_tokens") is not None:
            details["text_tokens"] = answered["text_tokens"]
        made["output_tokens_details"] = details
    if usage.get("cost") is not None:
        made["cost"] = usage["cost"]
    return made
