"""The `x-litellm-*` headers of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.money import pico_to_usd, pico_to_usd_text

MAX_VALUE = 1024


def llm_headers(hidden: Mapping[str, Any], *, version: str, cost_pico: int | None, duration_s: float) -> dict[str, str]:
    """Headers by what the SDK and the router report in `_hidden_params`; `cost_pico` is None while it is unknown."""
    values: dict[str, object] = {
        "x-litellm-version": version,
        "x-litellm-model-id": hidden.get("model_id"),
        "x-litellm-model-name": hidden.get("litellm_model_name"),
        "x-litellm-model-api-base": _without_query(hidden.get("api_base")),
        "x-litellm-cache-key": hidden.get("cache_key"),
        "x-litellm-response-cost": None if cost_pico is None else pico_to_usd_text(cost_pico),
        "x-litellm-response-duration-ms": f"{duration_s * 1000:.3f}",
        "x-litellm-overhead-duration-ms": _overhead(hidden.get("_response_ms"), duration_s),
        "x-litellm-model-region": hidden.get("region_name"),
    }
    values |= hidden.get("additional_headers") or {}
    return {str(name).lower(): text for name, value in values.items() if (text := _text(value))}


def key_headers(auth: UserAPIKeyAuth, cost_pico: int | None) -> dict[str, str]:
    """The key's limits, and its spend with this request, as far as this process knows it."""
    values: dict[str, object] = {
        "x-litellm-key-tpm-limit": auth.tpm_limit,
        "x-litellm-key-rpm-limit": auth.rpm_limit,
        "x-litellm-key-max-budget": auth.max_budget,
        "x-litellm-key-spend": auth.spend + pico_to_usd(cost_pico or 0),
    }
    return {name: str(value) for name, value in values.items() if value is not None}


def _overhead(sdk_ms: object, duration_s: float) -> str | None:
    """What the gateway added to the SDK's call, in milliseconds."""
    return f"{max(duration_s * 1000 - sdk_ms, 0.0):.3f}" if isinstance(sdk_ms, (int, float)) else None


def _without_query(api_base: object) -> str | None:
    return api_base.split("?", 1)[0] if isinstance(api_base, str) else None


def _text(value: object) -> str:
    """A header value that cannot end the header, or nothing."""
    if value is None:
        return ""
    text = str(value)[:MAX_VALUE]
    return text if text.isascii() and text.isprintable() else ""
