"""What billing counts, for `/health/readiness` and in Prometheus' text format."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from moneta.errors import MonetaError
from moneta.outbox import Counts

_HELP = {
    "events_delivered_total": ("counter", "Usage events that Lago has taken."),
    "events_refused_total": ("counter", "Usage events that became dead letters."),
    "send_failures_total": ("counter", "Requests to Lago that failed and are made again."),
    "events_waiting": ("gauge", "Usage events in the outbox that Lago does not have yet."),
    "dead_letters": ("gauge", "Usage events that wait for `litellm moneta replay`."),
    "oldest_waiting_seconds": ("gauge", "Age of the oldest event in the outbox."),
    "calls_refused_total": ("counter", "Calls that were answered 402."),
    "calls_unavailable_total": ("counter", "Calls that were answered 503 because Lago is away (fail_closed)."),
    "calls_unchecked_total": ("counter", "Calls that were let through unchecked because Lago is away (fail_open)."),
    "calls_unmapped_total": ("counter", "Calls that nobody is billed for."),
    "lago_up": ("gauge", "1 while the last request to Lago was answered."),
}


@dataclass(slots=True)
class Metrics:
    """Counters of this process since its start, and what the outbox held when it was last looked at."""

    delivered: int = 0
    refused: int = 0
    failures: int = 0
    waiting: int = 0
    dead: int = 0
    oldest: float | None = None
    calls_refused: int = 0
    calls_unavailable: int = 0
    calls_unchecked: int = 0
    calls_unmapped: int = 0
    last_error: str = ""
    up: bool = True

    def lago_answers(self) -> None:
        """A request to Lago was answered."""
        self.up, self.last_error = True, ""

    def lago_fails(self, error: MonetaError) -> None:
        """A request to Lago failed."""
        self.failures += 1
        self.up, self.last_error = False, str(error)

    def count(self, counts: Counts) -> None:
        """What the outbox holds now."""
        self.waiting, self.dead, self.oldest = counts.waiting, counts.dead, counts.oldest

    def _age(self) -> float:
        return 0.0 if self.oldest is None else max(0.0, round(time.time() - self.oldest, 1))

    def report(self, mode: str) -> dict[str, Any]:
        """For `/health/readiness`."""
        return {
            "lago": "connected" if self.up else "unavailable", "last_error": self.last_error or None,
            "when_unavailable": mode, "events_waiting": self.waiting,
            "oldest_waiting_seconds": self._age(), "dead_letters": self.dead,
        }  # fmt: skip

    def text(self) -> str:
        """In Prometheus' text format."""
        return "".join(self._lines())

    def _lines(self) -> Iterator[str]:
        values = {
            "events_delivered_total": self.delivered, "events_refused_total": self.refused,
            "send_failures_total": self.failures, "events_waiting": self.waiting, "dead_letters": self.dead,
            "oldest_waiting_seconds": self._age(), "calls_refused_total": self.calls_refused,
            "calls_unavailable_total": self.calls_unavailable, "calls_unchecked_total": self.calls_unchecked,
            "calls_unmapped_total": self.calls_unmapped, "lago_up": int(self.up),
        }  # fmt: skip
        for name, (kind, text) in _HELP.items():
            yield f"# HELP litellm_moneta_{name} {text}\n# TYPE litellm_moneta_{name} {kind}\n"
            yield f"litellm_moneta_{name} {values[name]}\n"
