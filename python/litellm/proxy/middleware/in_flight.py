"""How many requests are being answered."""

from __future__ import annotations


class InFlight:
    """Numbers of this process: `queued` wait for their turn, `rejected` found no place."""

    __slots__ = ("count", "queued", "rejected")

    def __init__(self) -> None:
        self.count = self.queued = self.rejected = 0
