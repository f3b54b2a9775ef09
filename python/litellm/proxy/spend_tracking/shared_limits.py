"""The Redis that gateways count rate limits in together, and what happens while it is away."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.accelerator import redis_limits
from litellm.proxy.config.problems import ConfigError
from litellm.proxy.config.settings import ProxyConfig

log = logging.getLogger("litellm.proxy.limits")

ON_FAILURE = ("local_share", "fail_open", "fail_closed")
"""`general_settings.rate_limit_on_failure`: while Redis is away each process keeps to its share of every limit by
itself (the default), lets every request in, or none."""
SOCKET_TIMEOUT_S = 0.5
"""What a slow Redis may cost a request before it counts as away."""
_PLACES = ("host", "port", "password", "db", "username", "ssl")


def redis_settings(config: ProxyConfig) -> dict[str, Any] | None:
    """Where the Redis is: `general_settings.coordination_redis`, the router's, the cache's, else the environment's."""
    router, cache = config.router_settings, config.litellm_settings.get("cache_params")
    given: list[Any] = [
        config.general_settings.raw.get("coordination_redis"),
        {name.removeprefix("redis_"): value for name, value in router.items() if name.startswith("redis_")},
        cache if isinstance(cache, dict) and str(cache.get("type", "")).startswith("redis") else None,
        {
            name: os.environ.get(f"REDIS_{name.upper()}")
            for name in ("url", "host", "port", "password", "username", "db")
        },
    ]
    for place in given:
        if isinstance(place, dict) and (place.get("url") or place.get("host")):
            return {name: place[name] for name in ("url", *_PLACES) if place.get(name) not in (None, "")}
    return None


def open_redis(settings: Mapping[str, Any]) -> Any:
    """An asyncio client that does not wait long. Raises ImportError without redis-py, ValueError for a bad address."""
    from redis.asyncio import Redis

    times: dict[str, Any] = {"socket_timeout": SOCKET_TIMEOUT_S, "socket_connect_timeout": SOCKET_TIMEOUT_S}
    if "url" in settings:
        return Redis.from_url(str(settings["url"]), **times)
    given = dict(settings)
    for name in ("port", "db"):
        if name in given:
            given[name] = int(given[name])
    return Redis(**given, **times)


def shared_table(config: ProxyConfig) -> tuple[Any, Any] | None:
    """(a table of limits in Redis, its client); None where no Redis is configured. Raises ConfigError."""
    settings = redis_settings(config)
    if settings is None:
        return None
    general = config.general_settings.raw
    closed = "fail_closed" if general.get("fail_closed_rate_limit_enforcement") else ON_FAILURE[0]
    on_failure, share = general.get("rate_limit_on_failure") or closed, float(general.get("rate_limit_share") or 1.0)
    if on_failure not in ON_FAILURE or not 0 < share <= 1:
        remedy = f"expected one of {', '.join(ON_FAILURE)}, and a share over 0 and up to 1"
        raise ConfigError([config.problem("general_settings.rate_limit_on_failure", remedy)])
    try:
        client = open_redis(settings)
    except (ImportError, ValueError) as error:
        raise ConfigError([config.problem("redis", str(error))]) from error
    return redis_limits(client, on_failure=on_failure, share=share), client
