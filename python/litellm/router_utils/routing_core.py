"""The state that picks are made on, held by `litellm_rust.routing.RoutingTable`: one call per decision."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from litellm.litellm_core_utils import accelerator
from litellm.router_utils.deployments import Row
from litellm.router_utils.settings import RouterSettings

# Strategies that choose among what other parts leave over, by shares.
TABLE_NAMES = {"provider-budget-routing": "simple-shuffle", "lar1": "simple-shuffle", "priority": "simple-shuffle"}
TIMEOUT_LATENCY_S = 1000.0
"""What a call that timed out counts as: the routing table's figure, which is upstream's."""
Measured = tuple["float | None", "float | None"]
"""What an attempt took: seconds a token of the answer, and to the first token; None for what it does not say."""
Costs = Callable[[Row], tuple[float | None, float | None]]


def limit_of(row: Row, name: str) -> int | None:
    """A limit of a deployment (`rpm`, `tpm`, `max_parallel_requests`), wherever its row says it."""
    for place in (row["litellm_params"], row, row["model_info"]):
        value = place.get(name)
        if value is not None:
            return int(value)
    return None


class RoutingCore:
    """The routing table of one router. `costs` gives a deployment's price per input and output token in USD.

    A `seed` makes what is drawn the same each time.
    """

    def __init__(
        self,
        costs: Costs,
        settings: RouterSettings,
        clock: Callable[[], float] | None = None,
        seed: int | None = None,
    ) -> None:
        self._settings, self._clock, self._seed = settings, clock, seed
        self.table = self._new_table()
        self._costs, self._default_parallel = costs, settings.default_max_parallel_requests
        self._limits: dict[str, tuple[int | None, int | None]] = {}
        self._parallel: dict[str, int] = {}
        self._limited: dict[str, dict[str, None]] = {}
        self.mirrors: dict[str, list[RoutingCore]] = {}
        """By deployment, the tables of routing groups that are told of everything as well."""
        self.on_measured: Callable[[str, Measured], None] | None = None
        """Told what each attempt took."""

    def _new_table(self) -> Any:
        arguments = self._settings.routing_strategy_args
        return accelerator.routing_table(
            seed=self._seed,
            clock=self._clock,
            latency_buffer=float(arguments.get("lowest_latency_buffer", 0)),
            latency_samples=int(arguments.get("max_latency_list_size", 10)),
            latency_ttl_s=float(arguments.get("ttl", 3600)),
            ttft_percentile=arguments.get("ttft_percentile"),
        )

    def restart(self, rows: Iterable[Row]) -> None:
        """Count anew, by the settings as they are now; cooldowns go on."""
        cooling = self.cooling()
        self.table = self._new_table()
        for row in rows:
            self.add(row)
        for model_id, seconds in cooling.items():
            self.table.cool_down(model_id, seconds)

    def add(self, row: Row) -> None:
        """Take a deployment in."""
        params, model_id = row["litellm_params"], row["model_info"]["id"]
        input_cost, output_cost = self._costs(row)
        rpm, tpm = limit_of(row, "rpm"), limit_of(row, "tpm")
        parallel = limit_of(row, "max_parallel_requests")
        if parallel is None:
            parallel = self._default_parallel
        if parallel is not None:
            self._parallel[model_id] = parallel
        self._limits[model_id] = (rpm, tpm)
        if rpm is not None or tpm is not None:
            self._limited.setdefault(row["model_name"], {})[model_id] = None
        self.table.add(
            row["model_name"],
            model_id,
            weight=params.get("weight"),
            rpm=rpm,
            tpm=tpm,
            max_parallel_requests=parallel,
            order=params.get("order"),
            input_cost=input_cost,
            output_cost=output_cost,
            tags=params.get("tags"),
        )

    def remove(self, row: Row) -> None:
        """Forget a deployment."""
        model_id = row["model_info"]["id"]
        self._limits.pop(model_id, None)
        self._parallel.pop(model_id, None)
        self._limited.get(row["model_name"], {}).pop(model_id, None)
        self.table.remove(model_id)

    def pick(
        self, group: str, strategy: str, exclude: Collection[str] | None, *, stream: bool, reserve: bool
    ) -> str | None:
        """The id of the deployment of `group` to use, or None when none is free."""
        chosen: str | None = self.table.pick(
            group, self.table_strategy(strategy), exclude=exclude, stream=stream, reserve=reserve
        )
        if reserve and chosen is not None and self.mirrors:
            for mirror in self.mirrors.get(chosen, ()):
                mirror.begin(chosen)
        return chosen

    @staticmethod
    def table_strategy(strategy: str) -> str:
        """What the table calls a strategy."""
        return TABLE_NAMES.get(strategy, strategy)

    def begin(self, model_id: str) -> None:
        """Count a deployment that was chosen otherwise as in flight."""
        self.table.reserve(model_id)
        for mirror in self.mirrors.get(model_id, ()):
            mirror.begin(model_id)

    def raise_usage(self, model_id: str, requests: int, tokens: int) -> None:
        """Count at least this much of the running minute's limits as used."""
        self.table.raise_usage(model_id, requests, tokens)
        for mirror in self.mirrors.get(model_id, ()):
            mirror.raise_usage(model_id, requests, tokens)

    def release(self, model_id: str) -> None:
        """End an attempt that came to nothing."""
        self.table.release(model_id)
        for mirror in self.mirrors.get(model_id, ()):
            mirror.release(model_id)

    def report(
        self,
        model_id: str,
        *,
        ok: bool,
        latency_s: float,
        first_token_s: float | None = None,
        tokens: int = 0,
        completion_tokens: int = 0,
        timed_out: bool = False,
    ) -> tuple[int, int] | None:
        """End an attempt, with what it took: (successes, failures) of the minute, None when the deployment is gone."""
        minute: tuple[int, int] | None = self.table.report(
            model_id,
            ok=ok,
            latency_s=latency_s,
            ttft_s=first_token_s,
            tokens=tokens,
            completion_tokens=completion_tokens,
            timed_out=timed_out,
        )
        for mirror in self.mirrors.get(model_id, ()):
            mirror.report(
                model_id,
                ok=ok,
                latency_s=latency_s,
                first_token_s=first_token_s,
                tokens=tokens,
                completion_tokens=completion_tokens,
                timed_out=timed_out,
            )
        if self.on_measured is not None and (ok or timed_out):
            each = latency_s / max(completion_tokens, 1) if ok else TIMEOUT_LATENCY_S
            self.on_measured(model_id, (each, first_token_s if ok else None))
        return minute

    def learn(self, model_id: str, latencies: Sequence[float], first_tokens: Sequence[float]) -> None:
        """Take in what attempts elsewhere took, in seconds. Raises ValueError or TypeError for what are no such."""
        self.table.learn(model_id, latencies, first_tokens)
        for mirror in self.mirrors.get(model_id, ()):
            mirror.learn(model_id, latencies, first_tokens)

    def cool_down(self, model_id: str, seconds: float) -> None:
        """Take a deployment out of rotation for a while."""
        self.table.cool_down(model_id, seconds)
        for mirror in self.mirrors.get(model_id, ()):
            mirror.cool_down(model_id, seconds)

    def cooling(self) -> dict[str, float]:
        """The seconds left for each deployment that is cooling down."""
        return dict(self.table.cooling())

    def waiting_helps(self, model_ids: Iterable[str]) -> bool:
        """Whether one of these deployments is held back by nothing but its parallel requests."""
        for model_id in model_ids:
            limit = self._parallel.get(model_id)
            if limit is not None and self.table.stats(model_id)["in_flight"] >= limit:
                return True
        return False

    def usage(self, model_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Requests and tokens of the running minute, beside their limits."""
        found = {}
        for model_id in model_ids:
            if model_id not in self._limits:
                continue
            stats = self.table.stats(model_id)
            rpm, tpm = self._limits[model_id]
            found[model_id] = {
                "current_tpm": stats["tokens"],
                "tpm_limit": math.inf if tpm is None else tpm,
                "current_rpm": stats["requests"],
                "rpm_limit": math.inf if rpm is None else rpm,
            }
        return found

    def limit_headers(self, group: str) -> dict[str, int]:
        """`x-ratelimit-*` headers of a group: its limits of the running minute and what is left of them."""
        limited = self._limited.get(group)
        if not limited:
            return {}
        headers: dict[str, int] = {}
        usages = list(self.usage(limited).values())
        for name, limit, used in (("tokens", "tpm_limit", "current_tpm"), ("requests", "rpm_limit", "current_rpm")):
            bounded = [usage for usage in usages if usage[limit] != math.inf]
            total = sum(usage[limit] for usage in bounded)
            if total:
                headers[f"x-ratelimit-remaining-{name}"] = max(total - sum(usage[used] for usage in usages), 0)
                headers[f"x-ratelimit-limit-{name}"] = total
        return headers
