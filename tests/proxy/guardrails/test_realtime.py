"""Guardrails inside realtime sessions: what is written, spoken and answered by tools."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.gateway import Gateway
from tests.support.realtime import RealtimeProvider

CREATE = {"type": "response.create"}
ANSWER = ["response.created", "response.output_text.delta", "response.done"]
UNASKED = {"type": "server_vad", "create_response": False}


@contextlib.contextmanager
def talking(gateway: Gateway, *guardrails: str) -> Iterator[ClientConnection]:
    """A session of a key with these guardrails."""
    key = gateway.request("POST", "/key/generate", json={"guardrails": list(guardrails)}).json()["key"]
    address = gateway.base.replace("http", "ws") + "/v1/realtime?model=voice"
    with connect(address, additional_headers={"authorization": f"Bearer {key}"}) as session:
        assert heard(session)["type"] == "session.created"
        yield session


def say(session: ClientConnection, *events: dict[str, Any]) -> None:
    for event in events:
        session.send(json.dumps(event))


def heard(session: ClientConnection) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(session.recv(timeout=30))
    return found


def kinds(session: ClientConnection, count: int) -> list[str]:
    return [heard(session)["type"] for _ in range(count)]


def text(said: str) -> dict[str, Any]:
    content = [{"type": "input_text", "text": said}]
    return {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}}


def speech(said: str) -> list[dict[str, Any]]:
    audio = base64.b64encode(said.encode()).decode()
    return [{"type": "input_audio_buffer.append", "audio": audio}, {"type": "input_audio_buffer.commit"}]


def got(voice: RealtimeProvider, since: int) -> list[tuple[str, str]]:
    """The events that the provider was sent: their types, and all that they say."""
    return [(kind, json.dumps(event)) for kind, event in voice.said[since:]]


def test_a_written_message_is_refused_and_the_user_is_told(guarded: Gateway, voice: RealtimeProvider) -> None:
    since = len(voice.said)
    with talking(guarded, "words") as session:
        say(session, text("a dragon"), CREATE)
        refused = heard(session)["error"]
        assert (refused["type"], refused["code"]) == ("guardrail_violation", "content_policy_violation")
        assert kinds(session, 3) == ANSWER, "the refusal, in the model's voice"
        say(session, text("an orc"), CREATE)
        assert kinds(session, 3) == ANSWER
    sent = got(voice, since)
    assert [kind for kind, _ in sent] == ["conversation.item.create", "response.create"] * 2
    assert "a dragon" not in str(sent)
    assert refused["message"] in sent[0][1]
    assert "orc" not in sent[2][1], "masked"


def test_tools_results_and_instructions_are_looked_at(guarded: Gateway, voice: RealtimeProvider) -> None:
    since = len(voice.said)
    with talking(guarded, "words") as session:
        result = {"type": "function_call_output", "call_id": "c1", "output": "a dragon"}
        say(session, {"type": "conversation.item.create", "item": result})
        assert heard(session)["type"] == "error"
        assert kinds(session, 3) == ANSWER
        say(session, {"type": "session.update", "session": {"instructions": "be a dragon"}})
        assert heard(session)["type"] == "error"
        hidden = '{"type":"conversation\\u002eitem.create","item":{"role":"user","content":[{"text":"dragon"}]}}'
        for frame in (hidden, hidden.encode()):
            session.send(frame)
            assert heard(session)["type"] == "error"
            assert kinds(session, 3) == ANSWER
        session.send("no json")
        assert heard(session)["type"] == "error"
    sent = got(voice, since)
    assert "dragon" not in str([said for _, said in sent if "word for word" not in said])
    assert '"call_id": "c1"' in sent[0][1]
    assert "session.update" not in [kind for kind, _ in sent]


def test_a_violation_may_end_the_session(guarded: Gateway, voice: RealtimeProvider) -> None:
    since = len(voice.said)
    with talking(guarded, "once") as session:
        say(session, text("a dragon"))
        assert heard(session)["error"]["type"] == "guardrail_violation"
        with pytest.raises(ConnectionClosed) as closed:
            session.recv(timeout=30)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008
    assert got(voice, since) == []


def test_speech_is_answered_when_its_transcript_was_read(guarded: Gateway, voice: RealtimeProvider) -> None:
    since = len(voice.said)
    with talking(guarded, "spoken") as session:
        say(session, *speech("hello"), CREATE)
        assert kinds(session, 2)[-1] == "conversation.item.input_audio_transcription.completed"
        assert kinds(session, 3) == ANSWER
        say(session, *speech("a dragon"), CREATE)
        assert kinds(session, 2)[-1] == "conversation.item.input_audio_transcription.completed"
        assert heard(session)["error"]["message"] == "Not here."
        assert kinds(session, 3) == ANSWER
        turns = {"type": "server_vad", "threshold": 0.5}
        say(session, {"type": "session.update", "session": {"audio": {"input": {"turn_detection": turns}}}})
        say(session, text("a dragon, written, which this guardrail does not read"), CREATE)
        assert kinds(session, 3) == ANSWER
    sent = voice.said[since:]
    assert sent[0][1]["session"]["audio"]["input"] == {
        "transcription": {"model": "whisper-1"},
        "turn_detection": UNASKED,
    }
    assert [kind for kind, _ in sent[1:4]] == [
        "input_audio_buffer.append",
        "input_audio_buffer.commit",
        "response.create",
    ]
    assert [kind for kind, _ in sent[4:9]] == [
        "input_audio_buffer.append", "input_audio_buffer.commit", "conversation.item.delete",
        "conversation.item.create", "response.create",
    ]  # fmt: skip
    assert "Not here." in str(sent[7])
    assert sent[9][1]["session"]["audio"]["input"]["turn_detection"] == {**turns, "create_response": False}


def test_a_session_without_guardrails_is_left_as_it_is(guarded: Gateway, voice: RealtimeProvider) -> None:
    since = len(voice.said)
    with talking(guarded) as session:
        say(session, text("a dragon"), CREATE)
        assert kinds(session, 3) == ANSWER
    assert [kind for kind, _ in got(voice, since)] == ["conversation.item.create", "response.create"]
