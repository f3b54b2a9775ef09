"""Runs the guardrails that a request is subject to, at each moment of its life."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from litellm.integrations.custom_guardrail import (
    NOTES,
    CustomGuardrail,
    is_guardrail_intervention,
    request_metadata,
)
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.guardrails.refusals import GuardrailRefusal, refusal
from litellm.proxy.guardrails.run_log import Run
from litellm.proxy.guardrails.streams import checked_stream
from litellm.proxy.guardrails.texts import Slot, images, reply_slots, request_slots
from litellm.proxy.guardrails.tool_calls import called, offered
from litellm.proxy.policies.pipeline import PipelineGuardrail
from litellm.proxy.policies.rules import APPLIED_POLICIES, POLICY_SOURCES, PolicyRules, policy_headers, steps_of
from litellm.types.guardrails import GenericGuardrailAPIInputs, GuardrailEventHooks as Event, InputType

log = logging.getLogger("litellm.proxy.guardrails")

Guards = Sequence[CustomGuardrail]
Told = Callable[[Run], None]
"""Told of each run."""

_OURS = (
    "applied_guardrails", NOTES, "user_api_key_metadata", "user_api_key_team_metadata", "pii_tokens",
    APPLIED_POLICIES, POLICY_SOURCES,
)  # fmt: skip
_SHOWN = 300


class GuardrailRunner:
    """Stateless but for the policies that it follows and whom it tells of each run."""

    def __init__(self, told: Told | None = None, policies: PolicyRules | None = None) -> None:
        self.told = told
        self._policies = policies

    def prepare(self, auth: UserAPIKeyAuth, data: dict[str, Any]) -> None:
        """Collect in the metadata which guardrails hold: the request's own, its key's and its team's."""
        name = "litellm_metadata" if isinstance(data.get("litellm_metadata"), dict) else "metadata"
        metadata = {key: value for key, value in (data.get(name) or {}).items() if key not in _OURS}
        asked: list[Any] = []
        places = (data.pop("guardrails", None), metadata.get("guardrails"), (auth.metadata or {}).get("guardrails"),
                  (auth.team_metadata or {}).get("guardrails"))  # fmt: skip
        for given in places:
            asked += [item for item in given if item not in asked] if isinstance(given, list) else []
        policies = data.pop("policies", None)
        if self._policies is not None:
            by_policy = self._policies.prepare(auth, data, metadata, policies)
            asked += [item for item in by_policy if item not in asked]
        metadata["guardrails"] = asked
        metadata["user_api_key_metadata"] = auth.metadata or {}
        metadata["user_api_key_team_metadata"] = auth.team_metadata or {}
        metadata["applied_guardrails"], metadata[NOTES] = [], []
        data[name] = metadata

    def chosen(self, guards: Guards, auth: UserAPIKeyAuth, data: Mapping[str, Any], event: Event) -> Guards:
        """Those of `guards` that run for this request at `event`; those of a pipeline, as it in their place."""
        pipelines = self._policies.pipelines(data, event, self.noted) if self._policies is not None else []
        managed = {step.guardrail for item in pipelines for step in item.pipeline.steps}
        return [*pipelines, *(
            guard for guard in guards
            if guard.guardrail_name not in managed
            and getattr(guard, "team_id", None) in (None, auth.team_id) and guard.should_run_guardrail(data, event)
        )]  # fmt: skip

    def applied(self, guards: Guards, auth: UserAPIKeyAuth, data: Mapping[str, Any]) -> list[str]:
        """The names of those that have run or will run on the answer."""
        names = list(request_metadata(data).get("applied_guardrails") or ())
        for guard in self.chosen(guards, auth, data, Event.post_call):
            names += steps_of(guard) or [str(guard.guardrail_name)]
        return list(dict.fromkeys(names))

    async def before(
        self, guards: Guards, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str, cache: Any
    ) -> dict[str, Any]:
        """The request, as the guardrails before a call leave it. Raises what refuses it."""
        for guard in self.chosen(guards, auth, data, Event.pre_call):
            data = await self.run_before(guard, Event.pre_call, auth, data, call_type, cache)
        return data

    async def run_before(
        self, guard: CustomGuardrail, event: Event, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str,
        cache: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """The request, as one guardrail leaves it. Raises what refuses it."""
        if own := _own(guard, "async_pre_call_hook"):
            asked = own(user_api_key_dict=auth, cache=cache, data=data, call_type=call_type)
            answer = await self.noted(guard, event, data, _answered(asked))
            return answer if isinstance(answer, dict) else data
        await self.noted(guard, event, data, apply_to_request(guard, data, change=True))
        return data

    async def beside(self, guards: Guards, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str) -> None:
        """Run the guardrails that look at a request while it is answered. Raises what refuses it."""
        chosen = self.chosen(guards, auth, data, Event.during_call)
        await asyncio.gather(*(self.run_beside(guard, auth, data, call_type) for guard in chosen))

    async def run_beside(
        self, guard: CustomGuardrail, auth: UserAPIKeyAuth, data: dict[str, Any], call_type: str
    ) -> None:
        """Let one guardrail look at a request, and change nothing. Raises what refuses it."""
        own = _own(guard, "async_moderation_hook")
        work = (
            own(data=data, user_api_key_dict=auth, call_type=call_type)
            if own
            else apply_to_request(guard, data, change=False)
        )
        await self.noted(guard, Event.during_call, data, work)

    async def after(self, guards: Guards, auth: UserAPIKeyAuth, data: dict[str, Any], reply: Any) -> Any:
        """The reply, as the guardrails after a call leave it. Raises what refuses it."""
        for guard in self.chosen(guards, auth, data, Event.post_call):
            reply = await self.run_after(guard, auth, data, reply)
        return reply

    async def run_after(self, guard: CustomGuardrail, auth: UserAPIKeyAuth, data: dict[str, Any], reply: Any) -> Any:
        """The reply, as one guardrail leaves it. Raises what refuses it."""
        if own := _own(guard, "async_post_call_success_hook"):
            work = own(data=data, user_api_key_dict=auth, response=reply)
            answer = await self.noted(guard, Event.post_call, data, work)
            return reply if answer is None else answer
        if guard.uses_apply_guardrail_interface():
            await self.noted(guard, Event.post_call, data, apply_to_reply(guard, data, reply))
        return reply

    def stream(
        self, guards: Guards, auth: UserAPIKeyAuth, data: dict[str, Any], chunks: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """The chunks, as the guardrails after a call leave them."""
        for guard in self.chosen(guards, auth, data, Event.post_call):
            if own := _own(guard, "async_post_call_streaming_iterator_hook"):
                made = own(user_api_key_dict=auth, response=chunks, request_data=data)
                chunks = self._mapped(guard, data, made)
            elif guard.uses_apply_guardrail_interface():
                chunks = checked_stream(chunks, self._check(guard, data))
        return chunks

    async def logged(
        self, guards: Guards, auth: UserAPIKeyAuth, data: dict[str, Any], columns: dict[str, Any]
    ) -> dict[str, Any]:
        """What is kept of a call in the log of spend, as the guardrails on logs leave it. Where one fails, nothing."""
        for guard in self.chosen(guards, auth, data, Event.logging_only):
            try:
                for name, part in columns.items():
                    of_reply = name == "response"
                    slots = reply_slots(part) if of_reply else request_slots(part if name != "messages" else columns)
                    await _rewrite(guard, data, slots, "response" if of_reply else "request")
            except Exception:
                log.exception("guardrail %s failed on a log: prompt and answer are left out", guard.guardrail_name)
                return dict.fromkeys(columns)
        return columns

    def _check(self, guard: CustomGuardrail, data: dict[str, Any]) -> Callable[..., Awaitable[list[str]]]:
        async def check(texts: list[str], calls: list[dict[str, Any]]) -> list[str]:
            inputs: GenericGuardrailAPIInputs = {"texts": list(texts)}
            if calls:
                inputs["tool_calls"] = calls
            answer = await self.noted(
                guard, Event.post_call, data,
                guard.apply_guardrail(inputs=inputs, request_data=data, input_type="response"),
            )  # fmt: skip
            return _same_number(guard, texts, answer)

        return check

    async def _mapped(self, guard: CustomGuardrail, data: dict[str, Any], chunks: Any) -> AsyncIterator[Any]:
        """The chunks of a guardrail's own hook, its errors told as refusals."""
        started = time.time()
        try:
            async for chunk in chunks:
                yield chunk
        except Exception as error:
            self._note(guard, Event.post_call, data, started, error)
            raise refusal(error, guard, Event.post_call, _applied(data), policy_headers(data)) from error
        self._note(guard, Event.post_call, data, started, None)

    async def noted(self, guard: CustomGuardrail, event: Event, data: dict[str, Any], work: Awaitable[Any]) -> Any:
        """What a guardrail's work gives, noted for the logs; of a pipeline's, each step is. Raises refusals."""
        if isinstance(guard, PipelineGuardrail):
            return await work
        started = time.time()
        applied = _applied(data)
        if guard.guardrail_name not in applied:
            applied.append(str(guard.guardrail_name))
        try:
            answer = await work
        except Exception as error:
            self._note(guard, event, data, started, error)
            raise refusal(error, guard, event, applied, policy_headers(data)) from error
        self._note(guard, event, data, started, None)
        return answer

    def _note(
        self, guard: CustomGuardrail, event: Event, data: dict[str, Any], started: float, error: Exception | None
    ) -> None:
        ended = time.time()
        status = "success"
        if error is not None:
            status = "guardrail_intervened" if is_guardrail_intervention(error) else "guardrail_failed_to_respond"
        if self.told is not None:
            owners = self._policies.owners(data, guard) if self._policies is not None else ()
            reason = None if error is None else str(error)[:_SHOWN]
            call_id, model = data.get("litellm_call_id"), data.get("model")
            self.told(Run(guard, status, ended - started, owners, call_id, model, reason))
        notes = request_metadata(data).get(NOTES) or ()
        if any(note.get("guardrail_name") == guard.guardrail_name and (note.get("end_time") or 0) >= started
               for note in notes):  # fmt: skip
            return  # it has noted this run itself
        guard.add_standard_logging_guardrail_information_to_request_data(
            None if error is None else str(error)[:_SHOWN], data, status, started, ended, ended - started,
            guardrail_provider=getattr(guard, "guardrail_provider", None), event_type=event,
        )  # fmt: skip


async def apply_to_request(guard: CustomGuardrail, data: dict[str, Any], *, change: bool) -> None:
    """Let a guardrail see a request; with `change`, what it gives back is put into it."""
    slots = _looked_at(guard, request_slots(data))
    texts = [slot.text for slot in slots]
    inputs: GenericGuardrailAPIInputs = {"texts": list(texts), "model": str(data.get("model") or "")}
    tools, pictures = offered(data), images(data)
    if tools:
        inputs["tools"] = tools
    if pictures:
        inputs["images"] = pictures
    if isinstance(data.get("messages"), list):
        inputs["structured_messages"] = data["messages"]
    if not (texts or tools or pictures):
        return
    answer = await guard.apply_guardrail(inputs=inputs, request_data=data, input_type="request")
    if change:
        _put(slots, texts, _same_number(guard, texts, answer))
        if isinstance(answer, Mapping) and answer.get("tools") is not None and answer["tools"] != tools:
            data["tools"] = answer["tools"]


async def apply_to_reply(guard: CustomGuardrail, data: dict[str, Any], reply: Any) -> None:
    """Let a guardrail see a whole reply, and put what it gives back into it."""
    slots = reply_slots(reply)
    calls = called(reply)
    if not (slots or calls):
        return
    texts = [slot.text for slot in slots]
    inputs: GenericGuardrailAPIInputs = {"texts": list(texts)}
    if calls:
        inputs["tool_calls"] = calls
    answer = await guard.apply_guardrail(inputs=inputs, request_data=data, input_type="response")
    _put(slots, texts, _same_number(guard, texts, answer))


async def _rewrite(guard: CustomGuardrail, data: dict[str, Any], slots: list[Slot], input_type: InputType) -> None:
    texts = [slot.text for slot in slots]
    if texts:
        inputs: GenericGuardrailAPIInputs = {"texts": list(texts)}
        answer = await guard.apply_guardrail(inputs=inputs, request_data=data, input_type=input_type)
        _put(slots, texts, _same_number(guard, texts, answer))


def _looked_at(guard: CustomGuardrail, slots: list[Slot]) -> list[Slot]:
    """The texts that a guardrail's settings leave to it."""
    settings = guard.guardrail_config
    without = {
        role for role in ("system", "tool") if settings.get(f"skip_{role}_message_in_guardrail")
    } | ({"developer"} if settings.get("skip_system_message_in_guardrail") else set())  # fmt: skip
    kept = [slot for slot in slots if slot.role not in without]
    if settings.get("experimental_use_latest_role_message_only"):
        last = next((slot for slot in reversed(kept) if slot.role == "user"), None)
        kept = [] if last is None else [slot for slot in kept if slot.holder is last.holder]
    return kept


def _put(slots: Sequence[Slot], before: Sequence[str], after: Sequence[str]) -> None:
    for slot, old, new in zip(slots, before, after, strict=True):
        if new != old:
            slot.put(new)


def _same_number(guard: CustomGuardrail, texts: Sequence[str], answer: Any) -> list[str]:
    """The texts of an answer. Raises GuardrailRefusal for more or fewer: nobody could tell which is which."""
    given = answer.get("texts") if isinstance(answer, Mapping) else None
    if given is None:
        return list(texts)
    if len(given) != len(texts):
        raise GuardrailRefusal(f"guardrail {guard.guardrail_name}: gave {len(given)} texts for {len(texts)}", 500)
    return [str(text) for text in given]


async def _answered(work: Awaitable[Any]) -> Any:
    """What a hook before a call gives: data, or a refusal as an exception or a text."""
    answer = await work
    if isinstance(answer, Exception):
        raise answer
    if isinstance(answer, str):
        raise GuardrailRefusal(answer, 400, {"error": answer})
    return answer


def _applied(data: dict[str, Any]) -> list[str]:
    found: list[str] | None = request_metadata(data).get("applied_guardrails")
    return [] if found is None else found


def _own(guard: CustomGuardrail, name: str) -> Any:
    """A hook that the guardrail's class defines itself."""
    found = getattr(type(guard), name, None)
    default = getattr(CustomGuardrail, name, None)
    return getattr(guard, name) if found is not default else None
