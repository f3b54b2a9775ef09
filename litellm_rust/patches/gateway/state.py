"""What of the proxy's state a native request depends on: either it is idle, or it is part of the key."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from litellm_rust import flags
from litellm_rust.patches.call.router_callbacks import RouterCallbacks
from litellm_rust.patches.call.state import GlobalState

# Parts of the proxy that need its own path; each is off while the attribute of its module is falsy or absent.
_IDLE: Final = (
    "prisma_client",
    "user_custom_auth",
    "user_custom_sso",
    "user_model",
    "user_temperature",
    "user_request_timeout",
    "user_max_tokens",
    "user_api_base",
    "redis_usage_cache",
    "open_telemetry_logger",
    "user_debug",
    "custom_db_client",
)
# General settings under which requests of a caller without limits are all alike.
_SETTINGS: Final = frozenset({"master_key", "store_model_in_db", "database_url", "port", "host", "num_workers"})
# Callbacks that every proxy registers. They act on keys, users and teams with limits, on sessions, on other endpoints
# and on requests that ask for them: none of it is in a native request.
_HOOKS: Final = frozenset(
    {
        "litellm.proxy.hooks.model_max_budget_limiter._PROXY_VirtualKeyModelMaxBudgetLimiter",
        "litellm.proxy.hooks.max_budget_limiter._PROXY_MaxBudgetLimiter",
        "litellm.proxy.hooks.parallel_request_limiter_v3._PROXY_MaxParallelRequestsHandler_v3",
        "litellm.proxy.hooks.cache_control_check._PROXY_CacheControlCheck",
        "litellm.proxy.hooks.responses_id_security.ResponsesIDSecurity",
        "litellm.proxy.hooks.litellm_skills.main.SkillsInjectionHook",
        "litellm.proxy.hooks.max_iterations_limiter._PROXY_MaxIterationsHandler",
        "litellm.proxy.hooks.max_budget_per_session_limiter._PROXY_MaxBudgetPerSessionHandler",
        "litellm.proxy.hooks.sensitive_data_routing._PROXY_SensitiveDataRoutingHandler",
        "litellm.proxy.hooks.prompt_cache_prediction.PromptCacheObserver",
        "litellm._service_logger.ServiceLogging",
    }
)
# Functions on the way that a test or an application may replace.
_GUARDED: Final = (
    "chat_completion",
    "user_api_key_auth",
    "add_litellm_data_to_request",
    "route_request",
    "async_data_generator",
    "select_data_generator",
    "ProxyLogging",
)


class ProxyState:
    """The proxy's settings, seen at the start of each request."""

    def __init__(self, litellm: Any, proxy: Any, callbacks: RouterCallbacks) -> None:
        """`proxy` is the module of the proxy's server."""
        self._values: dict[str, Any] = vars(proxy)
        self._callbacks = callbacks
        self._state = GlobalState(litellm, self._is_own)
        self._functions = [(name, self._values[name]) for name in _GUARDED if name in self._values]
        self._is_logged: Callable[[int], bool] = proxy.verbose_proxy_logger.isEnabledFor
        self._kinds: dict[type, bool] = {}

    def _is_own(self, callback: Any) -> bool:
        kind = type(callback)
        known = self._kinds.get(kind)
        if known is None:
            known = self._kinds[kind] = f"{kind.__module__}.{kind.__name__}" in _HOOKS
        return known or self._callbacks.is_own(callback)

    def busy(self) -> str | None:
        """Why no request can be native now; None when they can."""
        values = self._values
        for name in _IDLE:
            if values.get(name):
                return name
        if not _SETTINGS.issuperset(values["general_settings"]):
            return "general_settings"
        if values["app"].dependency_overrides or getattr(values["proxy_logging_obj"], "alerting", None):
            return "overrides or alerting"
        if any(values.get(name) is not function for name, function in self._functions):
            return "a function on the way was replaced"
        if flags.flag("completion").state != "on" or flags.flag("router").state != "on":
            return "features that it relies on are off"
        if self._is_logged(logging.INFO):
            return "debug logging"
        return self._state.busy()

    def key(self) -> tuple[object, ...]:
        """What the rules of requests depend on besides the request."""
        values = self._values
        settings = values["general_settings"]
        return (id(settings), settings.get("master_key"), id(values["llm_router"]), self._state.key())
