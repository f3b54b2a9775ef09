"""Limits and budgets shared by processes through Redis, with the API of `litellm_rust.limits`.

    limits = RedisLimits(redis.Redis(socket_timeout=0.1), on_failure="local_share", share=0.5)
    decision = limits.check([("key:requests", 100, 60, 1), ("key:tokens", 10_000, 60, 250)])

All limits of a request take one round trip; the clock is the server's. `AsyncRedisLimits` and `AsyncRedisBudgets` take
a `redis.asyncio.Redis`. The client needs a `socket_timeout`, which is what a slow Redis may cost a request; while Redis
is away, `on_failure` decides: `fail_open` allows, `fail_closed` refuses, `local_share` keeps this process to its share.
"""

from __future__ import annotations

from litellm_rust.redis_limits.budgets import AsyncRedisBudgets, RedisBudgets
from litellm_rust.redis_limits.commands import OnFailure, RedisUnavailable
from litellm_rust.redis_limits.deployments import AsyncRedisDeployments, RedisDeployments
from litellm_rust.redis_limits.windows import AsyncRedisLimits, Decision, RedisLimits

__all__ = [
    "AsyncRedisBudgets",
    "AsyncRedisDeployments",
    "AsyncRedisLimits",
    "Decision",
    "OnFailure",
    "RedisBudgets",
    "RedisDeployments",
    "RedisLimits",
    "RedisUnavailable",
]
