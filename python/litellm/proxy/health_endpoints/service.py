"""What the health routes answer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from litellm.proxy.state import GatewayState
from litellm.proxy.version import VERSION
from litellm.router_utils.requests import ROUTING_PARAMS

MAX_PARALLEL_CHECKS = 8
CHECK_TIMEOUT_S = 30.0
_SHOWN = ("model", "api_base", "api_version")


async def readiness(state: GatewayState) -> dict[str, Any]:
    """Upstream's `status` (`healthy`, `unhealthy`), `db` (`connected`, `disconnected`), `cache` and
    `litellm_version`; where limits are counted in Redis also `redis`, and `billing` where calls are billed, neither
    of which is a reason to stop serving."""
    connected = await state.ledger.is_connected()
    usable = connected or state.config.general_settings.allow_requests_on_db_unavailable
    healthy = usable and not state.draining
    report: dict[str, Any] = {
        "status": "healthy" if healthy else "unhealthy", "db": "connected" if connected else "disconnected",
        "cache": _cache_type(), "litellm_version": VERSION,
    }  # fmt: skip
    if state.redis is not None:
        report["redis"] = await _redis_status(state.redis)
    billing = state.billing.readiness()
    return report if billing is None else report | {"billing": billing}


def _cache_type() -> str | None:
    import litellm

    return None if litellm.cache is None else str(getattr(litellm.cache, "type", None))


async def _redis_status(client: Any) -> str:
    from redis.exceptions import RedisError

    try:
        await client.ping()
    except (RedisError, OSError):
        return "disconnected"
    return "connected"


async def check_deployments(state: GatewayState, model: str | None) -> dict[str, Any]:
    """A small call to each deployment: upstream's `healthy_endpoints`, `unhealthy_endpoints` and their counts."""
    gate = asyncio.Semaphore(MAX_PARALLEL_CHECKS)
    # A wildcard deployment names no model that could be called.
    concrete = [entry for entry in state.catalog.model_list if "*" not in entry["litellm_params"]["model"]]
    entries = [entry for entry in concrete if model in (None, entry["model_name"])]

    async def one(entry: Mapping[str, Any]) -> dict[str, Any]:
        async with gate:
            return await _check(entry, details=state.config.general_settings.health_check_details)

    results = await asyncio.gather(*(one(entry) for entry in entries))
    healthy = [result for result in results if "error" not in result]
    unhealthy = [result for result in results if "error" in result]
    return {
        "healthy_endpoints": healthy, "unhealthy_endpoints": unhealthy,
        "healthy_count": len(healthy), "unhealthy_count": len(unhealthy),
    }  # fmt: skip


async def _check(entry: Mapping[str, Any], *, details: bool) -> dict[str, Any]:
    from litellm import acompletion, aembedding  # the SDK loads on first use

    params = {name: value for name, value in entry["litellm_params"].items() if name not in ROUTING_PARAMS}
    shown = {name: params[name] for name in _SHOWN if name in params} if details else {"model": params["model"]}
    mode = (entry.get("model_info") or {}).get("mode") or ("embedding" if "embed" in params["model"] else "chat")
    try:
        if mode == "embedding":
            call: Coroutine[Any, Any, Any] = aembedding(**params, input=["ping"])
        else:
            call = acompletion(**{"max_tokens": 16, **params}, messages=[{"role": "user", "content": "ping"}])
        await asyncio.wait_for(call, CHECK_TIMEOUT_S)
    except Exception as error:  # noqa: BLE001 - any failure is the answer of a health check
        return {**shown, "error": f"{type(error).__name__}: {getattr(error, 'message', None) or error}"}
    return shown
