"""OpenAI's chunks as LiteLLM reads them of providers that are not OpenAI: of the chunk, only what it says counts."""

from __future__ import annotations

from typing import Any

from litellm.llms.openai.chat import OpenAIChunks


class PlainChunks(OpenAIChunks):
    """Chunks without the provider's id, and without those that say nothing; content is never null."""

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunk of one event. Raises `WireError` for an error sent inside the stream."""
        made = []
        for chunk in super().feed(event):
            choices = [_plain(choice) for choice in chunk.get("choices") or () if isinstance(choice, dict)]
            said = [choice for choice in choices if _says_something(choice)]
            if said or chunk.get("usage"):
                made.append({**{k: v for k, v in chunk.items() if k != "id"}, "choices": said})
        return made


def _plain(choice: dict[str, Any]) -> dict[str, Any]:
    delta = choice.get("delta") or {}
    if delta.get("tool_calls"):
        delta = {**delta, "content": delta.get("content") or ""}
    return {**choice, "delta": delta}


def _says_something(choice: dict[str, Any]) -> bool:
    delta = choice["delta"]
    return bool(choice.get("finish_reason")) or any(value for name, value in delta.items() if name != "role")
