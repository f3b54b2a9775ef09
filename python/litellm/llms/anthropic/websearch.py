"""Anthropic's web searches in the shape of OpenAI's `web_search_call` items."""

from __future__ import annotations

from typing import Any


def search_call(result: dict[str, Any]) -> dict[str, Any]:
    """The finished call that `result`, a web search result block, answers."""
    content = result.get("content")
    sources = (
        [{"type": "url", "url": hit["url"]} for hit in content if hit.get("url")] if isinstance(content, list) else []
    )
    return _call(str(result.get("tool_use_id")), sources, "completed")


def pending_call(block: dict[str, Any]) -> dict[str, Any]:
    """The call that `block`, the start of a server tool use, begins."""
    return _call(str(block.get("id")), [], "in_progress")


def _call(call_id: str, sources: list[dict[str, Any]], status: str) -> dict[str, Any]:
    action = {"type": "search", "queries": [], "query": "", "sources": sources}
    return {"id": f"ws_{call_id}", "action": action, "status": status, "type": "web_search_call"}
