"""Usage that a provider tells: only what can be a count is taken for one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

MAX_TOKENS = 2**31 - 1
"""Of one call; also what the columns of the spend log hold."""
_COUNTS = ("tokens", "Tokens", "TokenCount")


def countable(usage: Any) -> dict[str, Any] | None:
    """`usage`, of any API, with whole numbers from 0 to `MAX_TOKENS` for its counts and objects for its details.

    A count that is none – a text, a negative number – is left out, one beyond the bound becomes the bound. None for
    what is no object.
    """
    if not isinstance(usage, dict):
        return None
    odd = {name: value for name, value in usage.items() if value is not None and not _is_sound(name, value)}
    if not odd:
        return usage
    kept = {name: value for name, value in usage.items() if name not in odd}
    for name, value in odd.items():
        if name.endswith("_details") and not isinstance(value, dict):
            continue
        better = countable(value) if isinstance(value, dict) else _count(value)
        if better is not None:
            kept[name] = better
    return kept


def bounded_count(value: Any) -> int:
    """`value` as a count: 0 for what is none."""
    if type(value) is int and 0 <= value <= MAX_TOKENS:
        return value
    return _count(value) or 0


def cached_tokens(usage: Mapping[str, Any], name: str, detail: str) -> int:
    """Tokens that a cache read or took in: by Anthropic's `name`, else by OpenAI's `detail` of the prompt's details."""
    details = usage.get("prompt_tokens_details")
    return int(usage.get(name) or (details.get(detail) if isinstance(details, Mapping) else 0) or 0)


def _is_sound(name: str, value: Any) -> bool:
    if isinstance(value, dict):
        return countable(value) is value
    if name.endswith(_COUNTS):
        return type(value) is int and 0 <= value <= MAX_TOKENS
    return not name.endswith("_details")


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0 or math.isnan(value):
        return None
    return MAX_TOKENS if value > MAX_TOKENS else int(value)
