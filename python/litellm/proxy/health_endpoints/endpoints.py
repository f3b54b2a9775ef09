"""The health routes. Liveness and readiness need no key; `/health` calls providers and does."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.health_endpoints.checks import check_all, check_connection, check_deployments
from litellm.proxy.health_endpoints.readiness import readiness
from litellm.proxy.request_context import authenticated, state_of

router = guarded_router("health")


@router.get("/health/liveliness")
@router.get("/health/liveness")
async def liveliness() -> str:
    """Whether the process answers at all."""
    return "I'm alive!"


@router.get("/health/readiness")
async def health_readiness(request: Request, response: Response) -> dict[str, Any]:
    """Whether requests can be served; 503 while the gateway drains or has lost a database that it needs."""
    state = state_of(request)
    shown = state.config.general_settings.raw.get("allow_public_health_readiness_details") is True
    report = await readiness(state, details=shown)
    response.status_code = 200 if report["status"] == "healthy" else 503
    return report


@router.get("/health")
async def health(request: Request, model: str | None = None, model_id: str | None = None) -> dict[str, Any]:
    """Call every deployment (of `model`, if given) and say which answered; with background checks, as of the last."""
    await authenticated(request, "/health")
    state = state_of(request)
    if model_id is not None:
        return await check_all(state, [entry for entry in state.catalog.model_list
                                       if (entry.get("model_info") or {}).get("id") == model_id])  # fmt: skip
    return state.checks.report(model) if state.checks is not None else await check_deployments(state, model)


class TestConnectionRequest(BaseModel):
    """POST /health/test_connection: a deployment's parameters, or the name of a served model as `model`."""

    litellm_params: dict[str, Any]
    mode: str | None = None
    model_info: dict[str, Any] | None = None


@router.post("/health/test_connection")
async def test_connection(request: Request, body: TestConnectionRequest) -> dict[str, Any]:
    """One small call with these parameters, before a deployment is made of them."""
    await authenticated(request)
    info = {**(body.model_info or {}), **({"mode": body.mode} if body.mode else {})}
    result = await check_connection(state_of(request), body.litellm_params, info)
    return {"status": "error" if "error" in result else "success", "result": result}
