"""Sliding windows in Redis: `RedisLimits`, `AsyncRedisLimits`."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from litellm_rust._twins import limits as twin
from litellm_rust._twins.arguments import integer, string
from litellm_rust.limits import LimitTable
from litellm_rust.redis_limits.commands import Backend, Client, OnFailure, RedisUnavailable, Script, Steps

_SCRIPT: Final = Script.load("limits.lua")
# Lua counts in doubles; a limit of more is none.
_MOST: Final = (1 << 53) - 1


@dataclass(frozen=True)
class Decision(twin.Decision):
    """Whether a request may pass, and where each of its limits stands after it."""

    degraded: bool = False
    """Decided without Redis, as `on_failure` says."""


class _Limit(NamedTuple):
    key: str
    limit: int
    window_ms: int
    amount: int


class _Others:
    """What other processes had used of limits when Redis last told, for as long as their windows last."""

    _MOST_LIMITS: Final = 100_000

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._seen: OrderedDict[tuple[str, int], tuple[float, int]] = OrderedDict()

    def see(self, limit: _Limit, used: int) -> None:
        """Take in what others use of a limit. Parallel requests have no window, and are not kept."""
        if not limit.window_ms:
            return
        with self._lock:
            self._seen[limit.key, limit.window_ms] = (self._clock() + limit.window_ms / 1000, max(used, 0))
            self._seen.move_to_end((limit.key, limit.window_ms))
            if len(self._seen) > self._MOST_LIMITS:
                self._seen.popitem(last=False)

    def of(self, limit: _Limit) -> int:
        """What others use of a limit, as far as it is known."""
        until, used = self._seen.get((limit.key, limit.window_ms), (0.0, 0))
        return used if self._clock() < until else 0


class _Operations:
    """Each operation as steps, for both clients."""

    def __init__(
        self,
        client: Client,
        *,
        prefix: str = "{litellm_rust}:limits:",
        on_failure: OnFailure = "fail_open",
        share: float = 1.0,
        pause_s: float = 1.0,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """`prefix` starts every key; its `{…}` keeps all of them on one node of a cluster.

        While Redis fails, `on_failure` decides, and it is asked again every `pause_s` seconds. With `local_share`,
        `share` (0, 1] is this process's part of every limit; for a window's length after Redis last told of a limit,
        what others had used of it counts too. `clock` takes the place of the server's clock.
        Raises ValueError for a bad setting, or a client without `socket_timeout`.
        """
        self._backend = Backend(client, prefix=prefix, on_failure=on_failure, share=share, pause_s=pause_s, clock=clock)
        self._local = LimitTable(clock=clock) if on_failure == "local_share" else None
        self._others = _Others(clock or time.monotonic)

    def _call(self, operation: str, limits: Sequence[_Limit]) -> Steps[list[int]]:
        backend = self._backend
        now: str | int = "" if backend.clock is None else int(max(backend.clock(), 0.0) * 1000)
        arguments: list[str | int] = [operation, now]
        for limit in limits:
            arguments += (min(limit.limit, _MOST), limit.window_ms, min(limit.amount, _MOST))
        keys = [f"{backend.prefix}{limit.window_ms}:{limit.key}" for limit in limits]
        reply: list[int] = yield from backend.call(_SCRIPT, keys, arguments)
        return reply

    def _check(self, limits: Sequence[tuple[str, int, float, int]]) -> Steps[Decision]:
        checked = [
            _Limit(string("key", key), integer("limit", limit), twin.milliseconds(window_s), integer("cost", cost))
            for key, limit, window_s, cost in map(twin.row, limits)
        ]
        # Counted here before Redis answers: should it die, the requests under way count already.
        self._count_here("record", checked)
        try:
            refused, retry_after_ms, *states = yield from self._call("check", checked)
        except RedisUnavailable:
            self._count_here("refund", checked)
            return self._without_redis(checked)
        except BaseException:
            self._count_here("refund", checked)
            raise
        if refused:
            self._count_here("refund", checked)
        if self._local is not None:
            for limit, used in zip(checked, states[::2], strict=True):
                self._others.see(limit, used - self._local.used(limit.key, limit.window_ms / 1000))
        return Decision(
            allowed=not refused,
            refused=refused - 1 if refused else None,
            retry_after_s=None if retry_after_ms < 0 else retry_after_ms / 1000,
            remaining=[max(limit.limit - used, 0) for limit, used in zip(checked, states[::2], strict=True)],
            reset_s=[reset_ms / 1000 for reset_ms in states[1::2]],
        )

    def _count_here(self, operation: Literal["record", "refund"], limits: Sequence[_Limit]) -> None:
        """Count a request in this process's own table, or take it back."""
        if self._local is None:
            return
        for limit in limits:
            if limit.amount:
                getattr(self._local, operation)(limit.key, limit.window_ms / 1000, limit.amount)

    def _without_redis(self, limits: Sequence[_Limit]) -> Decision:
        backend = self._backend
        if self._local is not None:
            found = self._local.check(
                [(limit.key, self._own_part(limit), limit.window_ms / 1000, limit.amount) for limit in limits]
            )
            return Decision(
                found.allowed, found.refused, found.retry_after_s, found.remaining, found.reset_s, degraded=True
            )
        allowed = backend.on_failure == "fail_open" or not limits
        return Decision(
            allowed=allowed,
            refused=None if allowed else 0,
            retry_after_s=None if allowed else backend.health.pause_s,
            remaining=[limit.limit if allowed else 0 for limit in limits],
            reset_s=[0.0] * len(limits),
            degraded=True,
        )

    def _own_part(self, limit: _Limit) -> int:
        """What this process may use of a limit by itself."""
        return max(min(int(limit.limit * self._backend.share), limit.limit - self._others.of(limit)), 0)

    def _change(self, operation: str, key: str, window_s: float, amount: int) -> Steps[int]:
        limit = _Limit(string("key", key), 0, twin.milliseconds(window_s), integer("amount", amount))
        if self._local is not None and operation != "used":
            getattr(self._local, operation)(key, window_s, amount)
        try:
            reply = yield from self._call(operation, [limit])
        except RedisUnavailable:
            return 0 if self._local is None else self._local.used(key, window_s)
        return reply[2]


