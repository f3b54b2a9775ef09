"""Budgets in Redis: `RedisBudgets`, `AsyncRedisBudgets`."""

from __future__ import annotations

import logging
import math
import threading
import uuid
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from litellm_rust._twins import limits as twin
from litellm_rust._twins.arguments import real, string
from litellm_rust._twins.limits import Status
from litellm_rust.limits import BudgetTable
from litellm_rust.redis_limits.commands import Backend, Client, OnFailure, RedisUnavailable, Script, Steps

_SCRIPT: Final = Script.load("budgets.lua")
# Dollars are counted in doubles.
_MOST: Final = (1 << 53) * 10**12 - 1
_log: Final = logging.getLogger("litellm_rust")


def _money(name: str, value: int) -> int:
    amount = twin.money(name, value)
    if amount > _MOST:
        raise OverflowError(f"{name}: {amount} is more than Redis budgets can hold")
    return amount


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def _status(fields: Sequence[str | bytes]) -> Status:
    most, spent, reserved, reset_at = map(_text, fields)
    return int(most) if most else None, int(spent), int(reserved), float(reset_at) if reset_at else None


class _Operations:
    """Each operation as steps, for both clients."""

    def __init__(
        self,
        client: Client,
        *,
        prefix: str = "{litellm_rust}:budgets:",
        on_failure: OnFailure = "fail_open",
        share: float = 1.0,
        pause_s: float = 1.0,
        reservation_ttl_s: float = 3600.0,
        max_unsent: int = 10_000,
        clock: Callable[[], float] | None = None,
    ) -> None:
        """`prefix` starts every key; its `{…}` keeps all of them on one node of a cluster.

        While Redis fails, reservations are decided as `on_failure` says, and up to `max_unsent` settlements wait to be
        sent when it is back. With `local_share`, `share` (0, 1] of what was left of a budget when it was last seen is
        this process's. Redis is asked again every `pause_s` seconds. `clock` takes the place of the server's clock.
        Raises ValueError for a bad setting, or a client without `socket_timeout`.
        """
        self._backend = Backend(client, prefix=prefix, on_failure=on_failure, share=share, pause_s=pause_s, clock=clock)
        self._ttl_s = real("reservation_ttl_s", reservation_ttl_s)
        if math.isnan(self._ttl_s) or self._ttl_s <= 0:
            raise ValueError(f"reservation_ttl_s: expected seconds > 0 or infinity, got {reservation_ttl_s}")
        if max_unsent < 1:
            raise ValueError(f"max_unsent: expected an integer >= 1, got {max_unsent}")
        self._unsent: deque[tuple[str, str, list[str], list[str | int]]] = deque()
        self._max_unsent = max_unsent
        # Reservations granted without Redis: their budgets, for Redis to hear of what was spent.
        self._granted: OrderedDict[str, list[str]] = OrderedDict()
        self._local = LocalShare(share, clock) if on_failure == "local_share" else None

    def _call(self, operation: str, name: str, keys: Sequence[str], arguments: Sequence[str | int]) -> Steps[Any]:
        """One call; `name` is that of the reservation, or of the call itself."""
        backend = self._backend
        now = "" if backend.clock is None else repr(backend.clock())
        ttl = "" if math.isinf(self._ttl_s) else repr(self._ttl_s)
        prefix = backend.prefix
        names = [f"{prefix}expiry", f"{prefix}r:{name}", *(f"{prefix}b:{key}" for key in keys)]
        reply = yield from backend.call(_SCRIPT, names, [operation, now, ttl, *arguments])
        return reply

    def _deliver(self, operation: str, name: str, keys: list[str], arguments: list[str | int]) -> Steps[bool]:
        """A call that must not be lost: kept for later while Redis is away. All are safe to send twice."""
        try:
            reply = yield from self._call(operation, name, keys, arguments)
        except RedisUnavailable:
            if len(self._unsent) >= self._max_unsent:
                _log.error("a settlement is dropped: %d wait for Redis already", len(self._unsent))
                return False
            self._unsent.append((operation, name, keys, arguments))
            return True
        yield from self._send_unsent()
        return bool(reply)

    def _send_unsent(self) -> Steps[None]:
        while self._unsent:
            try:
                waiting = self._unsent.popleft()
            except IndexError:  # another thread was quicker
                return
            try:
                yield from self._call(*waiting)
            except RedisUnavailable:
                self._unsent.appendleft(waiting)
                return

    def _set(
        self, key: str, max_budget: int | None, spent: int, duration: str | None, reset_at: float | None
    ) -> Steps[None]:
        most = "" if max_budget is None else _money("max_budget", max_budget)
        spent = _money("spent", spent)
        period = ""
        if duration is not None:
            value, unit = twin.parse_duration(duration)
            period = f"{value}{unit}"
        if reset_at is not None and not math.isfinite(reset_at):
            raise ValueError("reset_at: expected finite seconds")
        end = "" if reset_at is None else repr(float(reset_at))
        yield from self._call("set", "", [string("key", key)], [str(most), str(spent), period, end])

    def _remove(self, key: str) -> Steps[bool]:
        return bool((yield from self._call("remove", "", [string("key", key)], [])))

    def _reserve(self, request_id: str, keys: Sequence[str], amount: int) -> Steps[tuple[str, Status] | None]:
        if isinstance(keys, str):
            raise TypeError("keys: expected a sequence of strings, got a string")
        amount, held = _money("amount", amount), sorted({string("keys", key) for key in keys})
        name = string("request_id", request_id)
        try:
            reply = yield from self._call("reserve", name, held, [str(amount)])
        except RedisUnavailable:
            if self._backend.on_failure == "fail_closed":
                raise
            return self._reserve_without_redis(name, held, amount)
        answer = _text(reply[0])
        if answer == "unknown":
            raise KeyError(held[reply[1] - 1])
        if answer == "reserved":
            raise ValueError(f"request {request_id!r} has another reservation")
        if answer == "refused":
            return held[reply[1] - 1], _status(reply[2:])
        if self._local is not None:
            self._local.see(held, [_status(fields) for fields in reply[1:]])
        return None

    def _reserve_without_redis(self, name: str, keys: list[str], amount: int) -> tuple[str, Status] | None:
        refusal = None if self._local is None else self._local.reserve(name, keys, amount)
        if refusal is None:
            self._granted[name] = keys
            while len(self._granted) > self._max_unsent:
                self._granted.popitem(last=False)
        return refusal

    def _settle(self, request_id: str, actual: int) -> Steps[bool]:
        actual, name = _money("actual", actual), string("request_id", request_id)
        granted = self._granted.pop(name, None)
        if granted is not None:
            if self._local is not None:
                self._local.settle(name, actual)
            for key in granted if actual else ():
                yield from self._deliver("add_spend", f"call:{uuid.uuid4().hex}", [key], [str(actual)])
            return True
        return (yield from self._deliver("settle", name, [], [str(actual), uuid.uuid4().hex]))

    def _add_spend(self, key: str, amount: int) -> Steps[bool]:
        call = f"call:{uuid.uuid4().hex}"
        return (yield from self._deliver("add_spend", call, [string("key", key)], [str(_money("amount", amount))]))

    def _get_status(self, key: str) -> Steps[Status]:
        reply = yield from self._call("status", "", [string("key", key)], [])
        if reply is None:
            raise KeyError(key)
        return _status(reply)

    def _outstanding(self) -> Steps[int]:
        return int((yield from self._call("outstanding", "", [], [])))

    @property
    def unsent(self) -> int:
        """Settlements that wait for Redis to come back."""
        return len(self._unsent)


