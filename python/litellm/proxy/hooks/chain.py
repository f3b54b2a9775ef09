"""Calls the hooks that registered `CustomLogger`s override; one that overrides nothing costs nothing."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from litellm.caching.dual_cache import DualCache
from litellm.integrations.custom_guardrail import CustomGuardrail, ModifyResponseException
from litellm.litellm_core_utils.overridden import Hook, overridden, same_objects
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.guardrails.active import ActiveGuardrails
from litellm.proxy.guardrails.refusals import APPLIED_HEADER
from litellm.proxy.guardrails.runner import GuardrailRunner, Told
from litellm.proxy.policies.active import ActivePolicies
from litellm.proxy.policies.rules import PolicyRules, policy_headers
from litellm.types.guardrails import GuardrailEventHooks

log = logging.getLogger("litellm.proxy.hooks")

HOOKS = (
    "async_pre_call_hook",
    "async_moderation_hook",
    "async_post_call_success_hook",
    "async_post_call_failure_hook",
    "async_post_call_streaming_iterator_hook",
    "async_post_call_response_headers_hook",
    "async_post_call_streaming_hook",
    "async_post_call_success_deployment_hook",
    "async_post_call_streaming_deployment_hook",
    "async_filter_listed_models",
)
_GIVEN_RESPONSES = (
    "async_post_call_success_hook",
    "async_post_call_streaming_iterator_hook",
    "async_post_call_response_headers_hook",
    "async_post_call_streaming_hook",
    "async_post_call_success_deployment_hook",
    "async_post_call_streaming_deployment_hook",
)

_ANSWERED = ("acompletion", "atext_completion")
"""Calls that a hook may answer in the model's place."""


