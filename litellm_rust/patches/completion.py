"""Whole calls of upstream LiteLLM: `completion` and `acompletion`, and the functions that send for them."""

from __future__ import annotations

from typing import Any, Final

from litellm_rust.patches.patch import Function, Patch

FEATURE: Final = "completion"
_MAIN: Final = "litellm.main"
_OPENAI: Final = "litellm.llms.openai.openai"
_HEADERS: Final = "litellm.litellm_core_utils.core_helpers"


# Imported when the application has loaded upstream: they need asyncio and ssl, which cost time to load.
def _acompletion(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.call import replacements

    return replacements.acompletion(original, owner)


def _completion(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.call import replacements

    return replacements.completion(original, owner)


def _send_async(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.call import replacements

    return replacements.send_async(original, owner)


def _send_sync(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.call import replacements

    return replacements.send_sync(original, owner)


_LOADED: Final = (_MAIN, _OPENAI, _HEADERS)
_SENT: Final = ("data", "timeout", "logging_obj")

PATCHES: Final = (
    Patch(
        FEATURE,
        _OPENAI,
        "OpenAIChatCompletion.make_openai_chat_completion_request",
        ("self", "openai_aclient", *_SENT),
        build=_send_async,
        always=True,
    ),
    Patch(
        FEATURE,
        _OPENAI,
        "OpenAIChatCompletion.make_sync_openai_chat_completion_request",
        ("self", "openai_client", *_SENT),
        build=_send_sync,
        always=True,
    ),
    Patch(FEATURE, _MAIN, "acompletion", ("model", "messages"), build=_acompletion, modules=_LOADED),
    Patch(FEATURE, _MAIN, "completion", ("model", "messages"), build=_completion, modules=_LOADED),
)
