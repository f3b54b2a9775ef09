"""Routers of upstream LiteLLM: the choice of a deployment, and whole calls."""

from __future__ import annotations

from typing import Final

from litellm_rust.patches.patch import Patch, later

FEATURE: Final = "router"
_ROUTER: Final = "litellm.router"
_LOADED: Final = ("litellm.main", "litellm.llms.openai.openai", "litellm.litellm_core_utils.core_helpers")
_ASKED: Final = ("messages", "input", "specific_deployment")
_CHOICE: Final = "route.choice"


def _patch(method: str, parameters: tuple[str, ...], module: str, name: str, shadow: str = "") -> Patch:
    return Patch(
        FEATURE,
        _ROUTER,
        f"Router.{method}",
        ("self", "model", *parameters),
        build=later(module, name),
        modules=_LOADED,
        build_shadow=later(module, shadow) if shadow else None,
    )


PATCHES: Final = (
    _patch("acompletion", ("messages", "stream"), "route.replacements", "router_acompletion"),
    _patch("get_available_deployment", (*_ASKED, "request_kwargs"), _CHOICE, "get_available"),
    _patch("async_get_available_deployment", ("request_kwargs", *_ASKED), _CHOICE, "async_get_available"),
    _patch(
        "async_get_healthy_deployments",
        ("request_kwargs", *_ASKED),
        _CHOICE,
        "async_get_healthy",
        shadow="async_get_healthy_compared",
    ),
)
