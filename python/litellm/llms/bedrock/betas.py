"""Anthropic's beta features on Bedrock: which names it knows, and where they go.

Source: Bedrock's documentation of Claude, and LiteLLM 1.106.2 as observed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

HEADER = "anthropic-beta"
KNOWN = frozenset(
    {"context-1m-2025-08-07", "computer-use-2025-01-24", "computer-use-2025-11-24", "effort-2025-11-24",
     "fine-grained-tool-streaming-2025-05-14", "structured-outputs-2025-11-13"}
)  # fmt: skip
KNOWN_IN_MESSAGES = (KNOWN - {"structured-outputs-2025-11-13"}) | {
    "compact-2026-01-12", "context-management-2025-06-27", "tool-search-tool-2025-10-19",
}  # fmt: skip
_RENAMED_IN_MESSAGES: Mapping[str, str] = {"advanced-tool-use-2025-11-20": "tool-search-tool-2025-10-19"}


def beta_names(headers: Mapping[str, str], given: Any = None) -> list[str]:
    """The beta names in the `anthropic-beta` header, and those `given` as a list, without repeats."""
    names: dict[str, None] = {}
    for name in _split(headers.get(HEADER) or next((v for k, v in headers.items() if k.lower() == HEADER), "")):
        names[name] = None
    if isinstance(given, (list, tuple)):
        names.update(dict.fromkeys(map(str, given)))
    return list(names)


def known_in_messages(names: Iterable[str]) -> list[str]:
    """Those of `names` that Bedrock's messages API has, under its own names."""
    renamed = dict.fromkeys(_RENAMED_IN_MESSAGES.get(name, name) for name in names)
    return [name for name in renamed if name in KNOWN_IN_MESSAGES]


def header_with(headers: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """`headers` with `names` as the beta header; without it when there are none."""
    kept = {k: v for k, v in headers.items() if k.lower() != HEADER}
    joined = ",".join(names)
    return {**kept, HEADER: joined} if joined else kept


def _split(header: str) -> list[str]:
    return [name.strip() for name in header.split(",") if name.strip()]
