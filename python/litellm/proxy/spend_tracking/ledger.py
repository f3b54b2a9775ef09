"""Reservations and settlements."""

from __future__ import annotations

from typing import Any

from litellm.proxy._types import UserAPIKeyAuth


class Reservation:
    """What a request has reserved."""

    def progress(self, pico: int) -> None:
        """What it has cost so far."""

    async def settle(self, usage: Any, cost_pico: int, status: str = "success", **details: Any) -> None:
        """What it has cost in the end."""


class Ledger:
    """A ledger that keeps nothing."""

    async def start(self) -> None:
        """Open."""

    async def stop(self) -> None:
        """Close."""

    async def is_connected(self) -> bool:
        """Whether the database answers."""
        return True

    async def reserve(self, auth: UserAPIKeyAuth, request_id: str, model: str, estimate_pico: int) -> Reservation:
        """Reserve."""
        return Reservation()
