"""The pure-Python reference of `_native.RoutingTable`: the same API and rules, by plain scans."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from litellm_rust._twins.arguments import boolean, integer, number, numbers, string, strings, whole

STRATEGIES = (
    "simple-shuffle",
    "least-busy",
    "latency-based-routing",
    "cost-based-routing",
    "usage-based-routing",
    "usage-based-routing-v2",
    "rate-limit-aware",
)
TIMEOUT_LATENCY_S = 1000.0
UNKNOWN_COST = 5.0
_LAST = 1 << 63


@dataclass(eq=False)
class _Deployment:
    id: str
    group: str
    weight: float | None
    rpm: float | None
    tpm: float | None
    max_parallel_requests: int | None
    order: int | None
    input_cost: float | None
    output_cost: float | None
    tags: frozenset[str]
    latencies: deque[float]
    first_tokens: deque[float]
    in_flight: int = 0
    cooling_until: float = -math.inf
    healthy: bool = True
    minute: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("requests", "tokens", "ok", "failed"), 0))

    def at(self, now: float) -> _Deployment:
        """Itself, with the counts of the minute of `now`."""
        minute = math.floor(now / 60)
        if minute != self.minute:
            self.minute = minute
            self.counts = dict.fromkeys(self.counts, 0)
        return self

    def has_room(self, tokens: int) -> bool:
        return (self.rpm is None or self.counts["requests"] + 1 <= self.rpm) and (
            self.tpm is None or self.counts["tokens"] + max(tokens, 1) <= self.tpm
        )

    @property
    def cost(self) -> float:
        costs = (self.input_cost, self.output_cost)
        return sum(UNKNOWN_COST if cost is None else cost for cost in costs)

    @property
    def latency_s(self) -> float:
        return sum(self.latencies) / len(self.latencies) if self.latencies else 0.0

    def ttft_s(self, percentile: float | None) -> float:
        if not self.first_tokens:
            return self.latency_s
        if percentile is None:
            return sum(self.first_tokens) / len(self.first_tokens)
        return sorted(self.first_tokens)[math.ceil(len(self.first_tokens) * percentile) - 1]

    @property
    def utilisation(self) -> float:
        used = (
            (self.counts["requests"], self.rpm),
            (self.counts["tokens"], self.tpm),
            (self.in_flight, self.max_parallel_requests),
        )
        return max(0.0 if limit is None else count / limit if limit > 0 else 1.0 for count, limit in used)


def _optional(name: str, value: float | None) -> float | None:
    return None if value is None else number(name, value)


class RoutingTable:
    """Every deployment of a router, its state, and the choice among them. See `_native.RoutingTable`."""

    def __init__(
        self,
        seed: int | None = None,
        *,
        clock: Callable[[], float] | None = None,
        latency_buffer: float = 0.0,
        latency_samples: int = 10,
        latency_ttl_s: float = 3600.0,
        ttft_percentile: float | None = None,
    ) -> None:
        self._random = random.Random(None if seed is None else integer("seed", seed))
        self._clock = time.time if clock is None else clock
        self._buffer = number("latency_buffer", latency_buffer)
        self._samples = integer("latency_samples", latency_samples)
        if self._samples == 0:
            raise ValueError("latency_samples: expected an integer >= 1, got 0")
        self._ttl_s = number("latency_ttl_s", latency_ttl_s)
        if ttft_percentile is not None and not 0 < number("ttft_percentile", ttft_percentile) <= 1:
            raise ValueError(f"ttft_percentile: expected 0 < share <= 1, got {ttft_percentile}")
        self._percentile = ttft_percentile
        self._groups: dict[str, list[_Deployment]] = {}
        self._latencies_at: dict[str, float] = {}
        self._by_id: dict[str, _Deployment] = {}
        self._lock = threading.Lock()

    def add(
        self,
        group: str,
        deployment_id: str,
        *,
        weight: float | None = None,
        rpm: float | None = None,
        tpm: float | None = None,
        max_parallel_requests: int | None = None,
        order: int | None = None,
        input_cost: float | None = None,
        output_cost: float | None = None,
        tags: Iterable[str] | None = None,
    ) -> int:
        """Take a deployment in; its place in its group. Raises ValueError when the id is taken or a number is bad."""
        parallel = max_parallel_requests
        deployment = _Deployment(
            id=string("deployment_id", deployment_id),
            group=string("group", group),
            max_parallel_requests=None if parallel is None else integer("max_parallel_requests", parallel),
            order=None if order is None else whole("order", order),
            tags=frozenset(strings("tags", tags) or ()),
            latencies=deque(maxlen=self._samples),
            first_tokens=deque(maxlen=self._samples),
            weight=_optional("weight", weight),
            rpm=_optional("rpm", rpm),
            tpm=_optional("tpm", tpm),
            input_cost=_optional("input_cost", input_cost),
            output_cost=_optional("output_cost", output_cost),
        )
        with self._lock:
            if deployment_id in self._by_id:
                raise ValueError(f"deployment {deployment_id!r} is already there")
            self._by_id[deployment_id] = deployment
            members = self._groups.setdefault(group, [])
            members.append(deployment)
            return len(members) - 1

    def set_weight(self, deployment_id: str, weight: float | None) -> None:
        """Change a weight. Raises KeyError for an unknown deployment."""
        checked = _optional("weight", weight)
        with self._lock:
            self._by_id[string("deployment_id", deployment_id)].weight = checked

    def remove(self, deployment_id: str) -> bool:
        """Forget a deployment; False when there is none of this id."""
        with self._lock:
            deployment = self._by_id.pop(string("deployment_id", deployment_id), None)
            if deployment is not None:
                self._groups[deployment.group].remove(deployment)
            return deployment is not None

    def pick(
        self,
        group: str,
        strategy: str,
        *,
        tokens: int = 0,
        exclude: Iterable[str] | None = None,
        among: Iterable[str] | None = None,
        tags: Iterable[str] | None = None,
        match_any: bool = True,
        stream: bool = False,
        reserve: bool = True,
    ) -> str | None:
        """The id of the deployment to use, or None. Raises KeyError for the group, ValueError for the strategy."""
        if string("strategy", strategy) not in STRATEGIES:
            raise ValueError(f"strategy: expected one of {', '.join(STRATEGIES)}, got {strategy!r}")
        tokens = integer("tokens", tokens)
        excluded, allowed = set(strings("exclude", exclude) or ()), strings("among", among)
        wanted = strings("tags", tags)
        for name, flag in (("match_any", match_any), ("stream", stream), ("reserve", reserve)):
            boolean(name, flag)
        now = self._clock()
        with self._lock:
            members = self._groups[string("group", group)]
            if strategy == "latency-based-routing" and now - self._latencies_at.get(group, 0.0) > self._ttl_s:
                self._latencies_at[group] = now
                for deployment in members:
                    deployment.latencies.clear()
                    deployment.first_tokens.clear()
            ignore_health = not any(deployment.healthy for deployment in members)
            usable = [
                deployment.at(now)
                for deployment in members
                if deployment.id not in excluded
                and (allowed is None or deployment.id in allowed)
                and deployment.cooling_until <= now
                and (deployment.healthy or ignore_health)
                and (
                    deployment.max_parallel_requests is None or deployment.in_flight < deployment.max_parallel_requests
                )
            ]
            picked = None
            for candidates in self._tagged(members, usable, wanted, match_any):
                picked = picked or self._pick_in_order(candidates, strategy, tokens, stream)
            if picked is None:
                return None
            if reserve:
                self._begin(picked)
            return picked.id

    @staticmethod
    def _tagged(
        members: list[_Deployment],
        usable: list[_Deployment],
        tags: list[str] | None,
        match_any: bool,
    ) -> list[list[_Deployment]]:
        """The candidates for `tags`, and what to fall back on."""
        if tags is None:
            return [usable]
        wanted = set(tags)
        known = any(wanted & deployment.tags for deployment in members)
        if known:
            return [[d for d in usable if (wanted & d.tags if match_any else wanted <= d.tags)]]
        defaults = [d for d in usable if "default" in d.tags]
        return [defaults] if wanted else [defaults, usable]

    def _pick_in_order(self, usable: list[_Deployment], strategy: str, tokens: int, stream: bool) -> _Deployment | None:
        orders = sorted({_LAST if d.order is None else d.order for d in usable})
        for order in orders:
            tier = [d for d in usable if (_LAST if d.order is None else d.order) == order]
            picked = self._choose(tier, strategy, tokens, stream)
            if picked is not None:
                return picked
        return None

    def _choose(self, tier: list[_Deployment], strategy: str, tokens: int, stream: bool) -> _Deployment | None:
        if strategy == "simple-shuffle":
            return self._shuffle(tier)
        if strategy == "least-busy":
            return min(tier, key=lambda d: d.in_flight)
        fitting = [deployment for deployment in tier if deployment.has_room(tokens)]
        if not fitting:
            return None
        if strategy == "cost-based-routing":
            return min(fitting, key=lambda d: d.cost)
        if strategy == "usage-based-routing":
            return min(fitting, key=lambda d: d.counts["tokens"])
        buffer = 0.0
        if strategy == "latency-based-routing":
            keys = [d.ttft_s(self._percentile) if stream else d.latency_s for d in fitting]
            buffer = self._buffer
        elif strategy == "usage-based-routing-v2":
            keys = [float(d.counts["tokens"]) for d in fitting]
        else:
            keys = [d.utilisation for d in fitting]
        highest = min(keys) + min(keys) * buffer
        return self._random.choice([d for d, key in zip(fitting, keys, strict=True) if key <= highest])

    def _shuffle(self, tier: list[_Deployment]) -> _Deployment:
        for name in ("weight", "rpm", "tpm"):
            shares = [getattr(deployment, name) or 0.0 for deployment in tier]
            if any(shares):
                return self._random.choices(tier, shares)[0]
        return self._random.choice(tier)

    @staticmethod
    def _begin(deployment: _Deployment) -> None:
        deployment.in_flight += 1
        deployment.counts["requests"] += 1

    def reserve(self, deployment_id: str) -> bool:
        """Count an attempt on a deployment chosen otherwise as begun; False when it is gone."""
        now = self._clock()
        with self._lock:
            deployment = self._by_id.get(string("deployment_id", deployment_id))
            if deployment is not None:
                self._begin(deployment.at(now))
            return deployment is not None

    def raise_usage(self, deployment_id: str, requests: int, tokens: int) -> bool:
        """Say what the running minute has used of a deployment, here and elsewhere; False when it is gone.

        What is counted here is never lowered.
        """
        requests, tokens = integer("requests", requests), integer("tokens", tokens)
        now = self._clock()
        with self._lock:
            deployment = self._by_id.get(string("deployment_id", deployment_id))
            if deployment is not None:
                counts = deployment.at(now).counts
                counts["requests"], counts["tokens"] = max(counts["requests"], requests), max(counts["tokens"], tokens)
            return deployment is not None

    def release(self, deployment_id: str) -> bool:
        """Count an attempt as over, with nothing learned from it; False when the deployment is gone."""
        with self._lock:
            deployment = self._by_id.get(string("deployment_id", deployment_id))
            if deployment is not None:
                deployment.in_flight = max(deployment.in_flight - 1, 0)
            return deployment is not None

    def report(
        self,
        deployment_id: str,
        *,
        ok: bool,
        latency_s: float | None = None,
        ttft_s: float | None = None,
        tokens: int = 0,
        completion_tokens: int = 0,
        timed_out: bool = False,
    ) -> tuple[int, int] | None:
        """Count an attempt as over; the minute's successes and failures, or None when the deployment is gone."""
        boolean("ok", ok)
        latency_s, ttft_s = _optional("latency_s", latency_s), _optional("ttft_s", ttft_s)
        tokens, completion_tokens = integer("tokens", tokens), integer("completion_tokens", completion_tokens)
        boolean("timed_out", timed_out)
        now = self._clock()
        with self._lock:
            deployment = self._by_id.get(string("deployment_id", deployment_id))
            if deployment is None:
                return None
            deployment.at(now).in_flight = max(deployment.in_flight - 1, 0)
            self._latencies_at[deployment.group] = now
            deployment.counts["tokens"] += tokens
            deployment.counts["ok" if ok else "failed"] += 1
            if ok and latency_s is not None:
                deployment.latencies.append(latency_s / max(completion_tokens, 1))
            if ok and ttft_s is not None:
                deployment.first_tokens.append(ttft_s)
            if timed_out and not ok:
                deployment.latencies.append(TIMEOUT_LATENCY_S)
            return deployment.counts["ok"], deployment.counts["failed"]

    def learn(self, deployment_id: str, latencies: Sequence[float], first_tokens: Sequence[float]) -> bool:
        """Take in how long attempts elsewhere took: seconds a token, and seconds to the first token of streams.

        False when the deployment is gone.
        """
        latencies, first_tokens = numbers("latencies", latencies), numbers("first_tokens", first_tokens)
        now = self._clock()
        with self._lock:
            deployment = self._by_id.get(string("deployment_id", deployment_id))
            if deployment is not None:
                self._latencies_at[deployment.group] = now
                deployment.latencies.extend(latencies)
                deployment.first_tokens.extend(first_tokens)
            return deployment is not None

    def cool_down(self, deployment_id: str, seconds: float) -> bool:
        """Take a deployment out of use for `seconds` from now; False when it is gone."""
        seconds = number("seconds", seconds)
        now = self._clock()
        with self._lock:
            deployment = self._by_id.get(string("deployment_id", deployment_id))
            if deployment is not None:
                deployment.cooling_until = now + seconds
            return deployment is not None

    def cooling(self) -> list[tuple[str, float]]:
        """The deployments that are cooling down, with the seconds left."""
        now = self._clock()
        with self._lock:
            everyone = (deployment for members in self._groups.values() for deployment in members)
            return [(d.id, d.cooling_until - now) for d in everyone if d.cooling_until > now]

    def set_healthy(self, deployment_id: str, healthy: bool) -> bool:
        """Say what a health check found; False when the deployment is gone."""
        boolean("healthy", healthy)
        with self._lock:
            deployment = self._by_id.get(string("deployment_id", deployment_id))
            if deployment is not None:
                deployment.healthy = healthy
            return deployment is not None

    def usage(self, deployment_id: str) -> tuple[int, int]:
        """Requests and tokens of the running minute. Raises KeyError."""
        stats = self.stats(deployment_id)
        return int(stats["requests"]), int(stats["tokens"])

    def stats(self, deployment_id: str) -> dict[str, float]:
        """What is known of a deployment now; counts are of the running minute. Raises KeyError."""
        now = self._clock()
        with self._lock:
            deployment = self._by_id[string("deployment_id", deployment_id)].at(now)
            return {
                "in_flight": deployment.in_flight,
                "requests": deployment.counts["requests"],
                "tokens": deployment.counts["tokens"],
                "successes": deployment.counts["ok"],
                "failures": deployment.counts["failed"],
                "latency_s": deployment.latency_s,
                "ttft_s": deployment.ttft_s(self._percentile),
                "cooling_s": max(deployment.cooling_until - now, 0.0),
                "healthy": deployment.healthy,
            }

    def __len__(self) -> int:
        return len(self._by_id)

    def _after_fork(self) -> None:
        self._lock = threading.Lock()
        self._random.seed()
        for deployment in self._by_id.values():
            deployment.in_flight = 0
