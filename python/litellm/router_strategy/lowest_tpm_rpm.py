"""`usage-based-routing`: the deployment with the fewest tokens in this minute."""

from __future__ import annotations

from typing import ClassVar

from litellm.router_strategy.base_routing_strategy import BaseRoutingStrategy


class LowestTPMLoggingHandler(BaseRoutingStrategy):
    """Chooses the deployment with the fewest tokens in this minute."""

    strategy: ClassVar[str] = "usage-based-routing"
