"""Stand-in until the routing core lands."""

from __future__ import annotations

import random
import threading
import time
from typing import Any


class RoutingTable:
    def __init__(self, seed: int | None = None, clock: Any = None, **_: Any) -> None:
        self.rng = random.Random(seed)
        self.clock = clock or time.monotonic
        self.rows: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, list[str]] = {}
        self.lock = threading.Lock()

    def add(self, group: str, deployment_id: str, **params: Any) -> int:
        self.rows[deployment_id] = {
            "group": group,
            "busy": 0,
            "cool": 0.0,
            "lat": [],
            "minute": 0,
            "rpm_used": 0,
            "tpm_used": 0,
            **params,
        }
        self.groups.setdefault(group, []).append(deployment_id)
        return len(self.rows)

    def remove(self, deployment_id: str) -> bool:
        row = self.rows.pop(deployment_id, None)
        if row is None:
            return False
        self.groups[row["group"]].remove(deployment_id)
        return True

    def _roll(self, row: dict[str, Any]) -> None:
        minute = int(self.clock() // 60)
        if row["minute"] != minute:
            row["minute"], row["rpm_used"], row["tpm_used"] = minute, 0, 0

    def pick(
        self,
        group: str,
        strategy: str,
        *,
        tokens: int = 0,
        exclude: Any = None,
        tags: Any = None,
        reserve: bool = True,
        stream: bool = False,
    ) -> str | None:
        now = self.clock()
        with self.lock:
            ids = [
                i for i in self.groups.get(group, ()) if not (exclude and i in exclude) and self.rows[i]["cool"] <= now
            ]
            enforce = strategy.startswith("usage")
            if enforce:
                for i in ids:
                    self._roll(self.rows[i])
                ids = [
                    i
                    for i in ids
                    if (self.rows[i]["rpm"] is None or self.rows[i]["rpm_used"] < self.rows[i]["rpm"])
                    and (self.rows[i]["tpm"] is None or self.rows[i]["tpm_used"] + tokens <= self.rows[i]["tpm"])
                ]
            ids = [
                i
                for i in ids
                if self.rows[i]["max_parallel_requests"] is None
                or self.rows[i]["busy"] < self.rows[i]["max_parallel_requests"]
            ]
            if not ids:
                return None
            low = min((1e9 if self.rows[i]["order"] is None else self.rows[i]["order"]) for i in ids)
            ids = [i for i in ids if (1e9 if self.rows[i]["order"] is None else self.rows[i]["order"]) == low]
            chosen = self._choose(ids, strategy)
            if reserve:
                self.reserve(chosen)
            return chosen

    def reserve(self, i: str) -> None:
        row = self.rows[i]
        self._roll(row)
        row["busy"] += 1
        row["rpm_used"] += 1

    def _choose(self, ids: list[str], strategy: str) -> str:
        rows = self.rows
        if strategy == "least-busy":
            return min(ids, key=lambda i: rows[i]["busy"])
        if strategy == "cost-based-routing":
            return min(ids, key=lambda i: (rows[i]["input_cost"] or 0) + (rows[i]["output_cost"] or 0))
        if strategy.startswith("usage"):
            return min(ids, key=lambda i: rows[i]["tpm_used"])
        if strategy == "latency-based-routing":
            return min(ids, key=lambda i: sum(rows[i]["lat"]) / max(len(rows[i]["lat"]), 1))
        for name in ("weight", "rpm", "tpm"):
            weights = [rows[i][name] or 0 for i in ids]
            if any(rows[i][name] is not None for i in ids) and sum(weights) > 0:
                return self.rng.choices(ids, weights)[0]
        return self.rng.choice(ids)

    def report(
        self,
        deployment_id: str,
        *,
        ok: bool,
        latency_s: float = 0,
        ttft_s: float | None = None,
        tokens: int = 0,
        completion_tokens: int = 0,
        timed_out: bool = False,
    ) -> None:
        row = self.rows.get(deployment_id)
        if row is None:
            return
        self._roll(row)
        row["busy"] = max(row["busy"] - 1, 0)
        row["tpm_used"] += tokens
        if ok:
            row["lat"] = [*row["lat"][-9:], ttft_s if ttft_s is not None else latency_s / max(completion_tokens, 1)]

    def release(self, deployment_id: str) -> None:
        row = self.rows.get(deployment_id)
        if row is not None:
            row["busy"] = max(row["busy"] - 1, 0)

    def cool_down(self, deployment_id: str, seconds: float) -> None:
        if deployment_id in self.rows:
            self.rows[deployment_id]["cool"] = self.clock() + seconds

    def cooling(self) -> list[tuple[str, float]]:
        now = self.clock()
        return [(i, r["cool"] - now) for i, r in self.rows.items() if r["cool"] > now]

    def stats(self, i: str) -> dict[str, Any]:
        row = self.rows[i]
        self._roll(row)
        return {"in_flight": row["busy"], "requests": row["rpm_used"], "tokens": row["tpm_used"]}
