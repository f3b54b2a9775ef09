"""The callbacks that each `Router` registers: the only ones that a native call serves."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import datetime
from typing import Any, Final

from litellm_rust.patches.call.arguments import Arguments

_NAMES: Final = (
    "sync_deployment_callback_on_success",
    "deployment_callback_on_success",
    "deployment_callback_on_failure",
    "async_deployment_callback_on_failure",
)


_TURNS: Final = 4
# Methods of a CustomLogger that the proxy calls, never a call itself.
_PROXY_HOOKS: Final = frozenset(
    {
        "async_pre_call_hook",
        "async_moderation_hook",
        "async_post_call_success_hook",
        "async_post_call_failure_hook",
        "async_post_call_streaming_hook",
        "async_post_call_streaming_iterator_hook",
        "async_post_call_response_headers_hook",
        "async_filter_listed_models",
        "get_callback_env_vars",
    }
)
# Registered by importing the proxy; it acts on calls whose metadata ask for it, which are upstream's.
_SKILLS: Final = "litellm.proxy.hooks.litellm_skills.main.SkillsInjectionHook"


async def _after_the_caller(callback: Any, details: dict[str, Any], response: Any, now: datetime) -> None:
    """Upstream's logging reaches callbacks some turns of the loop later: the router reads its usage before."""
    for _ in range(_TURNS):
        await asyncio.sleep(0)
    await callback(details, response, now, now)


class RouterCallbacks:
    """Knows the callbacks of upstream's own routers, and calls those for success as upstream does."""

    def __init__(self, litellm: Any) -> None:
        self._litellm = litellm
        self._functions: frozenset[Any] | None = None
        self._inert: dict[type, bool] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    def is_own(self, callback: Any) -> bool:
        """Whether `callback` is a method of a Router, not overridden and not replaced since the first call."""
        function = getattr(callback, "__func__", None)
        if function is None:
            return self._is_inert(callback)
        if self._functions is None:
            router = getattr(sys.modules.get("litellm.router"), "Router", None)
            if router is None:
                return False
            self._functions = frozenset(vars(router).get(name) for name in _NAMES)
        return function in self._functions

    def _is_inert(self, callback: Any) -> bool:
        """Whether `callback` is a logger that does nothing in a call: it overrides only what the proxy calls."""
        kind = type(callback)
        known = self._inert.get(kind)
        if known is None:
            base = getattr(sys.modules.get("litellm.integrations.custom_logger"), "CustomLogger", None)
            known = base is not None and issubclass(kind, base) and self._overridden(kind, base) <= _PROXY_HOOKS
            self._inert[kind] = known or f"{kind.__module__}.{kind.__name__}" == _SKILLS
        return self._inert[kind]

    @staticmethod
    def _overridden(kind: type, base: type) -> set[str]:
        return {name for name in vars(base) if not name.startswith("_") and getattr(kind, name) is not vars(base)[name]}

    def succeeded(self, call: Arguments, response: Any, *, is_async: bool) -> None:
        """Report a call of a router. Its callbacks read its metadata, its model and the number of tokens."""
        metadata, info = call.control.get("metadata"), call.control.get("model_info")
        self.report(metadata, info, response.usage.total_tokens, response, is_async=is_async)

    def report(self, metadata: Any, info: Any, tokens: int, response: Any, *, is_async: bool) -> None:
        """Report a call with this metadata to the deployment `info` that took so many tokens."""
        details = {
            "call_type": "acompletion" if is_async else "completion",
            "litellm_params": {"metadata": metadata, "model_info": info},
            "standard_logging_object": {"total_tokens": tokens},
        }
        now = datetime.fromtimestamp(time.time())
        for callback in self._litellm.success_callback:
            if hasattr(callback, "__func__"):
                callback(details, response, now, now)
        if not is_async:
            return
        for callback in self._litellm._async_success_callback:
            if not hasattr(callback, "__func__"):
                continue
            task = asyncio.ensure_future(_after_the_caller(callback, details, response, now))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
