"""What the gateway tells of itself and of models in general."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Request

from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.request_context import authenticated

router = guarded_router("models")


@router.get("/routes")
async def routes(request: Request) -> dict[str, Any]:
    """Every route."""
    found = [
        {"path": route.path, "methods": sorted(getattr(route, "methods", None) or []), "name": route.name}
        for route in _flat(request.app.routes)
    ]
    return {"routes": found}


def _flat(routes: list[Any]) -> Iterator[Any]:
    for route in routes:
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _flat(included.routes)
        elif hasattr(route, "path"):
            yield route


@router.get("/utils/supported_openai_params")
async def supported_openai_params(request: Request, model: str) -> dict[str, Any]:
    """The OpenAI parameters that a model takes."""
    from litellm import get_llm_provider, get_supported_openai_params
    from litellm.exceptions import BadRequestError

    await authenticated(request)
    try:
        name, provider, *_ = get_llm_provider(model=model)
    except BadRequestError as error:
        raise InvalidRequestError(f"model: no provider is known for {model[:200]!r}", "model") from error
    return {"supported_openai_params": get_supported_openai_params(model=name, custom_llm_provider=provider)}


@router.get("/utils/model_info")
async def model_info(request: Request, model: str, custom_llm_provider: str | None = None) -> dict[str, Any]:
    """What is known of a model."""
    from litellm import get_model_info

    await authenticated(request)
    try:
        return dict(get_model_info(model, custom_llm_provider))
    except ValueError as error:
        raise InvalidRequestError(f"model: nothing is known of {model[:200]!r}", "model", 404) from error


@router.get("/public/litellm_model_cost_map")
async def model_cost_map() -> dict[str, Any]:
    """The catalogue of models and prices."""
    import litellm

    return dict(litellm.model_cost)
