"""Events of OpenAI's realtime API: the texts in a client's, and those that a guardrail's refusal becomes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import orjson

from litellm.proxy.guardrails.texts import Slot

ITEM, UPDATE, CREATE = "conversation.item.create", "session.update", "response.create"
COMMIT = "input_audio_buffer.commit"
TRANSCRIBED = "conversation.item.input_audio_transcription.completed"
NOT_TRANSCRIBED = "conversation.item.input_audio_transcription.failed"
DEFAULT_TRANSCRIPTION = {"model": "whisper-1"}
"""What writes down what is spoken, where a guardrail has to read it and the client asks for no transcript."""
BLOCKED_OUTPUT = '{"error": "blocked by a guardrail"}'
"""What the model gets in the place of a tool's result: it waits for one."""
_CANCEL = '{"type":"response.cancel"}'
RESPONSE_CREATE = '{"type":"response.create"}'


def written(event: dict[str, Any]) -> str:
    """An event, as it is sent."""
    return orjson.dumps(event).decode()


def event_slots(event: dict[str, Any]) -> list[Slot]:
    """The texts that a client's event has for the model."""
    kind = event.get("type")
    if kind == ITEM:
        return list(_item(event.get("item")))
    holder = event.get({UPDATE: "session", CREATE: "response"}.get(str(kind), ""))
    if not isinstance(holder, dict):
        return []
    found = [Slot(holder, "instructions", role="system")] if isinstance(holder.get("instructions"), str) else []
    items = holder.get("input")
    return found + [slot for item in (items if isinstance(items, list) else ()) for slot in _item(item)]


def _item(item: Any) -> Iterator[Slot]:
    if not isinstance(item, dict):
        return
    if isinstance(item.get("output"), str):
        yield Slot(item, "output", role="tool")
    content = item.get("content")
    for block in content if isinstance(content, list) else ():
        for name in ("text", "transcript"):
            if isinstance(block, dict) and isinstance(block.get(name), str):
                yield Slot(block, name, role=str(item.get("role") or "user"))


def has_audio(event: dict[str, Any]) -> bool:
    """Whether an item holds audio of the user's."""
    item = event.get("item")
    content = item.get("content") if isinstance(item, dict) else None
    blocks = content if isinstance(content, list) else ()
    return any(isinstance(block, dict) and block.get("type") == "input_audio" for block in blocks)


def is_tool_output(event: dict[str, Any]) -> bool:
    """Whether a client's event is a tool's result."""
    item = event.get("item")
    return event.get("type") == ITEM and isinstance(item, dict) and item.get("type") == "function_call_output"


def error_event(message: str, *, violation: bool) -> str:
    """What the client is told: of a violation, or of a guardrail that failed."""
    kind, code = ("guardrail_violation", "content_policy_violation") if violation else ("server_error", "guardrail")
    error = {"type": kind, "code": code, "message": message, "param": None, "event_id": None}
    return written({"type": "error", "event_id": f"event_{uuid.uuid4().hex}", "error": error})


def instead(message: str, *, responding: bool, item_id: str | None) -> list[str]:
    """What the provider is sent so that the user hears of a refusal: no answer to what was said, but the message.

    `item_id` is what is not to stay in the conversation.
    """
    said = f"Tell the user this, word for word, and nothing else: {message}"
    content = [{"type": "input_text", "text": said}]
    item = {"type": ITEM, "item": {"type": "message", "role": "user", "content": content}}
    return [*withdrawn(responding=responding, item_id=item_id), written(item), RESPONSE_CREATE]


def withdrawn(*, responding: bool, item_id: str | None) -> list[str]:
    """What ends an answer that has begun, and takes an item out of the conversation."""
    deleted = [] if item_id is None else [written({"type": "conversation.item.delete", "item_id": item_id})]
    return [_CANCEL, *deleted] if responding else deleted


def held_back(session: Any) -> str | None:
    """The `session.update` after which nothing is answered unasked, and everything spoken is written down.

    `session` is the provider's own, of `session.created`. None where it needs none.
    """
    given = session if isinstance(session, dict) else {}
    newer = isinstance(given.get("audio"), dict) or "type" in given
    current = (given.get("audio") or {}).get("input") or {} if newer else given
    name = "transcription" if newer else "input_audio_transcription"
    turns, wanted = current.get("turn_detection", {"type": "server_vad"}), current.get(name)
    change: dict[str, Any] = {} if wanted else {name: DEFAULT_TRANSCRIPTION}
    if isinstance(turns, dict):
        change["turn_detection"] = {**turns, "create_response": False}
    if not change:
        return None
    update = {"type": "realtime", "audio": {"input": change}} if newer else change
    return written({"type": UPDATE, "session": update})


def hold_back(event: dict[str, Any]) -> bool | None:
    """Changes a client's `session.update` so that it undoes nothing of that; what it says of `create_response`."""
    session = event.get("session")
    if not isinstance(session, dict):
        return None
    audio = session.get("audio")
    inner = audio.get("input") if isinstance(audio, dict) else None
    wish: bool | None = None
    for holder, name in ((session, "input_audio_transcription"), (inner, "transcription")):
        if isinstance(holder, dict):
            turns = holder.get("turn_detection")
            if isinstance(turns, dict):
                wish = turns.get("create_response") is not False
                turns["create_response"] = False
            if name in holder and not holder[name]:
                holder[name] = dict(DEFAULT_TRANSCRIPTION)
    return wish
