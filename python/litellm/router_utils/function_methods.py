"""`Router`'s methods that run a function of the application's with the router's retries, fallbacks and headers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from litellm.router_strategy.simple_shuffle import simple_shuffle
from litellm.router_utils import fallbacks
from litellm.router_utils.base import RouterBase
from litellm.router_utils.call import Endpoint
from litellm.router_utils.effects import Do, Plan, Sleep, run_async, run_sync
from litellm.router_utils.get_retry_from_policy import get_num_retries_from_retry_policy, retry_delay_s, should_retry
from litellm.router_utils.response_headers import hidden_params
from litellm.router_utils.streaming import routed_stream

ROUTER_ARGUMENTS = ("original_function", "original_generic_function", "num_retries", "fallbacks", "mock_timeout")


class FunctionMethods(RouterBase):
    """Functions that take a `model`, run as the router's own endpoints are."""

    guardrail_list: Any = None

    def factory_function(self, original_function: Callable[..., Any], call_type: str = "assistants") -> Any:
        """An endpoint of the router that calls `original_function` with a deployment of its `model`."""
        if inspect.iscoroutinefunction(original_function):

            async def routed(model: str | None = None, **kwargs: Any) -> Any:
                if model is None:
                    return await original_function(**kwargs)
                call = self._call(Endpoint(original_function, True, "litellm_metadata"), kwargs)
                plan = call.plan(model)
                result, done = await run_async(plan)
                return result if done else routed_stream(call, plan, result)

            return routed

        def routed_blocking(model: str | None = None, **kwargs: Any) -> Any:
            if model is None:
                return original_function(**kwargs)
            call = self._call(Endpoint(original_function, False, "litellm_metadata", False), kwargs)
            plan = call.plan(model)
            result, done = run_sync(plan)
            return result if done else routed_stream(call, plan, result)

        return routed_blocking

    def _retried(self, model: str, kwargs: dict[str, Any]) -> Plan:
        """Call the function until it succeeds, or the retries are used up."""
        function = kwargs["original_function"]
        own = {name: value for name, value in kwargs.items() if name not in ROUTER_ARGUMENTS}
        if "original_generic_function" in kwargs:
            own["original_generic_function"] = kwargs["original_generic_function"]
        given, retries = kwargs.get("num_retries"), 0
        limit = self.settings.num_retries if given is None else int(given)
        while True:
            try:
                return (yield Do(function, {**own, "model": model}))
            except Exception as error:
                by_policy = get_num_retries_from_retry_policy(
                    error, self.settings.retry_policy, model, self.settings.model_group_retry_policy
                )
                limit = limit if by_policy is None else by_policy
                size = len(self._selector.candidates(model, kwargs))
                if retries >= limit or not should_retry(error, size.__int__, size, False):
                    raise
                yield Sleep(retry_delay_s(error, retries, False, self.settings.retry_after, lambda: 0.5))
                retries += 1

    def _fallen_back(self, model: str, kwargs: dict[str, Any]) -> Plan:
        """`_retried` on `model`, then on its fallbacks; raises the first error when all fail."""
        try:
            return (yield from self._retried(model, kwargs))
        except Exception as error:
            if kwargs.get("disable_fallbacks"):
                raise
            first = error
        return (yield from self._instead(first, model, kwargs))

    def _instead(self, first: Exception, model: str, kwargs: dict[str, Any]) -> Plan:
        """What a fallback of `model` answers after `first`; raises `first` when none does."""
        for target in fallbacks.for_error(first, model, kwargs, self.settings)[: self.settings.max_fallbacks]:
            name, changes = (target["model"], target) if isinstance(target, dict) else (target, {})
            try:
                return (yield from self._retried(name, {**kwargs, **changes}))
            except Exception:  # noqa: BLE001 - the next target is tried, and the first error is raised
                continue
        raise first

    async def _after_failure(self, error: Exception, model: str, kwargs: dict[str, Any]) -> Any:
        return (await run_async(self._instead(error, model, kwargs)))[0]

    def function_with_fallbacks(self, *args: Any, **kwargs: Any) -> Any:
        """Call `original_function(model=…, …)` with the router's retries, then with each fallback's model."""
        return run_sync(self._fallen_back(kwargs.pop("model"), kwargs))[0]

    async def async_function_with_fallbacks(self, *args: Any, **kwargs: Any) -> Any:
        """As `function_with_fallbacks`, for a coroutine function."""
        return (await run_async(self._fallen_back(kwargs.pop("model"), kwargs)))[0]

    async def async_function_with_retries(self, *args: Any, **kwargs: Any) -> Any:
        """Call the coroutine function `original_function(model=…, …)` with the router's retries."""
        return (await run_async(self._retried(kwargs.pop("model"), kwargs)))[0]

    async def make_call(self, original_function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function and add the router's headers to what it returns."""
        response = original_function(*args, **kwargs)
        if inspect.isawaitable(response):
            response = await response
        return await self.set_response_headers(response, kwargs.get("model"), kwargs)

    async def set_response_headers(
        self, response: Any, model_group: str | None = None, request_kwargs: dict[str, Any] | None = None
    ) -> Any:
        """The response with the `x-ratelimit-*` headers of its model group in its `_hidden_params`."""
        hidden = None if model_group is None else hidden_params(response)
        if hidden is not None and model_group is not None:
            group = self._store.group_of(model_group) or model_group
            headers = {"x-litellm-model-group": model_group, **self._limits_of(group)}
            hidden["additional_headers"] = {**(hidden.get("additional_headers") or {}), **headers}
        return response

    # Guardrails

    def get_available_guardrail(self, guardrail_name: str) -> Any:
        """One of `guardrail_list` of this name, by `weight`. Raises ValueError when there is none."""
        found = [each for each in self.guardrail_list or () if each.get("guardrail_name") == guardrail_name]
        if not found:
            raise ValueError(f"guardrail_list: no guardrail {guardrail_name!r}")
        return simple_shuffle(self._store.alias_of, found, guardrail_name)

    async def aguardrail(self, guardrail_name: str, original_function: Callable[..., Any], **kwargs: Any) -> Any:
        """Call `original_function(selected_guardrail=…, …)` with a guardrail of this name; retried like any call."""

        async def guarded(model: str, **arguments: Any) -> Any:
            return await original_function(selected_guardrail=self.get_available_guardrail(model), **arguments)

        return await self.async_function_with_fallbacks(model=guardrail_name, original_function=guarded, **kwargs)