class LocalShare:
    """What this process may spend while Redis is away: its share of what was left of each budget, when last seen."""

    _MOST_BUDGETS: Final = 10_000

    def __init__(self, share: float, clock: Callable[[], float] | None) -> None:
        self._share = share
        self._seen: OrderedDict[str, Status] = OrderedDict()
        self._table = BudgetTable(clock=clock)
        self._lock = threading.Lock()
        self._in_use: set[str] = set()

    def see(self, keys: Sequence[str], statuses: Sequence[Status]) -> None:
        """Take in where the budgets of a granted reservation stand."""
        with self._lock:
            for key, status in zip(keys, statuses, strict=True):
                self._seen[key] = status
                self._seen.move_to_end(key)
                self._in_use.discard(key)
            while len(self._seen) > self._MOST_BUDGETS:
                key, _ = self._seen.popitem(last=False)
                self._in_use.discard(key)
                self._table.remove(key)

    def reserve(self, request_id: str, keys: Sequence[str], amount: int) -> tuple[str, Status] | None:
        """As `BudgetTable.reserve`. Raises KeyError for a budget that this process has not seen."""
        with self._lock:
            for key in keys:
                if key not in self._in_use:
                    most, spent, reserved, _ = self._seen[key]
                    left = None if most is None else int(max(most - spent - reserved, 0) * self._share)
                    self._table.set(key, left)
                    self._in_use.add(key)
        return self._table.reserve(request_id, keys, amount)

    def settle(self, request_id: str, actual: int) -> None:
        """Settle what was reserved here, if it was."""
        self._table.settle(request_id, actual)


