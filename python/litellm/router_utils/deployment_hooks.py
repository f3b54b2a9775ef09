"""What callbacks do at a chosen deployment: before its request, with its answer, when it failed, after a fallback.

Calls on an event loop only, as the hooks are coroutines.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

from litellm.litellm_core_utils.overridden import Hook, Overrides
from litellm.router_utils.deployments import Row
from litellm.router_utils.effects import Do, Plan
from litellm.types.utils import CallTypes

log = logging.getLogger("litellm.router")

CHECK, BEFORE, REQUEST = "async_pre_call_check", "async_pre_call_deployment_hook", "async_pre_request_hook"
AFTER, FAILED = "async_post_call_success_deployment_hook", "async_post_call_failure_deployment_hook"
LAST_CHUNK = "async_post_call_streaming_deployment_hook"
FELL_BACK = {True: "log_success_fallback_event", False: "log_failure_fallback_event"}
_OTHER_NAMES = {"acreate": "anthropic_messages"}
NAMES = (CHECK, BEFORE, REQUEST, AFTER, FAILED, LAST_CHUNK, *FELL_BACK.values())


class DeploymentHooks:
    """The hooks of the application's callbacks. One that fails is logged, but for those that may refuse a request."""

    def __init__(self, callbacks: Callable[[], Sequence[Any]]) -> None:
        self._overrides = Overrides(callbacks, NAMES)

    @property
    def active(self) -> bool:
        """Whether there are any."""
        return bool(self._overrides.all())

    def _of(self, name: str) -> list[Hook]:
        return self._overrides.all().get(name, [])

    def send(self, function: Callable[..., Any], row: Row, arguments: dict[str, Any], depth: int) -> Plan:
        """Call the SDK's `function` for the deployment of `row`, told of and changed on its way by the hooks."""
        kind = call_type_of(function)
        for hook in self._of(CHECK):
            yield Do(partial(hook, row, None), {})
        for hook in self._of(BEFORE):
            changed = yield Do(partial(hook, dict(arguments), kind), {})
            arguments = arguments if changed is None else changed
        if kind is CallTypes.anthropic_messages:
            for hook in self._of(REQUEST):
                others = {name: value for name, value in arguments.items() if name not in ("model", "messages")}
                changed = yield Do(partial(hook, arguments["model"], arguments["messages"], others), {})
                arguments = arguments if changed is None else {**arguments, **changed}
        try:
            response = yield Do(function, arguments)
        except Exception as error:
            told = MappingProxyType(arguments)
            for hook in self._of(FAILED):
                yield from _told(partial(hook, told, error, kind, fallback_depth=depth or None), {})
            raise
        if not hasattr(response, "__anext__"):
            for hook in self._of(AFTER):
                changed = yield from _told(partial(hook, arguments, response, kind), {})
                response = response if changed is None else changed
        return response

    def fell_back(self, succeeded: bool, group: str, kwargs: Mapping[str, Any], error: Exception) -> Plan:
        """Tell of a fallback of `group`, which had failed with `error`."""
        given = {"original_model_group": group, "kwargs": dict(kwargs), "original_exception": error}
        for hook in self._of(FELL_BACK[succeeded]):
            yield from _told(hook, given)
        return None

    async def chunk(self, function: Callable[..., Any], data: Mapping[str, Any], item: Any) -> Any:
        """A piece of a stream as the hooks leave it, where it is the one that says why the model stopped."""
        hooks = self._of(LAST_CHUNK)
        choices = getattr(item, "choices", None) if hooks else None
        if not choices or not any(getattr(choice, "finish_reason", None) for choice in choices):
            return item
        kind = call_type_of(function)
        for hook in hooks:
            try:
                changed = await hook(request_data=dict(data), response_chunk=item, call_type=kind)
            except Exception:
                log.exception("a callback's hook failed")
                continue
            item = item if changed is None else changed
        return item


def call_type_of(function: Callable[..., Any]) -> CallTypes | None:
    """What hooks are told a function of the SDK is; None for one that has no name there."""
    try:
        name = getattr(function, "__name__", "").removesuffix("_data")
        return CallTypes(_OTHER_NAMES.get(name, name))
    except ValueError:
        return None


def _told(hook: Hook, kwargs: dict[str, Any]) -> Plan:
    try:
        return (yield Do(hook, kwargs))
    except Exception:
        log.exception("a callback's hook failed")
        return None
