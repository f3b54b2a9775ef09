"""Streams of upstream LiteLLM: the work of `CustomStreamWrapper` for each chunk of text."""

from __future__ import annotations

from typing import Any, Final

from litellm_rust.patches.patch import Function, Patch

FEATURE: Final = "streaming"
_HANDLER: Final = "litellm.litellm_core_utils.streaming_handler"


def _anext(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.stream import replacements

    return replacements.anext_chunk(original, owner)


def _next(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.stream import replacements

    return replacements.next_chunk(original, owner)


def _builder(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.stream import builder

    return builder.stream_chunk_builder(original, owner)


PATCHES: Final = (
    Patch(FEATURE, "litellm.main", "stream_chunk_builder", ("chunks",), _builder, modules=("litellm.types.utils",)),
    Patch(
        FEATURE,
        _HANDLER,
        "CustomStreamWrapper.__anext__",
        ("self",),
        build=_anext,
        modules=("litellm.main",),
    ),
    Patch(
        FEATURE,
        _HANDLER,
        "CustomStreamWrapper.__next__",
        ("self",),
        build=_next,
        modules=("litellm.main",),
    ),
)
