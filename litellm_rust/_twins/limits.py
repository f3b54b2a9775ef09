"""The pure-Python reference of the native limit and budget tables: the same API and rules, one lock each."""

from __future__ import annotations

import calendar
import math
import operator
import os
import re
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from litellm_rust._twins.arguments import integer, real, sequence, string

MAX_WINDOW_S = 2_000_000.0
_BUCKETS = 5
_LEASE_MS = 3_600_000
_NAMES = {"hourly": "1h", "daily": "24h", "weekly": "7d", "monthly": "30d"}
_DURATION = re.compile(r"([0-9]+)(mo|[smhdw])")

Status = tuple[int | None, int, int, float | None]


MAX_NOW_S = 6e10
"""The year 3871: far from where calendars end."""


def milliseconds(window_s: float) -> int:
    if not 0 <= real("window_s", window_s) <= MAX_WINDOW_S:
        raise ValueError(f"window_s: expected 0 to {MAX_WINDOW_S} seconds, got {window_s}")
    return math.ceil(float(window_s) * 1000)


def money(name: str, value: int) -> int:
    converted = operator.index(value)
    if not -(1 << 127) <= converted < 1 << 127:
        raise OverflowError(f"{name}: {converted} does not fit in 128 bits")
    if converted < 0:
        raise ValueError(f"{name}: expected an integer >= 0, got {converted}")
    return converted


def parse_duration(text: str) -> tuple[int, str]:
    name = _NAMES.get(string("duration", text).strip().lower(), text)
    match = _DURATION.fullmatch(name)
    if match is None or len(match[1]) > 18 or not 1 <= int(match[1]) <= 100_000:
        expected = "expected <number><s|m|h|d|w|mo>, hourly, daily, weekly or monthly"
        raise ValueError(f"duration: {expected}, got {text!r}")
    value, unit = int(match[1]), match[2]
    return (value * 7, "d") if unit == "w" else (value, unit)


