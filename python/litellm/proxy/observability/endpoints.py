"""The route that metrics are read at."""

from __future__ import annotations

import sys
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from litellm.litellm_core_utils.accelerator import metrics_text
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.observability.observers import names_of
from litellm.proxy.request_context import authenticated, state_of

router = guarded_router("metrics")
LISTS = ("callbacks", "success_callback", "failure_callback", "_async_success_callback", "_async_failure_callback")


@router.get("/active/callbacks")
async def active_callbacks(request: Request) -> dict[str, Any]:
    """The callbacks that are registered, by the list that they are in, and how alerts are sent."""
    import litellm

    state = state_of(request)
    lists: dict[str, list[Any]] = {name: list(getattr(litellm, name, None) or ()) for name in LISTS}
    found: dict[str, Any] = {
        f"litellm.{name}": [item if isinstance(item, str) else type(item).__name__ for item in items]
        for name, items in lists.items()
    }
    own = sorted(names_of(state.config))
    found["litellm.callbacks"] = [*found["litellm.callbacks"], *own]
    found["alerting"] = state.config.general_settings.raw.get("alerting") or []
    found["num_callbacks"] = sum(map(len, lists.values())) + len(own)
    return found


async def metrics(request: Request) -> Response:
    """The numbers of all worker processes, for Prometheus; 404 unless `prometheus` is among the callbacks."""
    state = state_of(request)
    if state.config.litellm_settings.get("require_auth_for_metrics_endpoint") is not False:
        await authenticated(request, "/metrics")
    found = state.observability.metrics
    if found is None:
        return Response("add prometheus to litellm_settings.callbacks\n", 404, media_type="text/plain")
    body = (
        found.text() + await state.observability.budgets(state.database) + metrics_text() + state.billing.metrics_text()
    )
    if "prometheus_client" in sys.modules:  # what callbacks of the user count themselves
        body += sys.modules["prometheus_client"].generate_latest().decode()
    return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")


router.add_route("/metrics", metrics, methods=["GET"])  # asks for a key only where the config says so