class RedisLimits(_Operations):
    """Windows of requests, tokens and parallel requests for any number of keys, shared by processes.

    The methods are those of `litellm_rust.limits.LimitTable`. May be shared by threads.
    """

    def check(self, limits: Sequence[tuple[str, int, float, int]]) -> Decision:
        """Use every limit `(key, limit, window_s, cost)`, or none if one refuses. Raises ValueError or TypeError."""
        return self._backend.run(self._check(limits))

    def record(self, key: str, window_s: float, amount: int) -> None:
        """Use an amount known only afterwards, whatever the limit; without Redis it is lost to other processes."""
        self._backend.run(self._change("record", key, window_s, amount))

    def refund(self, key: str, window_s: float, amount: int) -> None:
        """Give back what was used last: a parallel request that ended, tokens that were not needed."""
        self._backend.run(self._change("refund", key, window_s, amount))

    def used(self, key: str, window_s: float) -> int:
        """What is used of a key now; without Redis, by this process (0 unless `local_share`)."""
        return self._backend.run(self._change("used", key, window_s, 0))


class AsyncRedisLimits(_Operations):
    """As `RedisLimits`, over a `redis.asyncio.Redis`."""

    async def check(self, limits: Sequence[tuple[str, int, float, int]]) -> Decision:
        """Use every limit `(key, limit, window_s, cost)`, or none if one refuses. Raises ValueError or TypeError."""
        return await self._backend.arun(self._check(limits))

    async def record(self, key: str, window_s: float, amount: int) -> None:
        """Use an amount known only afterwards, whatever the limit; without Redis it is lost to other processes."""
        await self._backend.arun(self._change("record", key, window_s, amount))

    async def refund(self, key: str, window_s: float, amount: int) -> None:
        """Give back what was used last: a parallel request that ended, tokens that were not needed."""
        await self._backend.arun(self._change("refund", key, window_s, amount))

    async def used(self, key: str, window_s: float) -> int:
        """What is used of a key now; without Redis, by this process (0 unless `local_share`)."""
        return await self._backend.arun(self._change("used", key, window_s, 0))
