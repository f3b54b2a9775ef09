"""What happens around a pick: plugins and callbacks narrow the deployments before it, and follow-ups are remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from litellm.integrations.custom_logger import CustomLogger
from litellm.router_strategy.budget_limiter import RouterBudgetLimiting
from litellm.router_utils.ask import METADATA_NAMES, Ask, ids_of
from litellm.router_utils.deployment_hooks import DeploymentHooks
from litellm.router_utils.deployments import Row
from litellm.router_utils.effects import Do, Plan
from litellm.router_utils.pre_call_checks.deployment_affinity_check import DeploymentAffinity
from litellm.router_utils.selection import Selector
from litellm.router_utils.sub_routers import SubRouters
from litellm.types.router import RoutingContext


class Chooser:
    """Picks a deployment, with all that may have to be waited for. `callbacks()` are the application's callbacks."""

    def __init__(
        self,
        selector: Selector,
        affinity: DeploymentAffinity,
        budgets: RouterBudgetLimiting,
        sub_routers: SubRouters,
        plugins: Sequence[Any] = (),
        callbacks: Callable[[], Sequence[Any]] = tuple,
    ) -> None:
        self.selector, self.affinity, self.budgets, self.sub_routers = selector, affinity, budgets, sub_routers
        self.plugins, self._callbacks = list(plugins), callbacks
        self.hooks = DeploymentHooks(callbacks)
        self._version, self._idle = -1, False

    @property
    def is_idle(self) -> bool:
        """Whether a pick is all there is to a choice, callbacks aside."""
        version = self.selector.version
        if version != self._version:
            self._version = version
            self._idle = not (self.plugins or self.sub_routers.is_on or self.affinity.active)
        return self._idle and not self.budgets.is_active

    @property
    def has_hooks(self) -> bool:
        """Whether a callback wants to narrow the deployments, or has hooks of what is done at one."""
        callbacks = self._callbacks()
        return bool(callbacks) and (self.hooks.active or any(map(_filters, callbacks)))

    def route(self, ask: Ask) -> Plan:
        """What a sub-router decides for `ask`, where its model is one: a `PreRoutingHookResponse`, or None."""
        return (yield from self.sub_routers.route(self.selector.pool(ask.model, ask.kwargs), ask))

    def prepare(self, ask: Ask) -> Plan:
        """Let plugins and callbacks narrow what `ask` may be answered by. Raises ValueError when they leave nothing."""
        if self.budgets.is_active:
            yield from self.budgets.share(self.selector.candidates(ask.model, ask.kwargs), ask.kwargs, ask.asynchronous)
        if self.plugins:
            yield from self._ask_plugins(ask)
        if ask.asynchronous:
            yield from self.ask_callbacks(ask)
        if self.affinity.active and (pool := self.selector.pool(ask.model, ask.kwargs)) is not None:
            ask.pins = yield from self.affinity.find(pool, ask)
        return None

    def ask_callbacks(self, ask: Ask) -> Plan:
        """Let the application's callbacks narrow what `ask` may be answered by."""
        for callback in self._callbacks():
            if _filters(callback):
                yield from self._ask_callback(ask, callback)
        return None

    def chosen(self, ask: Ask, row: Row) -> Plan:
        """Remember which deployment was chosen, where follow-ups are to go to it as well."""
        if self.affinity.active and (pool := self.selector.pool(ask.model, ask.kwargs)) is not None:
            yield from self.affinity.chosen(pool, ask, row)
        return None

    def answered(self, ask: Ask, row: Row) -> Plan:
        """Remember which deployment answered, where its provider keeps the prompt."""
        if self.affinity.active and (pool := self.selector.pool(ask.model, ask.kwargs)) is not None:
            yield from self.affinity.answered(pool, ask, row)
        return None

    def paid(self, ask: Ask, row: Row) -> Plan:
        """Tell the other processes what an answer cost."""
        if self.budgets.is_active:
            yield from self.budgets.share([row], ask.kwargs, ask.asynchronous)
        return None

    def _ask_plugins(self, ask: Ask) -> Plan:
        rows = self.selector.candidates(ask.model, ask.kwargs)
        models = [row["litellm_params"]["model"] for row in rows]
        metadata: dict[str, Any] = next(
            (ask.kwargs[name] for name in METADATA_NAMES if isinstance(ask.kwargs.get(name), dict)), {}
        )
        messages = [dict(message) for message in ask.messages or ()]
        context = RoutingContext(
            raw_messages=messages, structured_messages=messages, candidate_models=list(models), metadata=metadata
        )
        for plugin in self.plugins:
            context = yield Do(plugin.run, {"context": context})
        metadata["routing_plugin_signals"] = context.signals
        left = set(context.candidate_models)
        if left.issuperset(models):
            return None
        ask.only = {row["model_info"]["id"] for row in rows if row["litellm_params"]["model"] in left}
        if not ask.only:
            raise ValueError(f"plugins leave no deployment of {ask.model}: candidate_models={sorted(left)}")
        return None

    def _ask_callback(self, ask: Ask, callback: CustomLogger) -> Plan:
        rows: list[Row] = self.selector.usable(ask)
        left = yield Do(
            callback.async_filter_deployments,
            {
                "model": ask.model,
                "healthy_deployments": rows,
                "messages": ask.messages,
                "request_kwargs": ask.kwargs,
                "parent_otel_span": None,
            },
        )
        if len(left) < len(rows):
            ask.only = ids_of(left)
        return None


def _filters(callback: Any) -> bool:
    """Whether a callback wants to narrow the deployments."""
    return (
        isinstance(callback, CustomLogger)
        and type(callback).async_filter_deployments is not CustomLogger.async_filter_deployments
    )
