"""Calls the hooks that registered `CustomLogger`s override; one that overrides nothing costs nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.errors import InvalidRequestError

log = logging.getLogger("litellm.proxy.hooks")

HOOKS = (
    "async_pre_call_hook",
    "async_moderation_hook",
    "async_post_call_success_hook",
    "async_post_call_failure_hook",
    "async_post_call_streaming_iterator_hook",
    "async_post_call_response_headers_hook",
)
_GIVEN_RESPONSES = (
    "async_post_call_success_hook",
    "async_post_call_streaming_iterator_hook",
    "async_post_call_response_headers_hook",
)
Hook = Callable[..., Any]


class HookChain:
    """The hooks of a list of callbacks, which may grow and shrink while the gateway runs."""

    def __init__(self, callbacks: Callable[[], Sequence[Any]], cache: Any = None) -> None:
        self._callbacks, self._cache = callbacks, cache
        self._seen: tuple[int, ...] | None = None
        self._hooks: dict[str, list[Hook]] = {name: [] for name in HOOKS}

    def _named(self, name: str) -> list[Hook]:
        callbacks = self._callbacks()
        seen = tuple(map(id, callbacks))
        if seen != self._seen:
            loggers = [item for item in callbacks if not isinstance(item, str) and not isinstance(item, type)]
            self._hooks = {hook: [found for item in loggers if (found := overridden(item, hook))] for hook in HOOKS}
            self._seen = seen
        return self._hooks[name]

    @property
    def see_responses(self) -> bool:
        """Whether any hook is given responses or chunks."""
        return any(self._named(name) for name in _GIVEN_RESPONSES)

    def has(self, name: str) -> bool:
        """Whether any callback has the hook of that name."""
        return bool(self._named(name))

    async def pre_call(self, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str) -> dict[str, Any]:
        """What to send. A hook may change the data, return other data, or refuse with an exception or a text."""
        for hook in self._named("async_pre_call_hook"):
            answer = await hook(user_api_key_dict=auth, cache=self._cache, data=data, call_type=call_type)
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, str):
                raise InvalidRequestError(answer)
            if isinstance(answer, dict):
                data = answer
        return data

    def moderation(self, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str) -> asyncio.Future[Any] | None:
        """The moderation hooks, running beside the call; None when there are none."""
        hooks = self._named("async_moderation_hook")
        if not hooks:
            return None
        return asyncio.gather(*(hook(data=data, user_api_key_dict=auth, call_type=call_type) for hook in hooks))

    async def post_call_success(self, auth: UserAPIKeyAuth, data: dict[str, Any], response: Any) -> Any:
        """What to answer: the response, or what a hook puts in its place."""
        for hook in self._named("async_post_call_success_hook"):
            answer = await hook(data=data, user_api_key_dict=auth, response=response)
            response = response if answer is None else answer
        return response

    async def post_call_failure(self, auth: UserAPIKeyAuth, data: dict[str, Any], error: Exception) -> Exception:
        """What to raise: the error, or an HTTP error that a hook returns. A hook that fails is logged."""
        for hook in self._named("async_post_call_failure_hook"):
            try:
                answer = await hook(request_data=data, original_exception=error, user_api_key_dict=auth)
            except Exception:
                log.exception("async_post_call_failure_hook failed")
                continue
            if isinstance(answer, Exception):
                error = answer
        return error

    def stream(self, auth: UserAPIKeyAuth, data: dict[str, Any], chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The chunks, seen and changed by each streaming hook in turn."""
        for hook in self._named("async_post_call_streaming_iterator_hook"):
            chunks = hook(user_api_key_dict=auth, response=chunks, request_data=data)
        return chunks

    async def response_headers(self, auth: UserAPIKeyAuth, data: dict[str, Any], response: Any) -> dict[str, str]:
        """Headers that hooks add to the answer."""
        headers: dict[str, str] = {}
        for hook in self._named("async_post_call_response_headers_hook"):
            added = await hook(data=data, user_api_key_dict=auth, response=response)
            headers |= {str(name): str(value) for name, value in (added or {}).items()}
        return headers


def overridden(callback: Any, name: str) -> Hook | None:
    """`callback.<name>` when its class, or the object itself, defines more than `CustomLogger`'s own."""
    found = getattr(callback, name, None)
    if not callable(found):
        return None
    base = next((c for c in type(callback).__mro__ if c.__module__ == "litellm.integrations.custom_logger"), None)
    default = getattr(base, name, None)
    if default is not None and getattr(found, "__func__", found) is default:
        return None
    hook: Hook = found
    return hook
