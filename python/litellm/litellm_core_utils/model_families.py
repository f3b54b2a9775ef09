"""Models that the catalogue does not list, but whose name tells their family: what it can do, at no known price.

Families and abilities as LiteLLM 1.106.2 answers for such names, whichever provider they are asked of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_GEMINI = re.compile(r"gemini-(\d+)(?:\.(\d+))?-(?:pro|flash)(?!.*(?:image|tts))", re.IGNORECASE)
_CLAUDE = re.compile(r"claude-([a-z]+)-(\d{1,2})(?:[-.](\d{1,2})(?!\d))?", re.IGNORECASE)
_GPT = re.compile(r"(?:^|/)(?:gpt-[5-9]|o\d(?:-|$))")
_FREE = {"input_cost_per_token": 0, "output_cost_per_token": 0}


def _able(names: str) -> dict[str, bool]:
    return {f"supports_{name}": True for name in names.split()}


_GEMINI_FACTS: Mapping[str, Any] = {
    "mode": "chat",
    **_able(
        "function_calling pdf_input prompt_caching reasoning response_schema system_messages tool_choice vision "
        "web_search"
    ),
}
_CLAUDE_FACTS: Mapping[str, Any] = {
    "mode": "chat",
    "max_input_tokens": 200_000,
    "max_output_tokens": 64_000,
    "max_tokens": 64_000,
    **_able(
        "assistant_prefill function_calling parallel_function_calling pdf_input prompt_caching reasoning "
        "response_schema system_messages tool_choice vision"
    ),
}
_OLDEST_GEMINI = (2, 5)


def family_facts(model: str, provider: str) -> Mapping[str, Any] | None:
    """A catalogue entry for an unlisted `model` at `provider`; None when its name tells no family."""
    facts = _facts(model)
    return None if facts is None else {"litellm_provider": provider, **_FREE, **facts}


def _facts(model: str) -> Mapping[str, Any] | None:
    if found := _GEMINI.search(model):
        return _GEMINI_FACTS if (int(found[1]), int(found[2] or 0)) >= _OLDEST_GEMINI else None
    if found := _CLAUDE.search(model):
        return {**_CLAUDE_FACTS, **_claude_since(found[1].lower(), (int(found[2]), int(found[3] or 0)))}
    return {"supports_reasoning": True} if _GPT.search(model) else None


def _claude_since(name: str, version: tuple[int, int]) -> dict[str, bool]:
    """What came with a version of Claude."""
    made: dict[str, bool] = {}
    if version >= (4, 5):
        made.update(_able("tool_search"))
    if version >= (4, 6):
        made.update(_able("adaptive_thinking"))
    if version == (4, 6):
        made.update(_able("legacy_thinking"))
    if version >= (5, 0):
        made.update(_able("mid_conversation_system"))
    if name == "fable":
        made["thinking_always_on"] = True
    return made
