"""How many requests are being answered."""

from __future__ import annotations


class InFlight:
    """A number of this process."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0
