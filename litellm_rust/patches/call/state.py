"""What of upstream's global state a native call depends on: either it is idle, or it is part of the plan's key."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from typing import Any, Final

# Features that need upstream's own path; each is off while its attribute is falsy or absent.
_IDLE: Final = (
    "service_callback",
    "pre_call_rules",
    "post_call_rules",
    "cache",
    "model_fallbacks",
    "default_fallbacks",
    "max_budget",
    "num_retries",
    "num_retries_per_request",
    "credential_list",
    "custom_provider_map",
    "model_alias_map",
    "modify_params",
    "set_verbose",
    "headers",
    "enable_preview_features",
    "enable_json_schema_validation",
    "cost_discount_config",
    "cost_margin_config",
    "budget_duration",
    "prompt_management",
    "global_prompt_directory",
    "default_vertex_config",
    "request_correlation_in_logs",
)
# Settings of connections that a native request does not have.
_CONNECTIONS: Final = (
    "client_session",
    "aclient_session",
    "ssl_certificate",
    "ssl_ecdh_curve",
    "ssl_security_level",
    "force_ipv4",
    "proxy_auth",
)
_CALLBACKS: Final = (
    "callbacks",
    "input_callback",
    "_async_input_callback",
    "success_callback",
    "_async_success_callback",
    "failure_callback",
    "_async_failure_callback",
)
# Settings that change what is sent or how a reply is read.
_SETTINGS: Final = (
    "api_key",
    "openai_key",
    "api_base",
    "organization",
    "drop_params",
    "request_timeout",
    "ssl_verify",
    "disable_aiohttp_transport",
    "return_response_headers",
    "use_litellm_proxy",
    # Upstream sets it itself, for good, when a model that knows no functions is given some.
    "add_function_to_prompt",
    "in_memory_llm_clients_cache",
)
_VARIABLES: Final = (
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_API_BASE",
    "OPENAI_ORGANIZATION",
    "OPENAI_ORG_ID",
    "SSL_VERIFY",
    "USE_LITELLM_PROXY",
    "LITELLM_DETAILED_TIMING",
)
# What a test or an application replaces to see or to answer requests: a call that finds one replaced is upstream's.
_GUARDED: Final = (
    ("openai.resources.chat.completions", "AsyncCompletions.create"),
    ("openai.resources.chat.completions", "Completions.create"),
    ("openai._base_client", "AsyncAPIClient.post"),
    ("openai._base_client", "SyncAPIClient.post"),
    ("openai._base_client", "AsyncAPIClient.request"),
    ("openai._base_client", "SyncAPIClient.request"),
    ("httpx", "AsyncClient.send"),
    ("httpx", "Client.send"),
    ("httpx", "AsyncClient._send_single_request"),
    ("httpx", "Client._send_single_request"),
    ("httpx", "AsyncHTTPTransport.handle_async_request"),
    ("httpx", "HTTPTransport.handle_request"),
    ("httpcore", "AsyncConnectionPool.handle_async_request"),
    ("httpcore", "ConnectionPool.handle_request"),
    ("aiohttp.client", "ClientSession._request"),
    ("litellm.llms.custom_httpx.aiohttp_transport", "LiteLLMAiohttpTransport.handle_async_request"),
    ("litellm.llms.openai.openai", "OpenAIChatCompletion.completion"),
    ("litellm.llms.openai.openai", "OpenAIChatCompletion.acompletion"),
    ("litellm.llms.openai.openai", "OpenAIChatCompletion._get_openai_client"),
    ("litellm.llms.openai.chat.gpt_transformation", "OpenAIGPTConfig.transform_request"),
    ("litellm.utils", "get_optional_params"),
    ("litellm.main", "get_optional_params"),
    ("litellm.main", "get_llm_provider"),
    ("litellm.main", "mock_completion"),
    ("litellm.litellm_core_utils.litellm_logging", "Logging.success_handler"),
    ("litellm.litellm_core_utils.litellm_logging", "Logging.async_success_handler"),
    ("litellm.litellm_core_utils.litellm_logging", "Logging.pre_call"),
    ("litellm.litellm_core_utils.litellm_logging", "Logging.post_call"),
)


class Guard:
    """Whether functions of other packages are still those that they were when this was made."""

    def __init__(self) -> None:
        self._watched: list[tuple[dict[str, Any], str, Any]] = []
        for module, path in _GUARDED:
            owner: Any = sys.modules.get(module)
            *parents, leaf = path.split(".")
            for parent in parents:
                owner = getattr(owner, parent, None)
            if owner is not None and leaf in vars(owner):
                self._watched.append((owner, leaf, _beneath(vars(owner)[leaf])))

    def holds(self) -> bool:
        """True while none of them was replaced."""
        for owner, leaf, function in self._watched:
            found = owner.__dict__.get(leaf)
            if found is not function and _beneath(found) is not function:
                return False
        return True


def _beneath(function: Any) -> Any:
    """What a replacement of ours stands for; any other function is itself."""
    ours = getattr(function, "__globals__", {}).get("__name__", "").startswith("litellm_rust.patches.")
    return function.__wrapped__ if ours else function


class GlobalState:
    """Upstream's settings, seen at the start of each call."""

    def __init__(self, litellm: Any, own_callback: Callable[[Any], bool]) -> None:
        """`own_callback(callback)`: whether a registered callback is one that a native call serves itself."""
        self._settings: dict[str, Any] = vars(litellm)
        self._own = own_callback
        self._is_logged: Callable[[int], bool] = litellm.verbose_logger.isEnabledFor
        self._guard: Guard | None = None

    def busy(self) -> str | None:
        """Why no call can be native now; None when they can."""
        settings = self._settings
        for name in _IDLE:
            if settings.get(name):
                return name
        for name in _CALLBACKS:
            for callback in settings.get(name) or ():
                if not self._own(callback):
                    return "callbacks"
        if self._is_logged(logging.INFO):
            return "debug logging"
        return self.busy_sending()

    def busy_sending(self) -> str | None:
        """Why no request can be sent natively now, whatever becomes of its reply; None when it can."""
        settings = self._settings
        if settings.get("ssl_verify") not in (True, None) or "SSL_VERIFY" in os.environ:
            return "certificates of its own"
        for name in _CONNECTIONS:
            if settings.get(name):
                return name
        if self._guard is None:
            self._guard = Guard()
        return None if self._guard.holds() else "a function on the way was replaced"

    def key(self) -> tuple[object, ...]:
        """What a plan depends on: equal as long as upstream would send the same."""
        settings, environment = self._settings, os.environ
        values = [settings.get(name) for name in _SETTINGS]
        return (
            *[value if type(value) in _SCALARS else id(value) for value in values],
            *map(environment.get, _VARIABLES),
        )


_SCALARS: Final = frozenset({str, bool, int, float, type(None)})
