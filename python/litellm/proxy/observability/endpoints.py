"""The route that metrics are read at."""

from __future__ import annotations

import sys

from fastapi import APIRouter, Request
from starlette.responses import Response

from litellm.litellm_core_utils.accelerator import metrics_text
from litellm.proxy.request_context import authenticated, state_of

router = APIRouter(tags=["metrics"])


@router.get("/metrics")
@router.get("/metrics/", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """The numbers of all worker processes, for Prometheus; 404 unless `prometheus` is among the callbacks."""
    state = state_of(request)
    if state.config.litellm_settings.get("require_auth_for_metrics_endpoint") is not False:
        await authenticated(request, "/metrics")
    found = state.observability.metrics
    if found is None:
        return Response("add prometheus to litellm_settings.callbacks\n", 404, media_type="text/plain")
    body = found.text() + metrics_text()
    if "prometheus_client" in sys.modules:  # what callbacks of the user count themselves
        body += sys.modules["prometheus_client"].generate_latest().decode()
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")
