"""Guardrails inside a realtime session: what the user writes, says and lets tools answer, before a model acts on it,
and what the model answers, before the user sees or hears it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from litellm.integrations.custom_guardrail import CustomGuardrail, ModifyResponseException, is_guardrail_intervention
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.guardrails.realtime_answers import AnswerRefused, HeldAnswers
from litellm.proxy.guardrails.realtime_events import (
    BLOCKED_OUTPUT,
    COMMIT,
    CREATE,
    ITEM,
    NOT_TRANSCRIBED,
    TRANSCRIBED,
    UPDATE,
    error_event,
    event_slots,
    has_audio,
    held_back,
    hold_back,
    instead,
    is_tool_output,
    withdrawn,
    written,
)
from litellm.proxy.guardrails.realtime_turns import SpokenTurns
from litellm.proxy.guardrails.refusals import GuardrailRefusal
from litellm.proxy.guardrails.texts import Slot, reply_slots
from litellm.proxy.hooks.chain import HookChain
from litellm.types.guardrails import GuardrailEventHooks as Event
from litellm.types.realtime import Screened
from litellm.types.utils import ModelResponse

log = logging.getLogger("litellm.proxy.guardrails")

CALL_TYPE = "_arealtime"
_READ = (
    '"session.created"', '"session.updated"', '"response.created"', '"response.done"',
    '"input_audio_buffer.committed"', TRANSCRIBED, NOT_TRANSCRIBED, '"error"',
)  # fmt: skip
_UNHEARD = "guardrails cannot hear the audio in an item: append it to the input buffer"
_UNWRITTEN = "what was said could not be transcribed, so that no guardrail could read it"
_TOO_LONG = "the answer is too long for a guardrail"
_UNREADABLE = "an event has to be JSON: guardrails could not read this one"


@dataclass(frozen=True, slots=True)
class _Refused:
    guard: CustomGuardrail | None
    message: str
    violation: bool
    """False where the guardrail itself failed."""


class RealtimeScreen:
    """One session's. `auth` and `body` are those it was admitted with; guardrails may change while it goes on."""

    def __init__(self, hooks: HookChain, auth: UserAPIKeyAuth, body: dict[str, Any], *, transcribes: bool) -> None:
        """`transcribes`: whether the session only writes down what is said, so that nothing is ever answered."""
        self._hooks, self._auth, self._body = hooks, auth, body
        self._transcribes = transcribes
        self._responding = self._told = False
        self.ended = False
        """Whether a guardrail ended the session."""
        self._violations = 0
        self._turns = SpokenTurns()
        self._answers = HeldAnswers(self._answer)
        self._listens = False

    async def client_said(self, message: str | bytes) -> Screened:
        """An event of the client's, as it may go to the provider, or what its sender is told instead."""
        if not self._hooks.guards:
            return Screened([message if isinstance(message, str) else message.decode("utf-8", "replace")])
        try:
            event = orjson.loads(message)
        except orjson.JSONDecodeError:
            return Screened(to_client=[error_event(_UNREADABLE, violation=True)])
        kind = event.get("type") if isinstance(event, dict) else None
        if kind == COMMIT:
            self._turns.commits()
        if kind == UPDATE:
            self._update(event)
        if kind not in (ITEM, UPDATE, CREATE):
            return Screened([written(event)])
        if kind == CREATE and self._told:  # the answer to it has been asked for, with the refusal as its text
            self._told = False
            return Screened()
        refused = await self._refusal(event_slots(event), (Event.pre_call, Event.during_call))
        if refused is not None:
            return self._refused_event(refused, event)
        if kind == ITEM:
            self._told = False
            if self._turns.active and has_audio(event):
                return Screened(to_client=[error_event(_UNHEARD, violation=True)])
        held = kind == CREATE and self._turns.active and self._turns.holds(written(event))
        return Screened() if held else Screened([written(event)])

    async def provider_said(self, message: str) -> Screened:
        """An event of the provider's, and what it leads to."""
        if not (self._listens or (self._hooks.guards and any(name in message for name in _READ))):
            return Screened(to_client=[message])
        try:
            event = orjson.loads(message)
        except orjson.JSONDecodeError:
            return Screened(to_client=[message])
        if not isinstance(event, dict):
            return Screened(to_client=[message])
        kind = event.get("type")
        if kind in ("response.created", "response.done"):
            self._responding = kind == "response.created"
        if kind in ("session.created", "session.updated", "response.created"):
            self._listens = bool(self._chosen(Event.post_call)) or self._answers.holds
        then = await self._heard(event, message) if self._listens else Screened(to_client=[message])
        if kind in ("session.created", "session.updated"):
            self._session(event.get("session"), then, begins=kind == "session.created")
        elif kind == "input_audio_buffer.committed" and self._turns.active:
            self._turns.committed(str(event.get("item_id")))
        elif kind == "error" and self._turns.active:
            _add(then, self._turns.failed())
        elif kind in (TRANSCRIBED, NOT_TRANSCRIBED):
            await self._spoken(event, then)
        return then

    def _session(self, session: Any, then: Screened, *, begins: bool) -> None:
        if isinstance(session, dict) and session.get("type") == "transcription":
            self._transcribes = True
        self._turns.active = bool(self._chosen(Event.realtime_input_transcription)) and not self._transcribes
        if begins and self._turns.active:
            _add(then, held_back(session))

    async def _heard(self, event: dict[str, Any], message: str) -> Screened:
        """An event of the model's, or what came before it, once guardrails have seen it."""
        try:
            return Screened(to_client=await self._answers.heard(event, message))
        except AnswerRefused as refusal:
            refused = refusal.why if isinstance(refusal.why, _Refused) else _Refused(None, _TOO_LONG, False)
            told = self._told_of(refused, refusal.item_id or None, speaks=False)
            told.to_client += refusal.left
            return told

    async def _answer(self, text: str, call: dict[str, Any] | None) -> str:
        """A text of the model's, or one of its calls, as guardrails after a call leave it. Raises AnswerRefused."""
        guards, data = self._prepared([])
        message = {"role": "assistant", "content": None if call else text, **({"tool_calls": [call]} if call else {})}
        reply: Any = ModelResponse(choices=[{"index": 0, "finish_reason": "stop", "message": message}])
        for guard in self._hooks.runner.chosen(guards, self._auth, data, Event.post_call):
            try:
                reply = await self._hooks.runner.run_after(guard, self._auth, data, reply)
            except ModifyResponseException as said:
                raise AnswerRefused(_Refused(guard, said.message, True)) from said
            except ProxyException as error:
                raise AnswerRefused(_refusal_of(guard, error)) from error
        return text if call else "".join(slot.text for slot in reply_slots(reply))

    def _chosen(self, event: Event) -> Sequence[CustomGuardrail]:
        guards, data = self._prepared([])
        return self._hooks.runner.chosen(guards, self._auth, data, event)

    def _update(self, event: dict[str, Any]) -> None:
        wish = hold_back(event) if self._turns.active else None
        if wish is not None:
            self._turns.answers_unasked = wish

    async def _spoken(self, event: dict[str, Any], then: Screened) -> None:
        item_id = str(event.get("item_id"))
        refused = None
        if event["type"] == TRANSCRIBED:
            slots = [Slot(event, "transcript", role="user")] if event.get("transcript") else []
            refused = await self._refusal(slots, (Event.realtime_input_transcription, Event.pre_call))
        elif self._turns.active:
            refused = _Refused(
                None, "what was said could not be transcribed, so that no guardrail could read it", False
            )
        if refused is None:
            if self._turns.active:
                _add(then, self._turns.passed(item_id))
            return
        asks = self._turns.refused(item_id)
        told = self._told_of(refused, item_id)
        self._told = asks and bool(told.to_provider)
        then.to_client += told.to_client
        then.to_provider += told.to_provider
        then.ends = told.ends

    def _refused_event(self, refused: _Refused, event: dict[str, Any]) -> Screened:
        """What becomes of a client's event that a guardrail refused."""
        if event["type"] != ITEM:
            return self._told_of(refused, None, speaks=False)
        told = self._told_of(refused, None)
        if is_tool_output(event):
            event["item"]["output"] = BLOCKED_OUTPUT
            told.to_provider.insert(0, written(event))
        else:  # a client asks for the answer to what it wrote
            self._told = bool(told.to_provider)
        return told

    def _told_of(self, refused: _Refused, item_id: str | None, *, speaks: bool = True) -> Screened:
        """The client is told in an event, and the user in the model's voice; the session may end."""
        guard = refused.guard
        message = (refused.violation and _setting(guard, "realtime_violation_message")) or refused.message
        told = Screened(to_client=[error_event(message, violation=refused.violation)])
        if refused.violation:
            self._violations += 1
            most = _setting(guard, "end_session_after_n_fails")
            told.ends = _setting(guard, "on_violation") == "end_session" or bool(most and self._violations >= most)
            self.ended = told.ends
            log.warning("guardrail %s refused an event of a realtime session", guard and guard.guardrail_name)
        if self._transcribes or told.ends:
            return told
        build = instead if speaks and refused.violation else None
        told.to_provider = (
            build(message, responding=self._responding, item_id=item_id)
            if build
            else withdrawn(responding=self._responding and item_id is not None, item_id=item_id)
        )
        return told

    def _prepared(self, slots: Sequence[Slot]) -> tuple[Sequence[CustomGuardrail], dict[str, Any]]:
        """The guardrails that there are, and texts as the request that they look at."""
        messages = [{"role": slot.role, "content": slot.text} for slot in slots]
        known = {name: value for name, value in self._body.items() if name != "messages"}
        data = {**known, "messages": messages, "stream": True, "metadata": dict(self._body.get("metadata") or {})}
        return self._hooks.prepare(self._auth, data), data

    async def _refusal(self, slots: Sequence[Slot], events: Sequence[Event]) -> _Refused | None:
        """Lets guardrails see texts, and puts what they leave into their places; or who refused them."""
        guards, data = self._prepared(slots)
        runner, seen = self._hooks.runner, set[int]()
        for event in events if slots else ():
            for guard in runner.chosen(guards, self._auth, data, event):
                if id(guard) in seen:
                    continue
                seen.add(id(guard))
                try:
                    if event is Event.during_call:
                        await runner.run_beside(guard, self._auth, data, CALL_TYPE)
                    else:
                        data = await runner.run_before(guard, event, self._auth, data, CALL_TYPE, self._hooks.cache)
                        _put(slots, data)
                except ModifyResponseException as said:
                    return _Refused(guard, said.message, True)
                except ProxyException as error:
                    return _refusal_of(guard, error)
        return None


def _refusal_of(guard: CustomGuardrail, error: ProxyException) -> _Refused:
    cause = error.__cause__ or error
    return _Refused(guard, error.message, is_guardrail_intervention(cause) or isinstance(cause, ValueError))


def _put(slots: Sequence[Slot], data: dict[str, Any]) -> None:
    messages = data.get("messages")
    if not isinstance(messages, list) or len(messages) != len(slots):
        raise GuardrailRefusal("a guardrail gave another number of texts", 500)
    for slot, message in zip(slots, messages, strict=True):
        text = message.get("content") if isinstance(message, dict) else None
        if isinstance(text, str) and text != slot.text:
            slot.put(text)


def _add(then: Screened, event: str | None) -> None:
    if event is not None:
        then.to_provider.append(event)


def _setting(guard: CustomGuardrail | None, name: str) -> Any:
    if guard is None:
        return None
    found = getattr(guard, name, None)
    return guard.guardrail_config.get(name) if found is None else found
