"""The other health routes: how busy the process is, what checks found, whether a service or a deployment answers."""

from __future__ import annotations

import logging
from typing import Any, Literal

from fastapi import Query, Request, Response

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.health_endpoints import history
from litellm.proxy.health_endpoints.readiness import readiness
from litellm.proxy.management_endpoints.common.context import InContext, bad_request, plain
from litellm.proxy.observability.alerting import TEST
from litellm.proxy.request_context import state_of

router = guarded_router("health")
_ALLOWED = {
    "allow": "GET, OPTIONS", "access-control-allow-methods": "GET, OPTIONS", "access-control-allow-headers": "*",
}  # fmt: skip


@router.options("/health/liveliness", response_class=Response)
@router.options("/health/liveness", response_class=Response)
@router.options("/health/readiness", response_class=Response)
async def options() -> Response:
    """What a browser asks first."""
    return Response(headers=_ALLOWED)


@router.get("/health/backlog")
async def backlog(request: Request) -> dict[str, int]:
    """How many requests this process is answering."""
    count = request.app.state.in_flight.count
    state = state_of(request)
    return {
        "in_flight_requests": count, "admitted_requests": max(count - 1, 0), "queued_requests": 0,
        "rejected_requests": 0, "settlements": len(state.settlements),
    }  # fmt: skip


@router.get("/health/drain")
async def drain(request: Request) -> dict[str, Any]:
    """Whether this process takes no more requests, and how many it still answers beside this one."""
    draining = state_of(request).draining
    left = max(request.app.state.in_flight.count - 1, 0)
    return {"status": "draining" if draining else "serving", "in_flight_requests": left}


@router.get("/health/readiness/details")
async def readiness_details(request: Request, response: Response, context: InContext) -> dict[str, Any]:
    """Readiness, and how the process is set up."""
    import litellm

    report = await readiness(state_of(request))
    response.status_code = 200 if report["status"] == "healthy" else 503
    callbacks = [*litellm.callbacks, *litellm.success_callback, *context.state.hooks.guards]
    names = [item if isinstance(item, str) else type(item).__name__ for item in callbacks]
    level = logging.getLevelName(logging.getLogger("litellm").getEffectiveLevel())
    return {
        **report, "success_callbacks": names, "use_aiohttp_transport": False, "log_level": level,
        "is_detailed_debug": level == "DEBUG", "show_no_redis_warning": context.state.redis is None,
        "show_env_credential_login_warning": False,
    }  # fmt: skip


@router.get("/health/license")
async def license_status(context: InContext) -> dict[str, Any]:
    """Nothing here needs a licence."""
    limits = {"max_users": None, "max_teams": None}
    return {
        "has_license": False, "license_type": "community", "expiration_date": None, "allowed_features": [],
        "limits": limits,
    }  # fmt: skip


@router.get("/health/shared-status")
async def shared_status(context: InContext) -> dict[str, Any]:
    """Whether processes share the results of health checks; each checks for itself."""
    return {"shared_health_check_enabled": False, "message": "Shared health check is not enabled"}


@router.get("/health/history")
async def health_history(
    context: InContext,
    model: str | None = None,
    status_filter: Literal["healthy", "unhealthy"] | None = None,
    limit: int = Query(100, ge=1, le=1000),
    offset: int = Query(0, ge=0, le=1_000_000),
) -> dict[str, Any]:
    """What health checks found in the last week, the newest first."""
    async with context.read() as connection:
        rows, total = await history.page(connection, model, status_filter, limit, offset)
    return {"health_checks": [plain(row) for row in rows], "total_records": total, "limit": limit, "offset": offset}


@router.get("/health/latest")
async def health_latest(context: InContext) -> dict[str, Any]:
    """What the last check of each deployment found."""
    async with context.read() as connection:
        rows = await history.latest(connection)
    found = {str(row["model_id"] or row["model_name"]): plain(row) for row in rows}
    return {"latest_health_checks": found, "total_models": len(found)}


@router.get("/health/services")
async def health_services(context: InContext, service: str) -> dict[str, Any]:
    """Send a test message to a channel of alerts."""
    given = context.state.config.general_settings.raw.get("alerting") or ()
    if service not in given:
        raise bad_request(f"service: {service[:100]!r} is not in general_settings.alerting", "service")
    text = f"A test of alerts to {service}, by {context.actor}."
    event = {"event": "test", "event_message": text}
    context.state.alerts.send(TEST, f"test:{id(context)}", text, event)
    return {"status": "success", "message": f"a message was sent to {service}"}
