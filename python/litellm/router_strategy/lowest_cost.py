"""`cost-based-routing`: the cheapest deployment that is below its limits."""

from __future__ import annotations

from typing import ClassVar

from litellm.router_strategy.base_routing_strategy import BaseRoutingStrategy


class LowestCostLoggingHandler(BaseRoutingStrategy):
    """Chooses the cheapest deployment that is below its limits."""

    strategy: ClassVar[str] = "cost-based-routing"
