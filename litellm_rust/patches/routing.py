"""Routers of upstream LiteLLM: the choice of a deployment, and whole calls."""

from __future__ import annotations

from typing import Any, Final

from litellm_rust.patches.patch import Function, Patch

FEATURE: Final = "router"
_ROUTER: Final = "litellm.router"


def _acompletion(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.route import replacements

    return replacements.router_acompletion(original, owner)


def _get_available(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.route import replacements

    return replacements.get_available(original, owner)


def _async_get_available(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.route import replacements

    return replacements.async_get_available(original, owner)


def _async_get_healthy(original: Function, owner: Any) -> Function:
    from litellm_rust.patches.route import replacements

    return replacements.async_get_healthy(original, owner)


_LOADED: Final = ("litellm.main", "litellm.llms.openai.openai", "litellm.litellm_core_utils.core_helpers")
_ASKED: Final = ("messages", "input", "specific_deployment")

PATCHES: Final = (
    Patch(
        FEATURE,
        _ROUTER,
        "Router.acompletion",
        ("self", "model", "messages", "stream"),
        _acompletion,
        (),
        _LOADED,
    ),
    Patch(
        FEATURE,
        _ROUTER,
        "Router.get_available_deployment",
        ("self", "model", *_ASKED, "request_kwargs"),
        _get_available,
        (),
        _LOADED,
    ),
    Patch(
        FEATURE,
        _ROUTER,
        "Router.async_get_available_deployment",
        ("self", "model", "request_kwargs", *_ASKED),
        _async_get_available,
        (),
        _LOADED,
    ),
    Patch(
        FEATURE,
        _ROUTER,
        "Router.async_get_healthy_deployments",
        ("self", "model", "request_kwargs", *_ASKED),
        _async_get_healthy,
        (),
        _LOADED,
    ),
)
