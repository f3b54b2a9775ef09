"""Chat arguments that were made of another API's request, for a model that may not know all that it asks for."""

from __future__ import annotations

from typing import Any

from litellm.llms.openai_like.quirks import effort_of
from litellm.llms.supported_params import supported_openai_params

OF_MESSAGES = ("context_management", "thinking", "parallel_tool_calls", "web_search_options")
"""What callers of Anthropic's messages ask of every model, whether it has it or not."""
OF_RESPONSES = ("web_search_options",)
TELL_THOUGHTS = frozenset({"deepseek", "hosted_vllm", "moonshot", "openrouter"})
"""Providers that want the model's own thoughts back as `reasoning_content`."""


def within_reach(provider: str, model: str, chat: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """`chat` without those of `names` that `model` does not take; a thinking budget as the effort that it takes.

    Changes and returns `chat`. Nothing is left out for a provider of whose parameters nothing is known.
    """
    supported = supported_openai_params(model, provider)
    if not supported:
        return chat
    for name in names:
        if name not in chat or name in supported:
            continue
        if name == "thinking":
            _thinking(chat, "reasoning_effort" in supported)
        else:
            del chat[name]
    return chat


def _thinking(chat: dict[str, Any], effort: bool) -> None:
    """A model that cannot think at all is left to refuse it; whether not to think is asked of none of them."""
    value = chat["thinking"]
    kind = value.get("type") if isinstance(value, dict) else None
    if effort or kind == "disabled":
        del chat["thinking"]
    if effort and kind == "enabled":
        chat.setdefault("reasoning_effort", effort_of(int(value.get("budget_tokens") or 0)))


def tell_thoughts(messages: list[Any]) -> None:
    """Writes the thoughts of the assistant's `messages` beside them as text."""
    for message in messages:
        blocks = message.get("thinking_blocks") if isinstance(message, dict) else None
        thoughts = [str(block.get("thinking") or "") for block in blocks or () if block.get("type") == "thinking"]
        if any(thoughts):
            message.setdefault("reasoning_content", "".join(thoughts))
