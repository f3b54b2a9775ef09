"""`usage-based-routing-v2`: the deployment with the fewest tokens in this minute."""

from __future__ import annotations

from typing import ClassVar

from litellm.router_strategy.base_routing_strategy import BaseRoutingStrategy


class LowestTPMLoggingHandler_v2(BaseRoutingStrategy):
    """Chooses among the deployments with the fewest tokens in this minute."""

    strategy: ClassVar[str] = "usage-based-routing-v2"
