"""Chats in the words of other APIs, under the path that LiteLLM users import them from."""

from __future__ import annotations

import importlib
from typing import Any

_FROM = {"anthropic_messages_pt": "litellm.llms.anthropic.prompts"}


def __getattr__(name: str) -> Any:
    if name not in _FROM:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_FROM[name]), name)
