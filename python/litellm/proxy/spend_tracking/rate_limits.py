"""Requests and tokens per minute, and requests at a time: all limits of a request are asked for in one step."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litellm.litellm_core_utils.accelerator import limit_table
from litellm.proxy._types import ProxyException

MINUTE_S = 60.0
PARALLEL_S = 0.0
DAY_S = 86400.0
"""The window of what is given back when the request ends."""

NO_LIMIT = 1 << 53
STOP_TIMEOUT_S = 5.0

_WINDOWS = {"uploads": DAY_S, "requests": MINUTE_S, "tokens": MINUTE_S, "max_parallel_requests": PARALLEL_S}
_COSTS = {"uploads": 1, "requests": 1, "tokens": 0, "max_parallel_requests": 1}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `limit` of `kind` (`requests`, `tokens`, `max_parallel_requests`, `uploads`) for an entity."""

    descriptor: str
    """What the limit is of, by upstream's names: `api_key`, `user`, `team`, `team_member`, `model_per_key`, …"""
    value: str
    kind: str
    limit: int
    watched_only: bool = False
    """Counted, but not enforced for now."""

    @property
    def asked(self) -> int:
        """The limit that the table of limits is asked to keep."""
        return NO_LIMIT if self.watched_only else self.limit

    @property
    def key(self) -> str:
        """The limit's name in the table of limits."""
        return f"{self.descriptor}:{self.value}:{self.kind}"


@dataclass(slots=True)
class Admission:
    """A request that all of its limits let in. `end()` once, with the tokens that it used."""

    limits: Sequence[RateLimit] = ()
    remaining: Sequence[int] = ()
    reset_s: Sequence[float] = ()
    open: bool = True

    def headers(self) -> dict[str, str]:
        """`x-ratelimit-…` as upstream names them; those of the key also by the names that OpenAI's clients read."""
        found: dict[str, str] = {}
        for limit, left, reset_s in zip(self.limits, self.remaining, self.reset_s, strict=True):
            for names in header_names(limit):
                found |= zip(names, (str(limit.limit), str(left), f"{reset_s:.0f}s"), strict=True)
        return found


def header_names(limit: RateLimit) -> list[tuple[str, str, str]]:
    """The headers that tell where a limit stands: the limit, what remains of it, when it is whole again."""
    if limit.kind in ("max_parallel_requests", "uploads") or limit.watched_only:
        return []
    prefixes = [f"x-ratelimit-{limit.descriptor}", *(["x-ratelimit"] if limit.descriptor == "api_key" else [])]
    return [
        (f"{prefix}-limit-{limit.kind}", f"{prefix}-remaining-{limit.kind}", f"{prefix}-reset-{limit.kind}")
        for prefix in prefixes
    ]


_FREE: Mapping[str, Any] = {}


class RateLimiter:
    """The limits of this gateway process, or of all of them: `shared` is a table in Redis."""

    def __init__(self, shared: Any = None) -> None:
        self.table, self._shared = limit_table(), shared
        self._endings: set[asyncio.Task[None]] = set()

    @property
    def is_shared(self) -> bool:
        """Whether limits are counted in Redis."""
        return self._shared is not None

    async def admit(self, limits: Sequence[RateLimit]) -> Admission:
        """Let a request in, or raise ProxyException 429 that names the limit, with `retry-after`.

        All limits are asked for at once: one call of the native table, or one round trip to Redis.
        """
        if not limits:
            return Admission()
        asked = [(limit.key, limit.asked, _WINDOWS[limit.kind], _COSTS[limit.kind]) for limit in limits]
        decision = self.table.check(asked) if self._shared is None else await self._shared.check(asked)
        if not decision.allowed:
            raise _exceeded(limits[decision.refused], decision.retry_after_s)
        return Admission(limits, decision.remaining, decision.reset_s)

    def end(self, admission: Admission, tokens: int) -> None:
        """Give back what the request held, and count its tokens. A second call changes nothing."""
        if not admission.open:
            return
        admission.open = False
        changes = [
            (limit.key, 1 if limit.kind == "max_parallel_requests" else tokens, limit.kind == "tokens")
            for limit in admission.limits
            if limit.kind == "max_parallel_requests" or (limit.kind == "tokens" and tokens)
        ]
        if self._shared is None:
            for key, amount, is_tokens in changes:
                if is_tokens:
                    self.table.record(key, MINUTE_S, amount)
                else:
                    self.table.refund(key, PARALLEL_S, amount)
        elif changes:
            task = asyncio.ensure_future(self._end_shared(changes))
            self._endings.add(task)
            task.add_done_callback(self._endings.discard)

    async def _end_shared(self, changes: Sequence[tuple[str, int, bool]]) -> None:
        for key, amount, is_tokens in changes:
            if is_tokens:
                await self._shared.record(key, MINUTE_S, amount)
            else:
                await self._shared.refund(key, PARALLEL_S, amount)

    async def stop(self) -> None:
        """Wait for what is being told to Redis."""
        if self._endings:
            await asyncio.wait(set(self._endings), timeout=STOP_TIMEOUT_S)


def _exceeded(limit: RateLimit, retry_after_s: float | None) -> ProxyException:
    wait_s = max(1, round(retry_after_s if retry_after_s is not None else 1))
    reset = datetime.datetime.fromtimestamp(time.time() + wait_s, datetime.timezone.utc)
    value = f"{limit.value[:6]}…" if limit.descriptor.endswith("key") else limit.value
    message = (
        f"Rate limit exceeded for {limit.descriptor}: {value}. Limit type: {limit.kind}. "
        f"Current limit: {limit.limit}, Remaining: 0. Limit resets at: {reset:%Y-%m-%d %H:%M:%S} UTC"
    )
    headers = {"retry-after": str(wait_s), "rate_limit_type": limit.kind, "reset_at": f"{reset:%Y-%m-%d %H:%M:%S} UTC"}
    return ProxyException(message, "throttling_error", None, 429, headers)


def limits_of(descriptor: str, value: str, row: Mapping[str, Any] | None) -> Iterable[RateLimit]:
    """The limits in a row's `rpm_limit`, `tpm_limit` and `max_parallel_requests`."""
    row = row or _FREE
    for column, kind in (
        ("rpm_limit", "requests"), ("tpm_limit", "tokens"), ("max_parallel_requests", "max_parallel_requests"),
    ):  # fmt: skip
        if row.get(column) is not None:
            yield RateLimit(descriptor, value, kind, int(row[column]))


def model_limits_of(descriptor: str, value: str, metadata: Mapping[str, Any]) -> dict[str, list[RateLimit]]:
    """The limits for one model each, in a metadata's `model_rpm_limit` and `model_tpm_limit`."""
    found: dict[str, list[RateLimit]] = {}
    for name, kind in (("model_rpm_limit", "requests"), ("model_tpm_limit", "tokens")):
        given = metadata.get(name)
        for model, limit in given.items() if isinstance(given, dict) else ():
            if isinstance(limit, int):
                found.setdefault(model, []).append(RateLimit(descriptor, f"{value}:{model}", kind, limit))
    return found
