"""Parts of upstream's `Router` that have nothing to do here, and why: they can be passed and called all the same."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from litellm.router_utils.base import RouterBase
from litellm.router_utils.function_methods import FunctionMethods
from litellm.types.utils import all_litellm_params

logger = logging.getLogger("LiteLLM Router")
COUNTED = "the router counts each attempt itself, not in a callback"
ALWAYS_THERE = "every endpoint is a method, made with the class"
AT_THE_PICK = "limits are checked when a deployment is picked"
NAMED_IN_THE_CALL = "each call names its provider, or a `model` with the account"

ARGUMENTS_WITHOUT_EFFECT: Mapping[str, str] = {
    "assistants_config": NAMED_IN_THE_CALL,
    "alerting_config": "there is no alerting integration; a callback is told of every failure",
    "client_ttl": "connections are pooled by address and credentials, and closed when they idle",
    "auto_router_capability_limit": "no capability of an auto-router is licensed",
}
SETTINGS_WITHOUT_EFFECT: Mapping[str, str] = {
    "async_only_mode": "no client is made before it is used, so there is none to spare",
    "forward_client_headers_by_model_group": "the gateway forwards them by `model_group_settings`, for every router",
}
METHODS_WITHOUT_EFFECT: Mapping[str, str] = {
    "deployment_callback_on_success": COUNTED,
    "sync_deployment_callback_on_success": COUNTED,
    "async_deployment_callback_on_failure": COUNTED,
    "deployment_callback_on_failure": COUNTED,
    "increment_deployment_usage_for_response": COUNTED,
    "routing_strategy_pre_call_checks": AT_THE_PICK,
    "async_routing_strategy_pre_call_checks": AT_THE_PICK,
    "initialize_router_endpoints": ALWAYS_THERE,
    "initialize_assistants_endpoint": ALWAYS_THERE,
    "arm_routing_read_prefetch": "a pick reads nothing from Redis that could be fetched before",
    "arefresh_model_info": "providers are not asked about their models",
    "get_discovered_model_info": "providers are not asked about their models",
    "replay_model_cost_registrations": "a deployment's prices are read from the deployment",
    "auto_router_capability_violation": "no capability of an auto-router is licensed",
    "apply_default_settings": "no check is on by default",
    "get_model_group_io_token_usage": "input and output tokens are counted together",
    "leastbusy_logger": COUNTED,
    "lowesttpm_logger": COUNTED,
    "tenacity": "retries need no package",
    "default_cache_time_seconds": "each cache has its own time to live",
}


def warn_of(arguments: Mapping[str, Any]) -> None:
    """Log which of the arguments given have no effect."""
    for name, reason in {**ARGUMENTS_WITHOUT_EFFECT, **SETTINGS_WITHOUT_EFFECT}.items():
        if arguments.get(name):
            logger.warning("Router(%s=…) has no effect: %s", name, reason)


class CompatibilityMethods(FunctionMethods, RouterBase):
    """Upstream's methods that have little or nothing to do here; see `METHODS_WITHOUT_EFFECT`."""

    TIER_PARAMS_NEVER_DROPPED = frozenset(all_litellm_params)

    async def deployment_callback_on_success(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do."""

    def sync_deployment_callback_on_success(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do."""

    async def async_deployment_callback_on_failure(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to do."""

    def deployment_callback_on_failure(self, *args: Any, **kwargs: Any) -> bool:
        """Nothing to do; False, as nothing was cooled down here."""
        return False

    async def increment_deployment_usage_for_response(self, response: Any, request_kwargs: Any) -> None:
        """Nothing to do."""

    def routing_strategy_pre_call_checks(self, deployment: Any) -> Any:
        """The deployment."""
        return deployment

    async def async_routing_strategy_pre_call_checks(
        self, deployment: Any, parent_otel_span: Any = None, logging_obj: Any = None
    ) -> Any:
        """The deployment."""
        return deployment

    def initialize_router_endpoints(self) -> None:
        """Nothing to do."""

    def initialize_assistants_endpoint(self) -> None:
        """Nothing to do."""

    def arm_routing_read_prefetch(self, model: str, request_kwargs: Any = None) -> None:
        """Nothing to do."""

    async def arefresh_model_info(self, *, client: Any = None) -> None:
        """Nothing to do."""

    def replay_model_cost_registrations(self) -> None:
        """Nothing to do."""

    def log_retry(self, kwargs: dict[str, Any], e: Exception) -> dict[str, Any]:
        """The arguments, with the failed attempt in `metadata.previous_models`; the last four are kept."""
        name = "litellm_metadata" if "litellm_metadata" in kwargs else "metadata"
        metadata = kwargs.setdefault(name, {})
        record = {
            "model_group": kwargs.get("model"),
            "exception_type": type(e).__name__,
            "exception_string": str(e),
        }
        metadata["previous_models"] = [*(metadata.get("previous_models") or ()), record][-4:]
        return kwargs

    async def async_function_with_fallbacks_common_utils(
        self,
        e: Exception,
        disable_fallbacks: bool | None,
        fallbacks: list[Any] | None,
        context_window_fallbacks: list[Any] | None,
        content_policy_fallbacks: list[Any] | None,
        model_group: str | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        include_fallback_errors: bool = False,
    ) -> Any:
        """What the fallbacks after `e` answer; raises `e` when there are none or all fail."""
        if disable_fallbacks or model_group is None:
            raise e
        lists = {
            "fallbacks": fallbacks,
            "context_window_fallbacks": context_window_fallbacks,
            "content_policy_fallbacks": content_policy_fallbacks,
        }
        given = {name: value for name, value in lists.items() if value is not None}
        return await self._after_failure(e, model_group, {**kwargs, **given})
