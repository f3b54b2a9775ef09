"""Keys of the prompts that providers keep in their caches: the part up to the last `cache_control` of the messages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

# A provider forgets a prompt after five minutes, looks back over twenty blocks, and keeps none that is shorter.
TTL_S = 300.0
LOOKBACK = 20
MIN_TOKENS = 1024


def _is_marked(part: Any) -> bool:
    control = part.get("cache_control") if isinstance(part, dict) else None
    return isinstance(control, dict) and control.get("type") == "ephemeral"


def _blocks(messages: Sequence[Any]) -> Iterator[tuple[bytes, bool]]:
    """(the block in a canonical form, whether the cached part may end with it) for each block of the messages."""
    for message in messages:
        if not isinstance(message, dict):
            continue
        content = message.get("content")
        envelope = {name: value for name, value in message.items() if name not in ("content", "cache_control")}
        parts = content if isinstance(content, list) else [{"type": "text", "text": content}]
        for number, part in enumerate(parts):
            bare = {k: v for k, v in part.items() if k != "cache_control"} if isinstance(part, dict) else part
            ends = _is_marked(part) or (_is_marked(message) and number == len(parts) - 1)
            yield json.dumps([envelope, bare], sort_keys=True, default=str).encode(), ends


def prefix_keys(messages: Sequence[Any]) -> list[str]:
    """A key for each block of the cached part of the messages, the last block's first; empty when none is marked."""
    digest, keys, end = b"", [], 0
    for block, ends in _blocks(messages):
        digest = hashlib.sha256(digest + block).digest()
        keys.append(f"deployment:{digest.hex()}:prompt_caching")
        end = len(keys) if ends else end
    return keys[:end][::-1]


class PromptCachingCache:
    """Tells under which keys a prompt's deployment is kept. `count_tokens(model, messages, None)` counts a prompt."""

    ttl_s = TTL_S

    def __init__(self, count_tokens: Callable[[str, Any, Any], int]) -> None:
        self._count_tokens = count_tokens

    def keys_to_try(self, model: str, messages: Sequence[Any] | None) -> list[str]:
        """The keys of the prompt and of the shorter ones that the provider would still find."""
        return self._keys(model, messages)[:LOOKBACK]

    def key_to_keep(self, model: str, messages: Sequence[Any] | None) -> str | None:
        """The key of the whole cached part, or None when there is none or it is too short."""
        return next(iter(self._keys(model, messages)), None)

    def _keys(self, model: str, messages: Sequence[Any] | None) -> list[str]:
        keys = prefix_keys(messages) if messages else []
        return keys if keys and self._count_tokens(model, messages, None) >= MIN_TOKENS else []
