"""OpenAI's realtime API, and Azure's: where its websocket is, and what a session used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from litellm.litellm_core_utils.usage_counts import bounded_count, countable
from litellm.llms.azure.address import V1_VERSIONS, deployment_name

DEFAULT_AZURE_VERSION = "v1"
_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
_OWN_PROTOCOL = frozenset({"gemini", "vertex_ai", "vertex_ai_beta", "bedrock", "anthropic"})
"""Providers whose realtime APIs, if they have one, are not OpenAI's."""


def speaks_realtime(provider: str) -> bool:
    """Whether `provider` may have OpenAI's realtime API."""
    return provider not in _OWN_PROTOCOL


def realtime_url(provider: str, model: str, api_base: str, query: Mapping[str, Any], api_version: str | None) -> str:
    """The websocket of `model`. `query` has what the client asks for beside the model (`intent`, …)."""
    scheme, _, rest = api_base.partition("://")
    base, _, given = rest.rstrip("/").partition("?")
    asked = {**dict(parse_qsl(given)), **{name: str(value) for name, value in query.items() if value is not None}}
    path = "/realtime"
    if provider == "azure":
        version = api_version or asked.pop("api-version", None) or DEFAULT_AZURE_VERSION
        name = deployment_name(model)
        if version in V1_VERSIONS:
            path, asked["model"] = "/openai/v1/realtime", name
        else:
            path, asked["api-version"], asked["deployment"] = "/openai/realtime", version, name
            asked.pop("model", None)
    else:
        asked["model"] = model
    base = base.removesuffix(path)
    return f"{_SCHEMES.get(scheme, 'wss')}://{base}{path}?{urlencode(asked, quote_via=quote)}"


def realtime_headers(provider: str, api_key: str | None, token: str | None) -> dict[str, str]:
    """What proves who connects: Azure's key in a header of its own, everybody else's and a `token` as a bearer."""
    if token:
        return {"authorization": f"Bearer {token}"}
    if not api_key:
        return {}
    return {"api-key": api_key} if provider == "azure" else {"authorization": f"Bearer {api_key}"}


def add_usage(total: dict[str, Any], event: Mapping[str, Any]) -> None:
    """Adds what a `response.done` event says it used to `total`, whose names are those of chat completions."""
    response = event.get("response")
    usage = countable(response.get("usage")) if isinstance(response, dict) else None
    if usage is None:
        return
    given, made = usage.get("input_token_details") or {}, usage.get("output_token_details") or {}
    _add(total, "prompt_tokens", usage.get("input_tokens"))
    _add(total, "completion_tokens", usage.get("output_tokens"))
    total["total_tokens"] = total["prompt_tokens"] + total["completion_tokens"]
    prompt = total.setdefault("prompt_tokens_details", {})
    for name in ("cached_tokens", "text_tokens", "audio_tokens", "image_tokens"):
        _add(prompt, name, given.get(name))
    completion = total.setdefault("completion_tokens_details", {})
    for name in ("text_tokens", "audio_tokens"):
        _add(completion, name, made.get(name))


def _add(total: dict[str, Any], name: str, amount: Any) -> None:
    total[name] = total.get(name, 0) + bounded_count(amount)
