"""Whether requests can be served."""

from __future__ import annotations

from typing import Any

from litellm.proxy.state import GatewayState
from litellm.proxy.version import VERSION


async def readiness(state: GatewayState, *, details: bool) -> dict[str, Any]:
    """Upstream's `status` (`healthy`, `unhealthy`), `db` (`connected`, `disconnected`), with `details` also `cache` and
    `litellm_version`; where limits are counted in Redis also `redis`, and `billing` where calls are billed, neither
    of which is a reason to stop serving."""
    connected = await state.ledger.is_connected()
    usable = connected or state.config.general_settings.allow_requests_on_db_unavailable
    healthy = usable and not state.draining
    report: dict[str, Any] = {
        "status": "healthy" if healthy else "unhealthy", "db": "connected" if connected else "disconnected",
    }  # fmt: skip
    if details:
        report |= {"cache": _cache_type(), "litellm_version": VERSION}
    if state.redis is not None:
        report["redis"] = await _redis_status(state.redis)
    billing = state.billing.readiness()
    return report if billing is None else report | {"billing": billing}


def _cache_type() -> str | None:
    import litellm

    return None if litellm.cache is None else str(litellm.cache.type.value)


async def _redis_status(client: Any) -> str:
    from litellm.caching.redis_clients import redis_failures

    try:
        await client.ping()
    except redis_failures():
        return "disconnected"
    return "connected"
