"""Upstream's proxy: whole requests for chat completions."""

from __future__ import annotations

import functools
import sys
from typing import Any, Final

from litellm_rust.patches.patch import Function, Mismatch, Patch

FEATURE: Final = "proxy"
_SERVER: Final = "litellm.proxy.proxy_server"


def _routing(original: Function, owner: Any) -> Function:
    proxy: Any = sys.modules[_SERVER]
    for name in ("general_settings", "llm_router", "proxy_logging_obj", "chat_completion", "verbose_proxy_logger"):
        if not hasattr(proxy, name):
            raise Mismatch(f"{_SERVER} has no {name}")

    @functools.cache
    def gateway() -> Any:
        # With the first request, for it takes time to load.
        from litellm_rust.patches.call.replacements import service
        from litellm_rust.patches.gateway.server import Gateway
        from litellm_rust.patches.route.replacements import groups

        return Gateway(original, sys.modules["litellm"], proxy, service(), groups())

    async def middleware_stack(scope: Any, receive: Any, send: Any) -> None:
        await gateway().handle(scope, receive, send)

    return middleware_stack


PATCHES: Final = (
    Patch(
        FEATURE,
        _SERVER,
        "app.router.middleware_stack",
        ("scope", "receive", "send"),
        build=_routing,
        modules=("litellm.main", "litellm.router"),
    ),
)
