"""The other health routes: how busy the process is, what checks found, whether a service or a deployment answers."""

from __future__ import annotations

import asyncio
import hmac
import logging
import os
import time
from typing import Any, Literal

from fastapi import Query, Request, Response

from litellm.proxy._types import ProxyException
from litellm.proxy.auth.route_access import sees_everything
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.health_endpoints import history
from litellm.proxy.health_endpoints.readiness import readiness
from litellm.proxy.management_endpoints.common.context import InContext, bad_request, forbidden, plain
from litellm.proxy.observability.alerting import TEST
from litellm.proxy.request_context import authenticated, state_of

router = guarded_router("health")
DRAIN_TIMEOUT_S, LOOK_EVERY_S = 30.0, 0.05
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
    busy = request.app.state.in_flight
    count = busy.count
    state = state_of(request)
    return {
        "in_flight_requests": count, "admitted_requests": max(count - 1 - busy.queued, 0),
        "queued_requests": busy.queued,
        "rejected_requests": busy.rejected, "settlements": len(state.settlements),
    }  # fmt: skip


@router.get("/health/drain")
async def drain(request: Request) -> dict[str, Any]:
    """With `enable_drain_endpoint`, make ready for the end: readiness says 503 from now on, and the answer comes when
    all other requests are answered, or after `GRACEFUL_SHUTDOWN_TIMEOUT` seconds. `X-Drain-Token` has to be the
    `drain_endpoint_token`. Without, tell those who may see everything whether the process drains."""
    state, busy = state_of(request), request.app.state.in_flight
    general = state.config.general_settings.raw
    if general.get("enable_drain_endpoint") is not True:
        if not sees_everything(await authenticated(request, "/health/drain")):
            raise forbidden("/health/drain is for proxy admins alone")
        left = max(busy.count - 1, 0)
        return {"status": "draining" if state.draining else "serving", "in_flight_requests": left}
    token = str(general.get("drain_endpoint_token") or os.environ.get("DRAIN_ENDPOINT_TOKEN") or "")
    if token and not hmac.compare_digest(request.headers.get("x-drain-token", "").encode(), token.encode()):
        raise ProxyException("X-Drain-Token is not right", "auth_error", "x-drain-token", 401)
    before, deadline = max(busy.count - 1, 0), time.monotonic() + _drain_timeout_s()
    state.draining = True
    while busy.count > 1 and time.monotonic() < deadline:  # noqa: ASYNC110 - requests set no event when they end
        await asyncio.sleep(LOOK_EVERY_S)
    return {"status": "drained", "drained_requests": max(before - max(busy.count - 1, 0), 0)}


def _drain_timeout_s() -> float:
    try:
        return float(os.environ.get("GRACEFUL_SHUTDOWN_TIMEOUT") or DRAIN_TIMEOUT_S)
    except ValueError:
        return DRAIN_TIMEOUT_S


@router.get("/health/readiness/details")
async def readiness_details(request: Request, response: Response, context: InContext) -> dict[str, Any]:
    """Readiness, and how the process is set up."""
    import litellm

    report = await readiness(state_of(request), details=True)
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
