"""What Ollama's clients ask beside chats: which models there are, and what is known of each."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from typing import Any

from fastapi import Request

from litellm.proxy.endpoints.model_facts import CREATED
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.estimate import known_facts
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.fields import Fields
from litellm.proxy.model_access import visible_models
from litellm.proxy.request_context import authenticated, state_of
from litellm.proxy.state import GatewayState

router = guarded_router("ollama")
SPOKEN_VERSION = "0.12.0"
"""The version of Ollama whose API this is; clients ask for it before they use what older ones had not."""
_CAPABILITIES: Mapping[str, str] = {
    "supports_function_calling": "tools", "supports_vision": "vision", "supports_reasoning": "thinking",
}  # fmt: skip


class ShowRequest(Fields):
    """POST /api/show; older clients call the model `name`."""

    model: str | None = None
    name: str | None = None
    verbose: bool | None = None


@router.get("/api/version")
async def version(request: Request) -> dict[str, Any]:
    """The version of the API."""
    await authenticated(request)
    return {"version": SPOKEN_VERSION}


@router.get("/api/tags")
async def tags(request: Request) -> dict[str, Any]:
    """The models that the key may call."""
    state, names = await _visible(request)
    return {"models": [_listed(state, name) for name in names]}


@router.get("/api/ps")
async def running(request: Request) -> dict[str, Any]:
    """The models in memory: none, for none runs here."""
    await authenticated(request)
    return {"models": []}


@router.post("/api/show")
async def show(body: ShowRequest, request: Request) -> dict[str, Any]:
    """What is known of a model. 404 when it is not served, or not to this key."""
    state, names = await _visible(request)
    name = body.model or body.name or ""
    if name not in names:
        raise InvalidRequestError(f"model {name[:200]!r} not found", "model", 404, "not_found_error")
    facts = _facts(state, name)
    family = str(facts.get("litellm_provider") or "unknown")
    told: dict[str, Any] = {"general.architecture": family, "general.basename": name}
    if facts.get("max_input_tokens"):
        told[f"{family}.context_length"] = facts["max_input_tokens"]
    mode = "embedding" if facts.get("mode") == "embedding" else "completion"
    capabilities = [mode, *(word for fact, word in _CAPABILITIES.items() if facts.get(fact))]
    texts = {"modelfile": "", "parameters": "", "template": "", "license": ""}
    return {**texts, "details": _details(facts), "model_info": told, "capabilities": capabilities,
            "modified_at": _changed()}  # fmt: skip


async def _visible(request: Request) -> tuple[GatewayState, list[str]]:
    auth = await authenticated(request)
    state = state_of(request)
    return state, await state.hooks.listed(auth, visible_models(state, auth))


def _listed(state: GatewayState, name: str) -> dict[str, Any]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {
        "name": name, "model": name, "modified_at": _changed(), "size": 0, "digest": digest,
        "details": _details(_facts(state, name)),
    }  # fmt: skip


def _facts(state: GatewayState, name: str) -> Mapping[str, Any]:
    entry = next(iter(state.catalog.deployments_of(name)), None)
    return known_facts(entry) if entry else {}


def _details(facts: Mapping[str, Any]) -> dict[str, Any]:
    family = str(facts.get("litellm_provider") or "unknown")
    return {
        "parent_model": "", "format": "", "family": family, "families": [family], "parameter_size": "",
        "quantization_level": "",
    }  # fmt: skip


def _changed() -> str:
    return datetime.datetime.fromtimestamp(CREATED, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
