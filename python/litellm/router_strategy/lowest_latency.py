"""`latency-based-routing`: the deployment that answered fastest lately."""

from __future__ import annotations

from typing import ClassVar

from litellm.router_strategy.base_routing_strategy import BaseRoutingStrategy


class LowestLatencyLoggingHandler(BaseRoutingStrategy):
    """Chooses among the deployments that answered fastest lately.

    `routing_args`: `ttl`, `lowest_latency_buffer`, `max_latency_list_size`, `ttft_percentile`.
    """

    strategy: ClassVar[str] = "latency-based-routing"
