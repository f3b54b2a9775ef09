"""`least-busy`: the deployment with the fewest calls under way."""

from __future__ import annotations

from typing import ClassVar

from litellm.router_strategy.base_routing_strategy import BaseRoutingStrategy


class LeastBusyLoggingHandler(BaseRoutingStrategy):
    """Chooses the deployment with the fewest calls under way."""

    strategy: ClassVar[str] = "least-busy"
