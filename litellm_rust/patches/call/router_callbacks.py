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


class RouterCallbacks:
    """Knows the callbacks of upstream's own routers, and calls those for success as upstream does."""

    def __init__(self, litellm: Any) -> None:
        self._litellm = litellm
        self._functions: frozenset[Any] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def is_own(self, callback: Any) -> bool:
        """Whether `callback` is a method of a Router, not overridden and not replaced since the first call."""
        function = getattr(callback, "__func__", None)
        if function is None:
            return False
        if self._functions is None:
            router = getattr(sys.modules.get("litellm.router"), "Router", None)
            if router is None:
                return False
            self._functions = frozenset(vars(router).get(name) for name in _NAMES)
        return function in self._functions

    def succeeded(self, call: Arguments, response: Any, *, is_async: bool) -> None:
        """Report a call of a router. Its callbacks read its metadata, its model and the number of tokens."""
        metadata, info = call.control.get("metadata"), call.control.get("model_info")
        tokens = response.usage.total_tokens
        details = {
            "call_type": "acompletion" if is_async else "completion",
            "litellm_params": {"metadata": metadata, "model_info": info},
            "standard_logging_object": {"total_tokens": tokens},
        }
        now = datetime.fromtimestamp(time.time())
        for callback in self._litellm.success_callback:
            callback(details, response, now, now)
        if not is_async:
            return
        for callback in self._litellm._async_success_callback:
            task = asyncio.ensure_future(callback(details, response, now, now))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