def next_reset(duration: str, now: float) -> float:
    """The end of the budget period that `now` is in, both in seconds since 1970, UTC. Raises ValueError."""
    value, unit = parse_duration(duration)
    if not abs(now) <= MAX_NOW_S:
        raise ValueError(f"now: expected seconds since 1970, to {MAX_NOW_S} at most, got {now}")
    moment = datetime.fromtimestamp(math.floor(now), timezone.utc)
    day = moment.replace(hour=0, minute=0, second=0)
    if unit == "mo" or (unit, value) == ("d", 30):
        months = moment.year * 12 + moment.month - 1 + (value if unit == "mo" else 1)
        return float(calendar.timegm((months // 12, months % 12 + 1, 1, 0, 0, 0)))
    if unit == "d":
        return (day + timedelta(days=7 - day.weekday() if value == 7 else value)).timestamp()
    whole, unit_s, passed = {
        "h": (day, 3600, moment.hour),
        "m": (moment.replace(minute=0, second=0), 60, moment.minute),
        "s": (moment.replace(second=0), 1, moment.second),
    }[unit]
    return whole.timestamp() + (passed // value + 1) * value * unit_s


def row(row: object) -> tuple[str, int, float, int]:
    if not isinstance(row, tuple):
        raise TypeError(f"limits: expected (key, limit, window_s, cost), got {type(row).__name__}")
    return row


@dataclass
class _Window:
    """What was used, in buckets of [last use in ms, amount]; a bucket leaves when its last use does."""

    window_ms: int
    opened: int = 0
    buckets: list[list[int]] = field(default_factory=list)

    @property
    def span_ms(self) -> int:
        return self.window_ms or _LEASE_MS

    @property
    def used(self) -> int:
        return sum(amount for _, amount in self.buckets)

    def advance(self, now_ms: int) -> _Window:
        while self.buckets and now_ms >= self.buckets[0][0] + self.span_ms:
            self.buckets.pop(0)
        return self

    def add(self, cost: int, now_ms: int) -> None:
        full = len(self.buckets) == _BUCKETS or self.window_ms == 0
        if not self.buckets or (not full and now_ms - self.opened >= self.window_ms // 4):
            self.buckets.append([now_ms, 0])
            self.opened = now_ms
        self.buckets[-1][0] = max(self.buckets[-1][0], now_ms)
        self.buckets[-1][1] += cost

    def subtract(self, cost: int) -> None:
        for bucket in reversed(self.buckets):
            part = min(cost, bucket[1])
            bucket[1] -= part
            cost -= part
        if self.used == 0:
            self.buckets.clear()

    def until_ms(self, allowed: int, now_ms: int) -> int:
        left = self.used
        for last, amount in self.buckets:
            if left <= allowed:
                return 0
            left -= amount
            if left <= allowed:
                return max(last + self.span_ms - now_ms, 0)
        return 0


@dataclass(frozen=True)
class Decision:
    """Whether a request may pass, and where each of its limits stands after it."""

    allowed: bool
    refused: int | None
    retry_after_s: float | None
    remaining: list[int]
    reset_s: list[float]


class LimitTable:
    """Sliding windows of requests, tokens and parallel requests for any number of keys. See `_native.LimitTable`."""

    def __init__(self, *, clock: Callable[[], float] | None = None) -> None:
        self._clock = time.time if clock is None else clock
        self._windows: dict[tuple[str, int], _Window] = {}
        self._lock = threading.Lock()
        _tables.add(self)

    def _now_ms(self) -> int:
        return int(max(self._clock(), 0.0) * 1000)

    def _window(self, key: str, window_ms: int, now_ms: int) -> _Window:
        return self._windows.setdefault((key, window_ms), _Window(window_ms)).advance(now_ms)

    def check(self, limits: Sequence[tuple[str, int, float, int]]) -> Decision:
        """Use every limit `(key, limit, window_s, cost)`, or none if one refuses. Raises ValueError or TypeError."""
        checked = [
            (string("key", key), integer("limit", limit), milliseconds(window_s), integer("cost", cost))
            for key, limit, window_s, cost in map(row, limits)
        ]
        now_ms = self._now_ms()
        with self._lock:
            windows = [self._window(key, window_ms, now_ms) for key, _, window_ms, _ in checked]
            refused = retry_after_s = None
            for number, (window, (_, limit, window_ms, cost)) in enumerate(zip(windows, checked, strict=True)):
                earlier = zip(windows[:number], checked, strict=False)
                pending = sum(other[3] for known, other in earlier if known is window)
                if window.used + pending + max(cost, 1) > limit:
                    room = limit - max(cost, 1)
                    refused = number
                    if room >= 0 and window_ms and not pending:
                        retry_after_s = window.until_ms(room, now_ms) / 1000
                    break
            if refused is None:
                for window, (*_, cost) in zip(windows, checked, strict=True):
                    if cost:
                        window.add(cost, now_ms)
            return Decision(
                allowed=refused is None,
                refused=refused,
                retry_after_s=retry_after_s,
                remaining=[max(row[1] - window.used, 0) for window, row in zip(windows, checked, strict=True)],
                reset_s=[window.until_ms(0, now_ms) / 1000 if window.window_ms else 0.0 for window in windows],
            )

    def record(self, key: str, window_s: float, amount: int) -> None:
        """Use an amount known only afterwards, whatever the limit."""
        window_ms, amount, now_ms = milliseconds(window_s), integer("amount", amount), self._now_ms()
        with self._lock:
            self._window(string("key", key), window_ms, now_ms).add(amount, now_ms)

    def refund(self, key: str, window_s: float, amount: int) -> None:
        """Give back what was used last: a parallel request that ended, tokens that were not needed."""
        window_ms, amount, now_ms = milliseconds(window_s), integer("amount", amount), self._now_ms()
        with self._lock:
            self._window(string("key", key), window_ms, now_ms).subtract(amount)

    def used(self, key: str, window_s: float) -> int:
        """What is used of a key now."""
        window_ms, now_ms = milliseconds(window_s), self._now_ms()
        with self._lock:
            return self._window(string("key", key), window_ms, now_ms).used

    def purge(self) -> int:
        """Forget every key that is idle; how many keys are left."""
        now_ms = self._now_ms()
        with self._lock:
            self._windows = {key: window for key, window in self._windows.items() if window.advance(now_ms).buckets}
            return len(self._windows)

    def __len__(self) -> int:
        return len(self._windows)


@dataclass
class _Budget:
    max_budget: int | None
    spent: int
    duration: str | None
    reset_at: float | None
    reserved: int = 0

    def advance(self, now: float) -> _Budget:
        if self.duration is not None and self.reset_at is not None and now >= self.reset_at:
            self.spent, self.reset_at = 0, next_reset(self.duration, now)
        return self

    def give_back(self, amount: int) -> None:
        self.reserved = max(self.reserved - amount, 0)

    @property
    def status(self) -> Status:
        return self.max_budget, self.spent, self.reserved, self.reset_at


@dataclass
class _Reservation:
    amount: int
    keys: list[str]
    until: float
    expired: bool = False


class BudgetTable:
    """Budgets in integer pico-dollars. See `_native.BudgetTable`."""

    def __init__(self, *, clock: Callable[[], float] | None = None, reservation_ttl_s: float = 3600.0) -> None:
        self._clock = time.time if clock is None else clock
        self._ttl_s = real("reservation_ttl_s", reservation_ttl_s)
        if math.isnan(self._ttl_s) or self._ttl_s <= 0:
            raise ValueError(f"reservation_ttl_s: expected seconds > 0 or infinity, got {reservation_ttl_s}")
        self._budgets: dict[str, _Budget] = {}
        self._reservations: dict[str, _Reservation] = {}
        self._lock = threading.Lock()
        _tables.add(self)

    def _expire(self, now: float) -> None:
        """Give back what was reserved too long ago; remember it for as long again, for a late settlement."""
        for request_id, reservation in list(self._reservations.items()):
            if reservation.until > now:
                continue
            if reservation.expired:
                del self._reservations[request_id]
                continue
            for key in reservation.keys:
                if key in self._budgets:
                    self._budgets[key].give_back(reservation.amount)
            reservation.amount, reservation.expired, reservation.until = 0, True, now + self._ttl_s

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
        most = None if max_budget is None else money("max_budget", max_budget)
        spent, now = money("spent", spent), self._clock()
        if duration is not None:
            parse_duration(duration)
        if reset_at is not None and not math.isfinite(reset_at):
            raise ValueError("reset_at: expected finite seconds")
        if reset_at is None and duration is not None:
            reset_at = next_reset(duration, now)
        with self._lock:
            known = self._budgets.get(string("key", key))
            self._budgets[key] = _Budget(most, spent, duration, reset_at, known.reserved if known else 0)

    def remove(self, key: str) -> bool:
        """Forget a budget; False when there is none."""
        with self._lock:
            return self._budgets.pop(string("key", key), None) is not None

    def reserve(self, request_id: str, keys: Sequence[str], amount: int) -> tuple[str, Status] | None:
        """Reserve `amount` on every budget of `keys`, or on none: then the one that refuses. 0 asks if any is left.

        Raises KeyError for an unknown budget, ValueError for a request that has a reservation.
        """
        held = sorted({string("keys", key) for key in sequence("keys", keys)})
        amount, now = money("amount", amount), self._clock()
        with self._lock:
            self._expire(now)
            if string("request_id", request_id) in self._reservations:
                raise ValueError(f"request {request_id!r} has a reservation")
            budgets = [(key, self._budgets[key]) for key in held]
            for key, budget in budgets:
                budget.advance(now)
                most = budget.max_budget
                if most is not None and budget.spent + budget.reserved + max(amount, 1) > most:
                    return key, budget.status
            for _, budget in budgets:
                budget.reserved += amount
            self._reservations[request_id] = _Reservation(amount, held, now + self._ttl_s)
            return None

    def settle(self, request_id: str, actual: int) -> bool:
        """End a reservation with what was spent; False when there is none, as when it ended before."""
        actual, now = money("actual", actual), self._clock()
        with self._lock:
            self._expire(now)
            reservation = self._reservations.pop(string("request_id", request_id), None)
            if reservation is None:
                return False
            for key in reservation.keys:
                budget = self._budgets.get(key)
                if budget is not None:
                    budget.advance(now).give_back(reservation.amount)
                    budget.spent += actual
            return True

    def release(self, request_id: str) -> bool:
        """End a reservation of which nothing was spent; False when there is none."""
        return self.settle(request_id, 0)

    def add_spend(self, key: str, amount: int) -> bool:
        """Add what was spent without a reservation; False for an unknown budget."""
        amount, now = money("amount", amount), self._clock()
        with self._lock:
            budget = self._budgets.get(string("key", key))
            if budget is not None:
                budget.advance(now).spent += amount
            return budget is not None

    def status(self, key: str) -> Status:
        """`(max_budget, spent, reserved, reset_at)` of a budget. Raises KeyError."""
        now = self._clock()
        with self._lock:
            self._expire(now)
            return self._budgets[string("key", key)].advance(now).status

    def outstanding(self) -> int:
        """Reservations that have not ended, expired ones that may still be settled included."""
        return len(self._reservations)


_tables: weakref.WeakSet[LimitTable | BudgetTable] = weakref.WeakSet()


def _after_fork() -> None:
    for table in _tables:
        table._lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
