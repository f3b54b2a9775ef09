"""Streams of upstream LiteLLM: the work of `CustomStreamWrapper` for each chunk of text."""

from __future__ import annotations

from typing import Final

from litellm_rust.patches.patch import Patch, later

FEATURE: Final = "streaming"
_HANDLER: Final = "litellm.litellm_core_utils.streaming_handler"
_WITH: Final = "stream.replacements"

PATCHES: Final = (
    Patch(
        FEATURE,
        "litellm.main",
        "stream_chunk_builder",
        ("chunks",),
        build=later("stream.builder", "stream_chunk_builder"),
        modules=("litellm.types.utils",),
        shadow=True,
    ),
    Patch(
        FEATURE,
        _HANDLER,
        "CustomStreamWrapper.__anext__",
        ("self",),
        build=later(_WITH, "anext_chunk"),
        modules=("litellm.main",),
        build_shadow=later(_WITH, "anext_compared"),
    ),
    Patch(
        FEATURE,
        _HANDLER,
        "CustomStreamWrapper.__next__",
        ("self",),
        build=later(_WITH, "next_chunk"),
        modules=("litellm.main",),
        build_shadow=later(_WITH, "next_compared"),
    ),
)