class RedisBudgets(_Operations):
    """Budgets in integer pico-dollars, shared by processes, up to 9·10¹⁵ dollars. May be shared by threads.

    The methods are those of `litellm_rust.limits.BudgetTable`, except that reserving the same amount on the same
    budgets for the same request again is no error and changes nothing. Raises RedisUnavailable where nothing else is
    said.
    """

    def set(
        self,
        key: str,
        max_budget: int | None,
        *,
        spent: int = 0,
        duration: str | None = None,
        reset_at: float | None = None,
    ) -> None:
        """Set a budget and what is spent of it; what is reserved stays. Raises ValueError."""
        self._backend.run(self._set(key, max_budget, spent, duration, reset_at))

    def remove(self, key: str) -> bool:
        """Forget a budget; False when there is none."""
        return self._backend.run(self._remove(key))

    def reserve(self, request_id: str, keys: Sequence[str], amount: int) -> tuple[str, Status] | None:
        """Reserve `amount` on every budget of `keys`, or on none: then the one that refuses. 0 asks if any is left.

        Raises KeyError for an unknown budget, ValueError for a request that has another reservation, and
        RedisUnavailable with `fail_closed`.
        """
        return self._backend.run(self._reserve(request_id, keys, amount))

    def settle(self, request_id: str, actual: int) -> bool:
        """End a reservation with what was spent; False when there is none. Without Redis it is sent later."""
        return self._backend.run(self._settle(request_id, actual))

    def release(self, request_id: str) -> bool:
        """End a reservation of which nothing was spent; False when there is none. Without Redis it is sent later."""
        return self._backend.run(self._settle(request_id, 0))

    def add_spend(self, key: str, amount: int) -> bool:
        """Add what was spent without a reservation; False for an unknown budget. Without Redis it is sent later."""
        return self._backend.run(self._add_spend(key, amount))

    def status(self, key: str) -> Status:
        """`(max_budget, spent, reserved, reset_at)` of a budget. Raises KeyError."""
        return self._backend.run(self._get_status(key))

    def outstanding(self) -> int:
        """Reservations that have neither ended nor expired."""
        return self._backend.run(self._outstanding())


class AsyncRedisBudgets(_Operations):
    """As `RedisBudgets`, over a `redis.asyncio.Redis`."""

    async def set(
        self,
        key: str,
        max_budget: int | None,
        *,
        spent: int = 0,
        duration: str | None = None,
        reset_at: float | None = None,
    ) -> None:
        """Set a budget and what is spent of it; what is reserved stays. Raises ValueError."""
        await self._backend.arun(self._set(key, max_budget, spent, duration, reset_at))

    async def remove(self, key: str) -> bool:
        """Forget a budget; False when there is none."""
        return await self._backend.arun(self._remove(key))

    async def reserve(self, request_id: str, keys: Sequence[str], amount: int) -> tuple[str, Status] | None:
        """Reserve `amount` on every budget of `keys`, or on none: then the one that refuses. 0 asks if any is left.

        Raises as `RedisBudgets.reserve`.
        """
        return await self._backend.arun(self._reserve(request_id, keys, amount))

    async def settle(self, request_id: str, actual: int) -> bool:
        """End a reservation with what was spent; False when there is none. Without Redis it is sent later."""
        return await self._backend.arun(self._settle(request_id, actual))

    async def release(self, request_id: str) -> bool:
        """End a reservation of which nothing was spent; False when there is none. Without Redis it is sent later."""
        return await self._backend.arun(self._settle(request_id, 0))

    async def add_spend(self, key: str, amount: int) -> bool:
        """Add what was spent without a reservation; False for an unknown budget. Without Redis it is sent later."""
        return await self._backend.arun(self._add_spend(key, amount))

    async def status(self, key: str) -> Status:
        """`(max_budget, spent, reserved, reset_at)` of a budget. Raises KeyError."""
        return await self._backend.arun(self._get_status(key))

    async def outstanding(self) -> int:
        """Reservations that have neither ended nor expired."""
        return await self._backend.arun(self._outstanding())
