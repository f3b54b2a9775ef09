"""A chat completion as a reply of Cohere's `POST /v2/chat`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.citations import annotations_of

_FINISH: Mapping[str, str] = {
    "stop": "COMPLETE", "length": "MAX_TOKENS", "tool_calls": "TOOL_CALL", "function_call": "TOOL_CALL",
    "content_filter": "ERROR_TOXIC",
}  # fmt: skip


def to_reply(completion: Mapping[str, Any]) -> dict[str, Any]:
    """`completion`, a chat.completion dict, as a reply: its first choice."""
    choice = (completion.get("choices") or [{}])[0]
    return {
        "id": completion.get("id") or str(uuid.uuid4()),
        "finish_reason": finish_reason(choice.get("finish_reason")),
        "message": _message(choice.get("message") or {}),
        "usage": to_usage(completion.get("usage") or {}),
    }


def finish_reason(reason: str | None) -> str:
    """Cohere's word for a finish reason."""
    return _FINISH.get(reason or "stop", "COMPLETE")


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"role": "assistant"}
    content = []
    if message.get("reasoning_content"):
        content.append({"type": "thinking", "thinking": message["reasoning_content"]})
    if message.get("content"):
        content.append({"type": "text", "text": message["content"]})
    if content:
        made["content"] = content
    calls = [tool_call(call) for call in message.get("tool_calls") or ()]
    if calls:
        made["tool_calls"] = calls
    if cited := citations(message, message.get("content") or ""):
        made["citations"] = cited
    return made


def tool_call(call: Mapping[str, Any]) -> dict[str, Any]:
    """A call of a tool, which looks as OpenAI's does."""
    function = call.get("function") or {}
    told = {"name": function.get("name"), "arguments": function.get("arguments") or ""}
    return {"id": call.get("id") or f"call_{uuid.uuid4().hex}", "type": "function", "function": told}


def citations(message: Mapping[str, Any], text: str) -> list[dict[str, Any]]:
    """The citations of a message or of a chunk's delta: Cohere's own as they are, those of others as sources."""
    fields = message.get("provider_specific_fields") or {}
    own = [*(fields.get("citations") or ()), *([fields["citation"]] if fields.get("citation") else ())]
    kept = [dict(citation) for citation in own if isinstance(citation, Mapping) and "sources" in citation]
    if kept:
        return kept
    return [_citation(annotation, text) for annotation in annotations_of(message)]


def _citation(annotation: Mapping[str, Any], text: str) -> dict[str, Any]:
    page = annotation.get("url_citation") or {}
    start, end = page.get("start_index") or 0, page.get("end_index") or 0
    if page:
        source = {"id": page.get("url"), "document": {"title": page.get("title") or "", "url": page.get("url")}}
    else:
        source = {"id": annotation.get("file_id"), "document": {"title": annotation.get("filename") or ""}}
    cited = {"start": start, "end": end, "text": text[start:end], "type": "TEXT_CONTENT"}
    return {**cited, "sources": [{"type": "document", **source}]}


def to_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAI's usage as Cohere counts: it has no word for thinking, which is output."""
    counts = {
        "input_tokens": usage.get("prompt_tokens") or 0,
        "output_tokens": usage.get("completion_tokens") or 0,
    }
    made: dict[str, Any] = {"billed_units": counts, "tokens": dict(counts)}
    cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")
    return {**made, "cached_tokens": cached} if cached else made
