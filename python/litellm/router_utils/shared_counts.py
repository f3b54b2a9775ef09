"""What one process has used of a deployment, and what is to be thought of the others while Redis is away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Counts = tuple[int, int, int]
REQUESTS, TOKENS, IN_FLIGHT = range(3)
NAMES = ("requests", "tokens", "parallel")


@dataclass(slots=True)
class Own:
    """Requests and tokens of a minute, and requests in flight, of one deployment in this process.

    `pending` of the requests are still being asked for. `others` is what the other processes had when Redis last
    answered, and `answered` what this one had then.
    """

    minute: int = 0
    requests: int = 0
    tokens: int = 0
    in_flight: int = 0
    pending: int = 0
    others: Counts = (0, 0, 0)
    answered: Counts = (0, 0, 0)
    told_at: float = 0.0
    changed: bool = False

    @property
    def counts(self) -> Counts:
        """(requests, tokens, in flight)."""
        return self.requests, self.tokens, self.in_flight

    def roll(self, minute: int) -> None:
        """Begin anew in another minute; what is being asked for belongs to it."""
        if minute != self.minute:
            self.minute, self.requests, self.tokens = minute, self.pending, 0
            self.others, self.answered = (0, 0, self.others[IN_FLIGHT]), (0, 0, self.answered[IN_FLIGHT])

    def begin(self) -> None:
        """Count an attempt that is yet to be allowed."""
        self.requests += 1
        self.in_flight += 1
        self.pending += 1
        self.changed = True

    def allowed(self) -> None:
        """The attempt that was counted may go on."""
        self.pending -= 1

    def refused(self) -> None:
        """The attempt that was counted does not take place."""
        self.pending -= 1
        self.requests = max(self.requests - 1, 0)
        self.end(0)

    def end(self, tokens: int) -> None:
        """An attempt is over; it took `tokens`."""
        self.in_flight = max(self.in_flight - 1, 0)
        self.tokens += tokens
        self.changed = True

    def heard(self, others: Counts) -> None:
        """Take in what the other processes have."""
        self.others, self.answered = others, self.counts

    def refusal_alone(self, limits: Sequence[int | None], tokens: int, processes: int) -> str | None:
        """Which limit refuses the attempt that was counted, when Redis cannot say; None when none does.

        Each of the other processes is taken to have begun as much as this one since Redis last answered.
        """
        needed = (0, max(tokens, 1), 0)
        for index, limit in enumerate(limits):
            if limit is None:
                continue
            since = self.counts[index] - self.answered[index]
            used = self.others[index] + self.answered[index] + max(processes, 1) * max(since, 0) + needed[index]
            if used > limit and not (index == IN_FLIGHT and self.in_flight <= limit // max(processes, 1)):
                return NAMES[index]
        return None

    def is_idle(self, minute: int) -> bool:
        """Whether nothing would be lost by forgetting it."""
        return not self.changed and self.in_flight == 0 and self.pending == 0 and self.minute < minute
