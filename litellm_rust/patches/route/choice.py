"""What takes the place of a router's choice of a deployment, and of its list of healthy ones."""

from __future__ import annotations

import functools
import logging
import operator
import sys
from collections.abc import Callable
from typing import Any, Final

from litellm_rust import shadow
from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.arguments import BODY_PARAMETERS
from litellm_rust.patches.patch import Function
from litellm_rust.patches.route.call import FORCED
from litellm_rust.patches.route.group import Group
from litellm_rust.patches.route.replacements import groups, router_calls

_metrics: Final = feature_metrics("router")
_SHUFFLE: Final = "simple-shuffle"
# Of upstream's function that chooses by another strategy, for blocking calls.
_CHOOSER: Final = (
    "self",
    "strategy",
    "selector",
    "model",
    "healthy_deployments",
    "messages",
    "input",
    "request_kwargs",
)
# Arguments of a request that have no say in the choice.
_NEUTRAL: Final = BODY_PARAMETERS | {
    "model",
    "messages",
    "stream",
    "metadata",
    "litellm_trace_id",
    "litellm_call_id",
    "original_function",
    "num_retries",
    "_context_compaction_state",
    "_mid_stream_fallback_controls",
    "attempted_targets",
}


def _pick(router: Any, model: Any, request: Any, specific: Any) -> Any:
    """A deployment chosen natively, None when upstream has to choose."""
    forced = FORCED.get()
    if forced:
        return forced.pop()
    if specific or type(model) is not str or (request is not None and not _NEUTRAL.issuperset(request)):
        _metrics.fallback("a request with a say in the choice")
        return None
    calls = router_calls()
    busy = calls.calls.state.busy()
    group = groups().get(router, model) if busy is None else busy
    if not isinstance(group, Group) or calls.is_logged(logging.INFO):
        _metrics.fallback(group if isinstance(group, str) else "logged")
        return None
    chosen = group.pick()
    if chosen is not None:
        _metrics.native.add()
    return chosen


@functools.cache
def _filters(kind: Any) -> bool:
    """Whether callbacks of this class have a say in which deployments are healthy."""
    base = getattr(sys.modules.get("litellm.integrations.custom_logger"), "CustomLogger", None)
    if base is None or not issubclass(kind, base):
        return False
    return getattr(kind, "async_filter_deployments", None) is not vars(base).get("async_filter_deployments")


def _find_healthy(router: Any, model: Any, request: Any, specific: Any) -> list[dict[str, Any]] | None:
    """The deployments of a group that are not cooling down; None when upstream has to find them."""
    if specific or type(model) is not str or (request is not None and not _NEUTRAL.issuperset(request)):
        return None
    callbacks = sys.modules["litellm"].callbacks
    kinds: list[Any] = [type(callback) for callback in callbacks]
    if any(map(_filters, kinds)) or router_calls().is_logged(logging.INFO):
        return None
    group = groups().get(router, model)
    return (group.healthy() or None) if isinstance(group, Group) else None


def _healthy(router: Any, model: Any, request: Any, specific: Any) -> list[dict[str, Any]] | None:
    """The same, counted."""
    found = _find_healthy(router, model, request, specific)
    if found is not None:
        _metrics.native.add()
    return found


def _parameters(function: Any) -> tuple[str, ...]:
    """The names of a function's parameters, () for anything else."""
    code = getattr(function, "__code__", None)
    return () if code is None else code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _strategy(owner: Any) -> Callable[[Any, dict[str, Any]], Any] | None:
    """Chooses among `asked["healthy_deployments"]` as upstream's other strategies do; None where upstream differs."""
    context = _parameters(vars(owner).get("_get_routing_context"))
    if _parameters(vars(owner).get("_select_deployment_sync")) != _CHOOSER or context[:2] != ("self", "model"):
        return None
    by_request = "request_kwargs" in context
    checks = hasattr(owner, "_override_selector_pre_call_check")

    def choose(router: Any, asked: dict[str, Any]) -> Any:
        request = (asked["request_kwargs"],) if by_request else ()
        strategy, selector = router._get_routing_context(asked["model"], *request)
        chosen = router._select_deployment_sync(strategy=strategy, selector=selector, **asked)
        if chosen is not None and checks:
            router._override_selector_pre_call_check(strategy, selector, chosen)
        return chosen

    return choose


def get_available(original: Function, owner: Any) -> Function:
    by_strategy = _strategy(owner)

    def get_available_deployment(
        self: Any,
        model: Any,
        messages: Any = None,
        input: Any = None,
        specific_deployment: Any = False,
        request_kwargs: Any = None,
    ) -> Any:
        chosen = _pick(self, model, request_kwargs, specific_deployment)
        if chosen is None and by_strategy is not None and getattr(self, "routing_strategy", None) != _SHUFFLE:
            healthy = _healthy(self, model, request_kwargs, specific_deployment)
            asked = {"model": model, "messages": messages, "input": input, "request_kwargs": request_kwargs}
            chosen = None if healthy is None else by_strategy(self, {**asked, "healthy_deployments": healthy})
        if chosen is not None:
            return chosen
        return original(self, model, messages, input, specific_deployment, request_kwargs)

    return get_available_deployment


def _async_choice(find: Callable[[Any, Any, Any, Any], Any], original: Function) -> Function:
    """`original`, asked only when `find(router, model, request, specific)` gives None."""

    async def choose(
        self: Any,
        model: Any,
        request_kwargs: Any,
        messages: Any = None,
        input: Any = None,
        specific_deployment: Any = False,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        found = find(self, model, request_kwargs, specific_deployment)
        if found is not None:
            return found
        return await original(self, model, request_kwargs, messages, input, specific_deployment, *args, **kwargs)

    return choose


def async_get_available(original: Function, owner: Any) -> Function:
    return _async_choice(_pick, original)


def async_get_healthy(original: Function, owner: Any) -> Function:
    return _async_choice(_healthy, original)


def async_get_healthy_compared(original: Function, owner: Any) -> Function:
    """As `async_get_healthy`, in shadow. Upstream takes entries out of the request, so the native side looks first."""

    async def async_get_healthy_deployments(
        self: Any,
        model: Any,
        request_kwargs: Any,
        messages: Any = None,
        input: Any = None,
        specific_deployment: Any = False,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        mine = _find_healthy(self, model, request_kwargs, specific_deployment)
        theirs = await original(self, model, request_kwargs, messages, input, specific_deployment, *args, **kwargs)
        if mine is not None:
            shadow.report("router", "the healthy deployments", (theirs, None), (mine, None), operator.eq)
        return theirs

    return async_get_healthy_deployments