class HookChain:
    """The hooks of a list of callbacks, which may grow and shrink while the gateway runs, and the guardrails."""

    def __init__(
        self, callbacks: Callable[[], Sequence[Any]], cache: Any = None, guardrails: ActiveGuardrails | None = None,
        told: Told | None = None, policies: ActivePolicies | None = None,
    ) -> None:  # fmt: skip
        self._callbacks, self.cache = callbacks, DualCache() if cache is None else cache
        self._seen: Sequence[Any] = ()
        self._hooks: dict[str, list[Hook]] = {name: [] for name in HOOKS}
        self._guardrails = guardrails or ActiveGuardrails()
        self._added: tuple[CustomGuardrail, ...] = ()
        """Guardrails among the callbacks."""
        self._given_responses = False
        rules = PolicyRules(policies, self._guardrails) if policies is not None else None
        self.runner = GuardrailRunner(told, rules)

    def _look(self) -> None:
        """Find the hooks anew where the callbacks are others than before."""
        callbacks = self._callbacks()
        if not same_objects(callbacks, self._seen):
            objects = [item for item in callbacks if not isinstance(item, str) and not isinstance(item, type)]
            self._added = tuple(item for item in objects if isinstance(item, CustomGuardrail))
            loggers = [item for item in objects if not isinstance(item, CustomGuardrail)]
            self._hooks = {hook: [found for item in loggers if (found := overridden(item, hook))] for hook in HOOKS}
            self._given_responses = any(self._hooks[name] for name in _GIVEN_RESPONSES)
            self._seen = tuple(callbacks)

    def _named(self, name: str) -> list[Hook]:
        self._look()
        return self._hooks[name]

    @property
    def guards(self) -> tuple[CustomGuardrail, ...]:
        """Every guardrail."""
        return self._added + self._guardrails.active

    @property
    def see_responses(self) -> bool:
        """Whether any hook is given responses or chunks."""
        self._look()
        return self._given_responses or bool(self.guards)

    @property
    def see_requests(self) -> bool:
        """Whether any hook is given requests."""
        return bool(self._named("async_pre_call_hook") or self._named("async_moderation_hook") or self.guards)

    @property
    def is_idle(self) -> bool:
        """Whether there is no hook and no guardrail."""
        self._look()
        return not (self.guards or any(self._hooks.values()))

    def prepare(self, auth: UserAPIKeyAuth, data: dict[str, Any]) -> tuple[CustomGuardrail, ...]:
        """Every guardrail; with one, the request's metadata says from then on which of them hold for it."""
        guards = self.guards
        if guards:
            self.runner.prepare(auth, data)
        return guards

    async def pre_call(self, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str) -> dict[str, Any]:
        """What to send. A hook may change the data, return other data, or refuse with an exception or a text.

        A text is answered in the model's place in a chat or a completion, and with 400 elsewhere.
        """
        hooks = self._named("async_pre_call_hook")
        guards = self.prepare(auth, data)
        for hook in hooks:
            answer = await hook(user_api_key_dict=auth, cache=self.cache, data=data, call_type=call_type)
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, str):
                if call_type in _ANSWERED:
                    raise ModifyResponseException(answer, str(data.get("model") or ""), data)
                raise InvalidRequestError(answer)
            if isinstance(answer, dict):
                data = answer
        return await self.runner.before(guards, auth, data, call_type, self.cache) if guards else data

    def moderation(self, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str) -> asyncio.Future[Any] | None:
        """The moderation hooks, running beside the call; None when there are none."""
        hooks = self._named("async_moderation_hook")
        work = [hook(data=data, user_api_key_dict=auth, call_type=call_type) for hook in hooks]
        guards = self.guards
        if guards and self.runner.chosen(guards, auth, data, GuardrailEventHooks.during_call):
            work.append(self.runner.beside(guards, auth, data, call_type))
        if not work:
            return None
        beside = asyncio.gather(*work)
        beside.add_done_callback(_retrieved)
        return beside

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
                answer = await hook(
                    request_data=data, original_exception=error, user_api_key_dict=auth, traceback_str=None
                )
            except Exception:
                log.exception("async_post_call_failure_hook failed")
                continue
            if isinstance(answer, Exception):
                error = answer
        if headers := await self._added_headers(auth, data, None):
            own = getattr(error, "headers", None)
            error.headers = {**(own if isinstance(own, Mapping) else {}), **headers}  # type: ignore[attr-defined]
        return error

    def stream(self, auth: UserAPIKeyAuth, data: dict[str, Any], chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The chunks, seen and changed by each streaming hook in turn."""
        for hook in self._named("async_post_call_streaming_iterator_hook"):
            chunks = hook(user_api_key_dict=auth, response=chunks, request_data=data)
        if hooks := self._named("async_post_call_streaming_hook"):
            chunks = _seen_so_far(hooks, auth, chunks)
        guards = self.guards
        return self.runner.stream(guards, auth, data, chunks) if guards else chunks

    async def listed(self, auth: UserAPIKeyAuth, names: list[str]) -> list[str]:
        """The models that a list shows: those that hooks leave. Raises TypeError for a hook's odd answer."""
        for hook in self._named("async_filter_listed_models") if names else ():
            kept = await hook(auth, tuple(names))
            if isinstance(kept, str) or not all(isinstance(name, str) for name in kept):
                raise TypeError("async_filter_listed_models must return a sequence of names")
            left = frozenset(kept)
            names = [name for name in names if name in left]
        return names

    async def logged(self, auth: UserAPIKeyAuth, data: dict[str, Any], columns: dict[str, Any]) -> dict[str, Any]:
        """What is kept of a call in the log of spend."""
        guards = self.guards
        return await self.runner.logged(guards, auth, data, columns) if guards else columns

    async def response_headers(self, auth: UserAPIKeyAuth, data: dict[str, Any], response: Any) -> dict[str, str]:
        """Headers that hooks add to the answer."""
        headers = await self._added_headers(auth, data, response)
        guards = self.guards
        if guards and (applied := self.runner.applied(guards, auth, data)):
            headers[APPLIED_HEADER] = ",".join(applied)
        return headers | policy_headers(data)

    async def _added_headers(self, auth: UserAPIKeyAuth, data: dict[str, Any], response: Any) -> dict[str, str]:
        """What hooks add. A hook that fails is logged: what is answered, and with which status, is decided by then."""
        headers: dict[str, str] = {}
        hooks = self._named("async_post_call_response_headers_hook")
        known = {"request_headers": _headers_of(data), "litellm_call_info": _call_info(data, response)} if hooks else {}
        for hook in hooks:
            given = {name: value for name, value in known.items() if _takes(hook, name)}
            try:
                added = await hook(data=data, user_api_key_dict=auth, response=response, **given)
                headers |= {str(name): str(value) for name, value in (added or {}).items()}
            except Exception:
                log.exception("async_post_call_response_headers_hook failed")
        return headers


async def _seen_so_far(hooks: list[Hook], auth: UserAPIKeyAuth, chunks: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """Chunks of chat, of which hooks see the text so far and may put something else in a chunk's place."""
    so_far = ""
    async for chunk in chunks:
        choices = getattr(chunk, "choices", None)
        if choices is None:
            yield chunk
            continue
        so_far += "".join(getattr(getattr(choice, "delta", None), "content", None) or "" for choice in choices)
        for hook in hooks:
            answer = await hook(user_api_key_dict=auth, response=so_far)
            chunk = chunk if answer is None else answer
        yield chunk


def _retrieved(beside: asyncio.Future[Any]) -> None:
    """A call that fails first ends what runs beside it; nobody asks then how that ended."""
    if not beside.cancelled():
        beside.exception()


def _takes(hook: Hook, name: str) -> bool:
    parameters = inspect.signature(hook).parameters
    return name in parameters or any(each.kind is each.VAR_KEYWORD for each in parameters.values())


def _metadata(data: dict[str, Any]) -> dict[str, Any]:
    return next((data[name] for name in ("metadata", "litellm_metadata") if isinstance(data.get(name), dict)), {})


def _headers_of(data: dict[str, Any]) -> dict[str, str]:
    return dict(_metadata(data).get("headers") or {})


def _call_info(data: dict[str, Any], response: Any) -> dict[str, Any]:
    """Who answered, as far as it is known."""
    hidden = getattr(response, "_hidden_params", None) or {}
    found = {name: hidden.get(name) for name in ("custom_llm_provider", "api_base", "model_id")}
    return {**found, "model_info": _metadata(data).get("model_info") or {}}
