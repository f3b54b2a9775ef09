"""What anybody may browse: the public models by pages, endpoints and their providers, hubs of what is not here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from fastapi import Request
from starlette.responses import Response

from litellm.llms.endpoint_formats import FORMATS, OPENAI_FORMAT, OPENAI_WIRES
from litellm.proxy.endpoints.paged_query import PROBLEM, ListQuery, QueryProblem, answered
from litellm.proxy.endpoints.public import public_groups
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.request_context import state_of
from litellm.types.provider_registry import PROVIDERS, ProviderRow

router = guarded_router("public")
_MODELS = ListQuery(
    sortable=frozenset({
        "model_group", "mode", "providers", "max_input_tokens", "max_output_tokens", "input_cost_per_token",
        "output_cost_per_token", "rpm", "tpm",
    }),
    searched="model_group",
    filters={"mode": ("eq", "in"), "providers": ("contains", "in"), "features": ("in",)},
)  # fmt: skip
_FACETS: Mapping[str, str] = {"providers": "providers", "modes": "mode", "features": "features"}
_ABILITY = "supports_"
_CHAT = (
    ("chat_completions", "Chat Completions", "/chat/completions"), ("messages", "Messages", "/messages"),
    ("responses", "Responses", "/responses"), ("text_completion", "Text Completion", "/completions"),
    ("generateContent", "Generate Content", "/generateContent"),
)  # fmt: skip
"""Endpoints that every provider of chat answers: key, label, path."""
_OTHERS = {
    "embedding": ("embeddings", "Embeddings", "/embeddings"),
    "image_generation": ("image_generations", "Image Generations", "/images/generations"),
    "image_edit": ("image_edits", "Image Edits", "/images/edits"),
    "image_variation": ("image_variations", "Image Variations", "/images/variations"),
    "transcription": ("audio_transcriptions", "Audio Transcriptions", "/audio/transcriptions"),
    "speech": ("audio_speech", "Audio Speech", "/audio/speech"),
    "moderation": ("moderations", "Moderations", "/moderations"),
    "rerank": ("rerank", "Rerank", "/rerank"),
}


@router.get("/public/v1/model_hub", responses=PROBLEM)
async def model_hub(request: Request) -> Response:
    """The public models, one page: `sort`, `q`, `filter[mode]`, `filter[providers][in]`, `filter[features][in]`."""
    return answered(lambda: _shown(_MODELS.page(request, _rows(request))))


@router.get("/public/v1/model_hub/{facet}", responses=PROBLEM)
async def model_hub_facet(request: Request, facet: str) -> Response:
    """The providers, modes or features of the public models that the query finds."""

    def values() -> dict[str, Any]:
        if facet not in _FACETS:
            raise QueryProblem("invalid-query-parameter", "facet: there is no such one", list(_FACETS))
        return _MODELS.values(request, _rows(request), _FACETS[facet])

    return answered(values)


@router.get("/public/complexity_router/scorer_defaults")
async def scorer_defaults() -> dict[str, Mapping[str, float]]:
    """What the complexity router scores with unless its settings say otherwise."""
    from litellm.router_strategy.complexity_router.config import BOUNDARIES, TOKEN_THRESHOLDS, WEIGHTS

    return {"tier_boundaries": BOUNDARIES, "token_thresholds": TOKEN_THRESHOLDS, "dimension_weights": WEIGHTS}


@router.get("/public/endpoints")
async def endpoints() -> dict[str, Any]:
    """The LLM endpoints, and the providers that calls of each can be sent to."""
    return {"endpoints": _endpoints()}


@router.get("/public/agents/fields")
@router.get("/public/mcp_hub")
async def nothing() -> list[Any]:
    """Kinds of agents that are made here, and MCP servers: there are none."""
    return []


@router.get("/public/skill_hub")
async def skill_hub() -> dict[str, Any]:
    """Skills: there are none here."""
    return {"plugins": [], "count": 0}


def _rows(request: Request) -> list[dict[str, Any]]:
    rows = [info.model_dump() for info in public_groups(state_of(request))]
    for row in rows:
        row["features"] = sorted(name.removeprefix(_ABILITY) for name in row if name.startswith(_ABILITY) and row[name])
    return rows


def _shown(page: dict[str, Any]) -> dict[str, Any]:
    health = {"health_status": None, "health_response_time": None, "health_checked_at": None}
    rows = ({name: value for name, value in row.items() if name != "features"} for row in page["data"])
    return {**page, "data": [{**row, "is_public_model_group": True, **health} for row in rows]}


@lru_cache(maxsize=1)
def _endpoints() -> list[dict[str, Any]]:
    found = [_endpoint(*row, [name for name, known in PROVIDERS.items() if known.wire]) for row in _CHAT]
    for endpoint, row in _OTHERS.items():
        found.append(_endpoint(*row, [name for name, known in PROVIDERS.items() if _has(endpoint, name, known)]))
    return found


def _has(endpoint: str, name: str, known: ProviderRow) -> bool:
    openai = endpoint in OPENAI_FORMAT or endpoint == "embedding"
    return name in FORMATS[endpoint] or (openai and known.wire in OPENAI_WIRES)


def _endpoint(key: str, label: str, path: str, providers: list[str]) -> dict[str, Any]:
    shown = [{"slug": name, "display_name": name} for name in sorted(providers)]
    return {"key": key, "label": label, "endpoint": path, "providers": shown}
