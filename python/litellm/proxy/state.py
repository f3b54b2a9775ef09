"""Everything that lives as long as the gateway: made at its start, handed to each endpoint, closed at its end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from litellm.proxy.config.settings import ProxyConfig
from litellm.proxy.spend_tracking.ledger import Ledger

if TYPE_CHECKING:
    from litellm import Router


@dataclass(slots=True)
class GatewayState:
    """The gateway's parts."""

    config: ProxyConfig
    master_key: str
    router: Router
    ledger: Ledger
    draining: bool = False
    settlements: set[asyncio.Task[None]] = field(default_factory=set)
    """Settlements under way; the drain waits for them."""

    def settle_later(self, task: asyncio.Task[None]) -> None:
        """Keep `task` until it has ended, so that neither a gone client nor the collector cuts it off."""
        self.settlements.add(task)
        task.add_done_callback(self.settlements.discard)
