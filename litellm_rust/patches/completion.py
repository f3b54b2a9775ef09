"""Whole calls of upstream LiteLLM: `completion` and `acompletion`, and the functions that send for them."""

from __future__ import annotations

from typing import Final

from litellm_rust.patches.patch import Patch, later

FEATURE: Final = "completion"
_MAIN: Final = "litellm.main"
_OPENAI: Final = "litellm.llms.openai.openai"
_HEADERS: Final = "litellm.litellm_core_utils.core_helpers"
_WITH: Final = "call.replacements"
_LOADED: Final = (_MAIN, _OPENAI, _HEADERS)
_SENT: Final = ("data", "timeout", "logging_obj")

PATCHES: Final = (
    Patch(
        FEATURE,
        _OPENAI,
        "OpenAIChatCompletion.make_openai_chat_completion_request",
        ("self", "openai_aclient", *_SENT),
        build=later(_WITH, "send_async"),
        build_shadow=later(_WITH, "send_async_watched"),
        always=True,
    ),
    Patch(
        FEATURE,
        _OPENAI,
        "OpenAIChatCompletion.make_sync_openai_chat_completion_request",
        ("self", "openai_client", *_SENT),
        build=later(_WITH, "send_sync"),
        build_shadow=later(_WITH, "send_sync_watched"),
        always=True,
    ),
    Patch(
        FEATURE,
        _MAIN,
        "acompletion",
        ("model", "messages"),
        build=later(_WITH, "acompletion"),
        modules=_LOADED,
        build_shadow=later("call.shadowed", "acompletion"),
    ),
    Patch(
        FEATURE,
        _MAIN,
        "completion",
        ("model", "messages"),
        build=later(_WITH, "completion"),
        modules=_LOADED,
        build_shadow=later("call.shadowed", "completion"),
    ),
)
