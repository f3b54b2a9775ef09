"""What upstream's strategy classes have in common: a choice among deployments, fed by the events of calls.

The router itself does not use them. They are for applications that choose among deployments of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from litellm.integrations.custom_logger import CustomLogger
from litellm.router_utils.deployments import Row
from litellm.router_utils.response_headers import usage_of
from litellm.router_utils.routing_core import RoutingCore
from litellm.router_utils.settings import RouterSettings


def _model_id(kwargs: Mapping[str, Any]) -> str | None:
    info = (kwargs.get("litellm_params") or {}).get("model_info") or kwargs.get("model_info") or {}
    return None if info.get("id") is None else str(info["id"])


def _seconds(start: Any, end: Any) -> float:
    spent = end - start if isinstance(start, (datetime, int, float)) else 0.0
    return float(spent.total_seconds() if hasattr(spent, "total_seconds") else spent)


class BaseRoutingStrategy(CustomLogger):
    """One strategy over deployments that are given with each question.

    `routing_args` are the `routing_strategy_args` of the router. Safe between threads.
    """

    strategy: ClassVar[str] = "simple-shuffle"

    def __init__(self, router_cache: Any = None, routing_args: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.router_cache = router_cache
        settings = RouterSettings(routing_strategy=self.strategy, routing_strategy_args=dict(routing_args or {}))
        self._core = RoutingCore(self._costs, settings)
        self._known: dict[str, Row] = {}

    @staticmethod
    def _costs(row: Row) -> tuple[float | None, float | None]:
        params = row["litellm_params"]
        return params.get("input_cost_per_token"), params.get("output_cost_per_token")

    def _learn(self, group: str, rows: Sequence[Row]) -> None:
        for row in rows:
            model_id = row["model_info"]["id"]
            known = self._known.get(model_id)
            if known is None or known["litellm_params"] != row["litellm_params"] or known["model_name"] != group:
                if known is not None:
                    self._core.remove(known)
                self._known[model_id] = {**row, "model_name": group}
                self._core.add(self._known[model_id])

    def get_available_deployments(
        self,
        model_group: str,
        healthy_deployments: Sequence[Row],
        messages: Any = None,
        input: Any = None,
        request_kwargs: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> Row | None:
        """The deployment to use, or None when the limits of all are used up."""
        self._learn(model_group, healthy_deployments)
        rows = {row["model_info"]["id"]: row for row in healthy_deployments}
        others = {key for key, row in self._known.items() if row["model_name"] == model_group} - rows.keys()
        stream = bool((request_kwargs or {}).get("stream"))
        chosen = self._core.pick(model_group, self.strategy, others, stream=stream, reserve=False)
        return None if chosen is None else rows[chosen]

    async def async_get_available_deployments(
        self, model_group: str, healthy_deployments: Sequence[Row], *args: Any, **kwargs: Any
    ) -> Row | None:
        """As `get_available_deployments`."""
        return self.get_available_deployments(model_group, healthy_deployments, *args, **kwargs)

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        """Count a call as begun."""
        model_id = _model_id(kwargs)
        if model_id in self._known:
            self._core.begin(model_id)

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Count a call as answered."""
        model_id = _model_id(kwargs)
        if model_id in self._known:
            tokens, completion = usage_of(response_obj)
            self._core.report(
                model_id, ok=True, latency_s=_seconds(start_time, end_time), tokens=tokens, completion_tokens=completion
            )

    def log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """Count a call as failed."""
        model_id = _model_id(kwargs)
        if model_id in self._known:
            timed_out = getattr(kwargs.get("exception"), "status_code", None) == 408
            self._core.report(model_id, ok=False, latency_s=_seconds(start_time, end_time), timed_out=timed_out)

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """As `log_success_event`."""
        self.log_success_event(kwargs, response_obj, start_time, end_time)

    async def async_log_failure_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        """As `log_failure_event`."""
        self.log_failure_event(kwargs, response_obj, start_time, end_time)
