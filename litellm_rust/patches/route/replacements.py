"""What takes the place of a router's `acompletion`."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.arguments import BODY_PARAMETERS
from litellm_rust.patches.call.exchange import CURRENT
from litellm_rust.patches.call.replacements import service
from litellm_rust.patches.call.service import Service, encoded
from litellm_rust.patches.patch import Function
from litellm_rust.patches.route.call import FORCED, WATCHED, RouterPlan, Unexplained, Watched
from litellm_rust.patches.route.group import Group, Groups
from litellm_rust.patches.route.methods import Methods

FEATURE: Final = "router"
_ROUTER: Final = "litellm.router"
_metrics: Final = feature_metrics(FEATURE)


@functools.cache
def groups() -> Groups:
    """The groups of all routers, shared by every function; made when the first of them is put in."""
    return Groups(Methods(sys.modules[_ROUTER].Router))


class RouterCalls:
    """The plans of all routers, by model group and arguments."""

    def __init__(self, calls: Service) -> None:
        self.calls = calls
        self._plans: WeakKeyDictionary[Any, dict[tuple[str, ...], RouterPlan | str]] = WeakKeyDictionary()
        self.is_logged: Callable[[int], bool] = sys.modules["litellm._logging"].verbose_router_logger.isEnabledFor

    def refusal(self, kwargs: Mapping[str, Any]) -> str | None:
        """Why a router's call is upstream's; None when it may be native."""
        if not BODY_PARAMETERS.issuperset(kwargs):
            return "an argument of the router"
        if self.calls.state.busy() is not None:
            return "callbacks or settings of the process"
        if self.is_logged(logging.INFO) or CURRENT.get() is not None or WATCHED.get() is not None:
            return "logged, or inside another call"
        return None

    def plans(self, router: Any) -> dict[tuple[str, ...], RouterPlan | str]:
        """The plans of `router`."""
        plans = self._plans.get(router)
        if plans is None:
            plans = self._plans[router] = {}
        return plans

    def learn(
        self, router: Any, key: tuple[str, ...], watched: Watched, outer: Mapping[str, Any], response: Any
    ) -> None:
        """Learn from a call that upstream served."""
        if type(response).__name__ != "ModelResponse" or not watched.calls:
            return
        chosen = (watched.calls[0].get("model_info") or {}).get("id")
        for deployment in router.model_list:
            if deployment["model_info"]["id"] == chosen:
                try:
                    self.plans(router)[key] = RouterPlan(watched, outer, deployment, response)
                except Unexplained as reason:
                    self.plans(router)[key] = str(reason)


@functools.cache
def router_calls() -> RouterCalls:
    """The calls of all routers."""
    return RouterCalls(service())


def router_acompletion(original: Function, owner: Any) -> Function:
    groups()

    async def acompletion(self: Any, model: Any, messages: Any, stream: Any = False, **kwargs: Any) -> Any:
        calls = router_calls()
        refusal = "streaming" if stream else calls.refusal(kwargs)
        group = groups().get(self, model, for_call=True) if refusal is None and type(model) is str else refusal
        if not isinstance(group, Group) or group.limited or not group.shuffled:
            _metrics.fallback("limits or a strategy" if isinstance(group, Group) else group or "no model")
            return await original(self, model, messages, stream, **kwargs)
        key = (model, *sorted(kwargs))
        plan = calls.plans(self).get(key)
        outer = {**kwargs, "messages": messages}
        if plan is None:
            watched = Watched()
            token = WATCHED.set(watched)
            try:
                response = await original(self, model, messages, stream, **kwargs)
            finally:
                WATCHED.reset(token)
            calls.learn(self, key, watched, outer, response)
            return response
        deployment = None if isinstance(plan, str) else group.pick()
        if isinstance(plan, str) or deployment is None or not plan.fits(deployment):
            _metrics.fallback(plan if isinstance(plan, str) else "no deployment that fits")
            return await original(self, model, messages, stream, **kwargs)
        return await _serve(
            calls.calls,
            self,
            plan,
            deployment,
            plan.inner(outer, deployment),
            lambda: original(self, model, messages, stream, **kwargs),
        )

    return acompletion


async def _serve(
    calls: Service, router: Any, plan: RouterPlan, deployment: dict[str, Any], inner: dict[str, Any], original: Any
) -> Any:
    """One call of `deployment`; upstream goes on where it does not succeed, as if it had chosen and called itself."""
    call = calls.admit((), inner, "async")
    sent = None if call is None else calls.plan(call)
    content = None if call is None or sent is None else encoded(sent, call)
    if call is None or sent is None or content is None:
        return await original()
    outcome = await calls.send_async(call, sent, content)
    response = outcome.response
    if response is None:
        exchange, forced = CURRENT.set(calls.hand_over(outcome)), FORCED.set([deployment])
        try:
            response = await original()
        finally:
            FORCED.reset(forced)
            CURRENT.reset(exchange)
        calls.learn_more(sent, call, outcome, response)
        return response
    model = deployment["litellm_params"]["model"]
    router.total_calls[model] += 1
    router.success_calls[model] += 1
    calls.report(call, response, is_async=True)
    response._hidden_params["additional_headers"].update(plan.headers)
    _metrics.native.add()
    return response
