"""Content blocks of models that Databricks serves: text with citations, and reasoning with its signature."""

from __future__ import annotations

from typing import Any

from litellm.llms.openai.chat import DialectChunks
from litellm.llms.openai_like.quirks import JSON_TOOL


def read_content(message: dict[str, Any]) -> None:
    """Makes a list of blocks in `message` its text, reasoning, thinking blocks and citations."""
    content = message.get("content")
    if not isinstance(content, list):
        return
    texts, blocks, citations = [], [], []
    for block in content:
        if not isinstance(block, dict):
            continue
        if block.get("type") == "text":
            text = str(block.get("text") or "")
            texts.append(text)
            if block.get("citations"):
                citations.append([{**citation, "supported_text": text} for citation in block["citations"]])
        elif block.get("type") == "reasoning":
            blocks += [_thinking(part) for part in block.get("summary") or () if isinstance(part, dict)]
    message["content"] = "".join(texts)
    if blocks:
        message["thinking_blocks"] = blocks
        message["reasoning_content"] = "".join(block["thinking"] for block in blocks)
    if citations:
        message["provider_specific_fields"] = {"citations": citations}


def _thinking(part: dict[str, Any]) -> dict[str, Any]:
    return {"type": "thinking", "thinking": part.get("text") or "", "signature": part.get("signature") or ""}


class DatabricksChunks(DialectChunks):
    """OpenAI's chunks, whose content may be blocks. In JSON mode the JSON tool's arguments are the content."""

    __slots__ = ("_json_mode",)

    def __init__(self, *, json_mode: bool) -> None:
        super().__init__()
        self._json_mode = json_mode

    def read_delta(self, choice: dict[str, Any], delta: dict[str, Any]) -> None:
        """Blocks as content and reasoning; in JSON mode the tool's arguments as content."""
        read_content(delta)
        if self._json_mode:
            _answer_by_tool(delta)


def _answer_by_tool(delta: dict[str, Any]) -> None:
    calls = delta.get("tool_calls") or ()
    named = [call for call in calls if ((call.get("function") or {}).get("name") or JSON_TOOL) == JSON_TOOL]
    if named and len(named) == len(calls):
        del delta["tool_calls"]
        delta["content"] = "".join(str((call.get("function") or {}).get("arguments") or "") for call in named)
