"""A chat completion as a GenerateContentResponse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_FINISH: Mapping[str, str] = {
    "stop": "STOP", "tool_calls": "STOP", "function_call": "STOP", "length": "MAX_TOKENS", "content_filter": "SAFETY",
}  # fmt: skip
_SORTS: Mapping[str, str] = {
    "text_tokens": "TEXT", "audio_tokens": "AUDIO", "image_tokens": "IMAGE", "video_tokens": "VIDEO",
}  # fmt: skip
_METADATA: Mapping[str, str] = {
    "vertex_ai_grounding_metadata": "groundingMetadata",
    "vertex_ai_url_context_metadata": "urlContextMetadata",
    "vertex_ai_safety_results": "safetyRatings",
    "vertex_ai_citation_metadata": "citationMetadata",
}


def to_response(completion: Mapping[str, Any]) -> dict[str, Any]:
    """`completion`, an OpenAI chat.completion dict, as a GenerateContentResponse dict."""
    made: dict[str, Any] = {"candidates": [_candidate(choice, completion) for choice in completion["choices"]]}
    made["usageMetadata"] = to_usage(completion.get("usage") or {})
    for ours, theirs in (("model", "modelVersion"), ("id", "responseId")):
        if completion.get(ours):
            made[theirs] = completion[ours]
    return made


def _candidate(choice: Mapping[str, Any], completion: Mapping[str, Any]) -> dict[str, Any]:
    message = choice.get("message") or {}
    native = (choice.get("provider_specific_fields") or {}).get("native_finish_reason")
    index = choice.get("index") or 0
    candidate: dict[str, Any] = {
        "content": {"role": "model", "parts": message_parts(message)},
        "finishReason": to_finish_reason(choice.get("finish_reason"), native),
        "index": index,
    }
    for ours, theirs in _METADATA.items():
        found = completion.get(ours) or []
        if index < len(found):
            candidate[theirs] = found[index]
    if "groundingMetadata" not in candidate:
        grounding = to_grounding(message.get("annotations") or [])
        if grounding:
            candidate["groundingMetadata"] = grounding
    return candidate


def to_finish_reason(reason: str | None, native: Any = None) -> str:
    """Gemini's finish reason: its own word where it was Gemini that answered."""
    if isinstance(native, str) and native.isupper():
        return native
    return _FINISH.get(reason or "stop", "OTHER")


def message_parts(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a message says, as parts."""
    parts: list[dict[str, Any]] = []
    blocks = [block for block in message.get("thinking_blocks") or () if block.get("type") == "thinking"]
    for block in blocks:
        part: dict[str, Any] = {"text": block.get("thinking") or "", "thought": True}
        if block.get("signature"):
            part["thoughtSignature"] = block["signature"]
        parts.append(part)
    if not blocks and message.get("reasoning_content"):
        parts.append({"text": message["reasoning_content"], "thought": True})
    content = message.get("content")
    if content:
        parts.append({"text": content})
    for image in message.get("images") or ():
        url = (image.get("image_url") or {}).get("url") or ""
        if url.startswith("data:"):
            head, _, data = url[5:].partition(",")
            parts.append({"inlineData": {"mimeType": head.split(";")[0], "data": data}})
    audio = message.get("audio")
    if audio and audio.get("data"):
        parts.append({"inlineData": {"mimeType": "audio/pcm", "data": audio["data"]}})
    parts.extend(call_part(call) for call in message.get("tool_calls") or ())
    signatures = _text_signatures(message, parts)
    if signatures and content:
        next(part for part in parts if part.get("text") == content and not part.get("thought"))["thoughtSignature"] = (
            signatures[0]
        )
    return parts


def _text_signatures(message: Mapping[str, Any], parts: list[dict[str, Any]]) -> list[str]:
    """Signatures of the message that no part has yet."""
    fields = message.get("provider_specific_fields") or {}
    taken = [part.get("thoughtSignature") for part in parts]
    return [signature for signature in fields.get("thought_signatures") or () if signature not in taken]


def call_part(call: Mapping[str, Any]) -> dict[str, Any]:
    """A tool call as a part. Arguments that are no JSON object are kept as they are, under `arguments`."""
    function = call.get("function") or {}
    text = function.get("arguments") or "{}"
    try:
        arguments = json.loads(text)
    except ValueError:
        arguments = text
    if not isinstance(arguments, dict):
        arguments = {"arguments": arguments}
    called: dict[str, Any] = {"name": function.get("name"), "args": arguments}
    if call.get("id"):
        called["id"] = call["id"]
    part: dict[str, Any] = {"functionCall": called}
    signature = (call.get("provider_specific_fields") or {}).get("thought_signature")
    if signature:
        part["thoughtSignature"] = signature
    return part


def to_grounding(annotations: list[Any]) -> dict[str, Any]:
    """Grounding metadata for `url_citation` annotations; empty when there are none."""
    chunks: list[dict[str, Any]] = []
    supports: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    for annotation in annotations:
        citation = annotation.get("url_citation") or {}
        url = citation.get("url")
        if not url:
            continue
        if url not in places:
            places[url] = len(chunks)
            chunks.append({"web": {"uri": url, "title": citation.get("title") or ""}})
        segment = {"startIndex": citation.get("start_index") or 0, "endIndex": citation.get("end_index") or 0}
        supports.append({"segment": segment, "groundingChunkIndices": [places[url]]})
    return {"groundingChunks": chunks, "groundingSupports": supports} if chunks else {}


def to_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAI's usage as Gemini counts: thinking beside the answer."""
    asked, made = usage.get("prompt_tokens_details") or {}, usage.get("completion_tokens_details") or {}
    thoughts = int(made.get("reasoning_tokens") or 0)
    completion = int(usage.get("completion_tokens") or 0)
    metadata: dict[str, Any] = {
        "promptTokenCount": int(usage.get("prompt_tokens") or 0) - int(asked.get("tool_use_tokens") or 0),
        "candidatesTokenCount": completion - thoughts,
        "totalTokenCount": int(usage.get("total_tokens") or 0),
    }
    for name, value in (
        ("thoughtsTokenCount", thoughts),
        ("cachedContentTokenCount", asked.get("cached_tokens")),
        ("toolUsePromptTokenCount", asked.get("tool_use_tokens")),
    ):
        if value:
            metadata[name] = int(value)
    answered = [
        {"modality": modality, "tokenCount": int(made[name])} for name, modality in _SORTS.items() if made.get(name)
    ]
    if answered:
        metadata["candidatesTokensDetails"] = answered
    return metadata
