"""HTTP handlers of upstream LiteLLM: the requests to providers that have no SDK, and aiohttp under any client."""

from __future__ import annotations

from typing import Final

from litellm_rust.patches.patch import Patch, later

FEATURE: Final = "transport"
_HANDLER: Final = "litellm.llms.custom_httpx.http_handler"
_AIOHTTP: Final = "litellm.llms.custom_httpx.aiohttp_transport"
_WITH: Final = "handlers.replacements"
# What `litellm.main` loads, and native calls share the connections of.
_LOADED: Final = ("litellm.main", "litellm.litellm_core_utils.core_helpers")
_POSTED: Final = ("self", "url", "data", "json", "params", "headers")

PATCHES: Final = (
    Patch(
        FEATURE,
        _HANDLER,
        "AsyncHTTPHandler.post",
        _POSTED,
        build=later(_WITH, "post_async"),
        needs=("get_ssl_configuration",),
        modules=_LOADED,
        key="url",
    ),
    Patch(
        FEATURE,
        _HANDLER,
        "HTTPHandler.post",
        _POSTED,
        build=later(_WITH, "post"),
        needs=("get_ssl_configuration",),
        modules=_LOADED,
        key="url",
    ),
    Patch(
        FEATURE,
        _AIOHTTP,
        "LiteLLMAiohttpTransport.handle_async_request",
        ("self", "request"),
        build=later(_WITH, "handle_async_request"),
        needs=("ClientSession",),
        modules=(*_LOADED, _HANDLER),
        always=True,
    ),
)
