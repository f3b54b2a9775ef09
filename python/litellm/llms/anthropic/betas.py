"""The `anthropic-beta` names that a request needs. Source: Anthropic's beta headers reference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TOOL_BETAS = {
    "computer_20241022": "computer-use-2024-10-22",
    "computer_20250124": "computer-use-2025-01-24",
    "computer_20251124": "computer-use-2025-11-24",
    "memory_20250818": "context-management-2025-06-27",
    "web_fetch_20250910": "web-fetch-2025-09-10",
    "tool_search_tool_regex_20251119": "advanced-tool-use-2025-11-20",
    "tool_search_tool_bm25_20251119": "advanced-tool-use-2025-11-20",
}


def required_betas(body: Mapping[str, Any]) -> list[str]:
    """The beta names for what `body` uses, without repeats."""
    betas: dict[str, None] = {}
    if "output_format" in body:
        betas["structured-outputs-2025-11-13"] = None
    if body.get("mcp_servers"):
        betas["mcp-client-2025-04-04"] = None
    for tool in body.get("tools") or ():
        beta = _TOOL_BETAS.get(tool.get("type", ""))
        if beta:
            betas[beta] = None
    container = body.get("container")
    if isinstance(container, dict) and container.get("skills"):
        betas["skills-2025-10-02"] = None
    if "output_config" in body and (body.get("thinking") or {}).get("type") != "adaptive":
        betas["effort-2025-11-24"] = None
    for beta in _context_betas(body.get("context_management")):
        betas[beta] = None
    if _uses_files(body.get("messages") or ()):
        betas["files-api-2025-04-14"] = None
    return list(betas)


def _context_betas(management: Any) -> list[str]:
    if not isinstance(management, dict):
        return []
    kinds = [str(edit.get("type", "")) for edit in management.get("edits") or ()]
    betas = []
    if any(kind.startswith("compact") for kind in kinds):
        betas.append("compact-2026-01-12")
    if any(not kind.startswith("compact") for kind in kinds):
        betas.append("context-management-2025-06-27")
    return betas


def _uses_files(messages: Any) -> bool:
    for message in messages:
        content = message.get("content")
        if isinstance(content, list) and any(block.get("type") == "container_upload" for block in content):
            return True
    return False
