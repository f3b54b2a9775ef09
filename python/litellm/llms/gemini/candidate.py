"""The parts of one candidate, whole or a piece of a stream, as the fields of an OpenAI message."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini import grounding
from litellm.types.finish_reasons import map_finish_reason

BLOCKED = frozenset(
    {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT"}
)
"""Finish reasons of an answer that was withheld."""
_FILTERED = BLOCKED | {"LANGUAGE", "OTHER", "NO_IMAGE", "IMAGE_OTHER", "IMAGE_RECITATION"}
AUDIO_LIFETIME_S = 24 * 60 * 60


def finish_reason(native: str | None, *, called_tools: bool) -> str:
    """OpenAI's word for a Gemini finish reason."""
    if native in _FILTERED:
        return "content_filter"
    reason = map_finish_reason(native or "STOP")
    return "tool_calls" if called_tools and reason == "stop" else reason


class Parts:
    """What the parts of one candidate add up to. `first_call` is the index of its first tool call."""

    def __init__(self, candidate: Mapping[str, Any], first_call: int = 0) -> None:
        self.texts: list[str] = []
        self.thoughts: list[str] = []
        self.blocks: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.images: list[dict[str, Any]] = []
        self.audio: dict[str, Any] | None = None
        self.signatures: list[str] = []
        self.server_tools: list[dict[str, Any]] = []
        self.code: list[dict[str, Any]] = []
        self._first_call = first_call
        parts = (candidate.get("content") or {}).get("parts")
        self.any = isinstance(parts, list)
        for part in parts if isinstance(parts, list) else ():
            self._add(part)
        self.annotations = grounding.citations(candidate.get("groundingMetadata") or {})

    def _add(self, part: Mapping[str, Any]) -> None:
        signature = part.get("thoughtSignature")
        if signature:
            self.signatures.append(signature)
        if "functionCall" in part:
            self._add_call(part["functionCall"], signature)
        elif part.get("thought"):
            self._add_thought(str(part.get("text") or ""), signature)
        elif "text" in part:
            self.texts.append(str(part["text"] or ""))
        elif "inlineData" in part:
            self._add_data(part["inlineData"])
        elif "toolCall" in part:
            self._add_server_call(part["toolCall"], signature)
        elif "toolResponse" in part:
            self._add_server_answer(part["toolResponse"])
        elif "executableCode" in part or "codeExecutionResult" in part:
            self.code.append({key: value for key, value in part.items() if key != "thoughtSignature"})

    def _add_thought(self, text: str, signature: str | None) -> None:
        self.thoughts.append(text)
        block = {"type": "thinking", "thinking": text}
        if signature:
            block["signature"] = signature
        self.blocks.append(block)

    def _add_call(self, call: Mapping[str, Any], signature: str | None) -> None:
        made: dict[str, Any] = {
            "index": self._first_call + len(self.calls),
            "id": call.get("id") or f"call_{uuid.uuid4().hex}",
            "type": "function",
            "function": {
                "name": call.get("name"),
                "arguments": json.dumps(call.get("args") or {}, ensure_ascii=False),
            },
        }
        if signature:
            made["provider_specific_fields"] = {"thought_signature": signature}
        self.calls.append(made)

    def _add_data(self, data: Mapping[str, Any]) -> None:
        media_type = str(data.get("mimeType") or "")
        if media_type.startswith("audio/"):
            self.audio = {
                "id": str(uuid.uuid4()),
                "data": data.get("data"),
                "expires_at": int(time.time()) + AUDIO_LIFETIME_S,
                "transcript": "",
            }
            return
        url = f"data:{media_type};base64,{data.get('data')}"
        image = {"image_url": {"url": url, "detail": "auto"}, "index": len(self.images), "type": "image_url"}
        self.images.append(image)

    def _add_server_call(self, call: Mapping[str, Any], signature: str | None) -> None:
        run: dict[str, Any] = {"tool_type": call.get("toolType"), "id": call.get("id"), "args": call.get("args")}
        if signature:
            run["thought_signature"] = signature
        self.server_tools.append(run)

    def _add_server_answer(self, answer: Mapping[str, Any]) -> None:
        for run in self.server_tools:
            if run.get("id") == answer.get("id"):
                run["response"] = answer.get("response")
                return
        run = {"tool_type": answer.get("toolType"), "id": answer.get("id"), "response": answer.get("response")}
        self.server_tools.append(run)

    def _shared(self) -> dict[str, Any]:
        """Fields that a message and a delta have alike, where there is anything to say."""
        made: dict[str, Any] = {}
        if self.thoughts:
            made["reasoning_content"] = "".join(self.thoughts)
        if self.calls:
            made["tool_calls"] = self.calls
        if self.audio is not None:
            made["audio"] = self.audio
        if self.annotations:
            made["annotations"] = self.annotations
        fields: dict[str, Any] = {}
        if self.signatures:
            fields["thought_signatures"] = self.signatures
        if self.server_tools:
            fields["server_side_tool_invocations"] = self.server_tools
        if self.code:
            fields["code_execution"] = self.code
        if fields:
            made["provider_specific_fields"] = fields
        return made

    def message(self) -> dict[str, Any]:
        """The fields of a whole message."""
        message: dict[str, Any] = {"role": "assistant", "content": "".join(self.texts) or None}
        if self.any:
            message["images"] = self.images
            message["thinking_blocks"] = self.blocks
        message.update(self._shared())
        return message

    def delta(self) -> dict[str, Any]:
        """The fields of a piece of a stream."""
        delta = self._shared()
        text = "".join(self.texts)
        if text:
            delta["content"] = text
        if self.images:
            delta["images"] = self.images
        return delta
