"""Calls the hooks that registered `CustomLogger`s override; one that overrides nothing costs nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from litellm.integrations.custom_guardrail import CustomGuardrail
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.guardrails.active import ActiveGuardrails
from litellm.proxy.guardrails.refusals import APPLIED_HEADER
from litellm.proxy.guardrails.runner import GuardrailRunner, Told
from litellm.types.guardrails import GuardrailEventHooks

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
    """The hooks of a list of callbacks, which may grow and shrink while the gateway runs, and the guardrails."""

    def __init__(
        self, callbacks: Callable[[], Sequence[Any]], cache: Any = None, guardrails: ActiveGuardrails | None = None,
        told: Told | None = None,
    ) -> None:  # fmt: skip
        self._callbacks, self._cache = callbacks, cache
        self._seen: tuple[int, ...] | None = None
        self._hooks: dict[str, list[Hook]] = {name: [] for name in HOOKS}
        self._guardrails = guardrails or ActiveGuardrails()
        self._added: tuple[CustomGuardrail, ...] = ()
        """Guardrails among the callbacks."""
        self.runner = GuardrailRunner(told)

    def _named(self, name: str) -> list[Hook]:
        callbacks = self._callbacks()
        seen = tuple(map(id, callbacks))
        if seen != self._seen:
            objects = [item for item in callbacks if not isinstance(item, str) and not isinstance(item, type)]
            self._added = tuple(item for item in objects if isinstance(item, CustomGuardrail))
            loggers = [item for item in objects if not isinstance(item, CustomGuardrail)]
            self._hooks = {hook: [found for item in loggers if (found := overridden(item, hook))] for hook in HOOKS}
            self._seen = seen
        return self._hooks[name]

    @property
    def guards(self) -> tuple[CustomGuardrail, ...]:
        """Every guardrail."""
        return self._added + self._guardrails.active

    @property
    def see_responses(self) -> bool:
        """Whether any hook is given responses or chunks."""
        return any(self._named(name) for name in _GIVEN_RESPONSES) or bool(self.guards)

    @property
    def see_requests(self) -> bool:
        """Whether any hook is given requests."""
        return bool(self._named("async_pre_call_hook") or self._named("async_moderation_hook") or self.guards)

    def prepare(self, auth: UserAPIKeyAuth, data: dict[str, Any]) -> tuple[CustomGuardrail, ...]:
        """Every guardrail; with one, the request's metadata says from then on which of them hold for it."""
        guards = self.guards
        if guards:
            self.runner.prepare(auth, data)
        return guards

    async def pre_call(self, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str) -> dict[str, Any]:
        """What to send. A hook may change the data, return other data, or refuse with an exception or a text."""
        hooks = self._named("async_pre_call_hook")
        guards = self.prepare(auth, data)
        for hook in hooks:
            answer = await hook(user_api_key_dict=auth, cache=self._cache, data=data, call_type=call_type)
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, str):
                raise InvalidRequestError(answer)
            if isinstance(answer, dict):
                data = answer
        return await self.runner.before(guards, auth, data, call_type, self._cache) if guards else data

    def moderation(self, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str) -> asyncio.Future[Any] | None:
        """The moderation hooks, running beside the call; None when there are none."""
        hooks = self._named("async_moderation_hook")
        work = [hook(data=data, user_api_key_dict=auth, call_type=call_type) for hook in hooks]
        guards = self.guards
        if guards and self.runner.chosen(guards, auth, data, GuardrailEventHooks.during_call):
            work.append(self.runner.beside(guards, auth, data, call_type))
        return asyncio.gather(*work) if work else None

    async def post_call_success(self, auth: UserAPIKeyAuth, data: dict[str, Any], response: Any) -> Any:
        """What to answer: the response, or what a hook puts in its place."""
        for hook in self._named("async_post_call_success_hook"):
            answer = await hook(data=data, user_api_key_dict=auth, response=response)
            response = response if answer is None else answer
        guards = self.guards
        return await self.runner.after(guards, auth, data, response) if guards else response

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
        guards = self.guards
        return self.runner.stream(guards, auth, data, chunks) if guards else chunks

    async def logged(self, auth: UserAPIKeyAuth, data: dict[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
        """What is kept of a call in the log of spend."""
        guards = self.guards
        return await self.runner.logged(guards, auth, data, columns) if guards else columns

    async def response_headers(self, auth: UserAPIKeyAuth, data: dict[str, Any], response: Any) -> dict[str, str]:
        """Headers that hooks add to the answer."""
        headers: dict[str, str] = {}
        for hook in self._named("async_post_call_response_headers_hook"):
            added = await hook(data=data, user_api_key_dict=auth, response=response)
            headers |= {str(name): str(value) for name, value in (added or {}).items()}
        guards = self.guards
        if guards and (applied := self.runner.applied(guards, auth, data)):
            headers[APPLIED_HEADER] = ",".join(applied)
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
