"""Guardrails inside realtime sessions: what is written, spoken and answered by tools."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, strategies as st
from litellm.proxy.guardrails import realtime_answers
from litellm.proxy.guardrails.realtime_answers import AnswerRefused, HeldAnswers
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


def answered(session: ClientConnection, say_it: str, **how: Any) -> list[dict[str, Any]]:
    """All that is heard of an answer that says this."""
    say(session, {"type": "response.create", "response": {"metadata": {"say": say_it, **how}}})
    found = [heard(session)]
    while found[-1]["type"] != "response.done":
        found.append(heard(session))
    return found


def test_what_the_model_writes_is_held_until_it_was_read(guarded: Gateway, voice: RealtimeProvider) -> None:
    with talking(guarded, "mask-reply") as session:
        plain = answered(session, "nothing to hide here")
        assert [event["delta"] for event in plain if event["type"].endswith("text.delta")] == [
            "nothing ", "to ", "hide ", "here ",
        ]  # fmt: skip
        masked = answered(session, "write to someone@example.com now")
    assert "someone@" not in str(masked)
    assert [event["type"] for event in masked] == [event["type"] for event in plain]
    pieces = "".join(event["delta"] for event in masked if event["type"].endswith("text.delta"))
    (whole,) = [event["text"] for event in masked if event["type"].endswith("text.done")]
    assert pieces == whole
    assert whole.startswith("write to [")
    assert "write to [" in masked[-1]["response"]["output"][0]["content"][0]["text"]


def test_a_refused_answer_is_neither_seen_nor_heard(guarded: Gateway, voice: RealtimeProvider) -> None:
    since = len(voice.said)
    with talking(guarded, "block-reply") as session:
        spoken = answered(session, "all is well", voice=True)
        assert [event["type"].split(".")[-2] for event in spoken if event["type"].endswith(".delta")] == [
            "output_audio", "output_audio_transcript",
        ] * 3  # fmt: skip
        refused = answered(session, "write to someone@example.com now", voice=True, end="late")
        assert kinds(session, 0) == []
        again = answered(session, "all is well again")
    assert "someone" not in str(refused)
    assert "output_audio" not in str([event["type"] for event in refused])
    assert "never to be seen" not in str(refused)
    (error,) = [event["error"] for event in refused if event["type"] == "error"]
    assert (error["type"], error["code"]) == ("guardrail_violation", "content_policy_violation")
    assert (refused[-1]["response"]["status"], refused[-1]["response"]["output"]) == ("cancelled", [])
    assert again[-1]["response"]["output"][0]["content"][0]["text"] == "all is well again"
    sent = [event for kind, event in voice.said[since:] if kind in ("response.cancel", "conversation.item.delete")]
    assert [event["type"] for event in sent] == ["response.cancel", "conversation.item.delete"]
    assert sent[1]["item_id"] in [
        event["item"]["id"] for event in refused if event["type"] == "response.output_item.added"
    ]


def test_a_masked_voice_is_silent(guarded: Gateway) -> None:
    with talking(guarded, "mask-reply") as session:
        masked = answered(session, "write to someone@example.com now", voice=True)
    assert "someone@" not in str(masked)
    assert [event for event in masked if event["type"] == "response.output_audio.delta"] == []
    assert any("[" in event.get("transcript", "") for event in masked)


def test_functions_that_the_model_calls_are_looked_at(guarded: Gateway) -> None:
    with talking(guarded, "tools") as session:
        assert [event["type"] for event in answered(session, "{}", call="Read")][-2:] == [
            "response.function_call_arguments.done", "response.done",
        ]  # fmt: skip
        refused = answered(session, '{"rm": 1}', call="Bash")
    assert "rm" not in str(refused)
    assert "guardrail_violation" in str(refused)


@given(st.data())
def test_nothing_of_a_refused_part_is_ever_passed_on(data: st.DataObject) -> None:
    """Whatever the order of text, voice and ends."""
    words = data.draw(st.lists(st.sampled_from(["fine ", "good ", "BAD "]), min_size=1, max_size=5))
    said, ids = "".join(words), {"response_id": "r", "item_id": "i", "content_index": 0}
    count = data.draw(st.integers(0, 3))
    voices = [{"type": "response.audio.delta", **ids, "delta": f"voice-{place}"} for place in range(count)]
    texts = [{"type": "response.audio_transcript.delta", **ids, "delta": word} for word in words]
    order = data.draw(st.permutations([0] * len(voices) + [1] * len(texts)))
    queues = (iter(voices), iter(texts))
    events = [next(queues[which]) for which in order]
    if data.draw(st.booleans()):
        events.append({"type": "response.audio_transcript.done", **ids, "transcript": said})
    item = {"id": "i", "role": "assistant", "content": [{"type": "audio", "transcript": said}]}
    events.append({"type": "response.done", "response": {"id": "r", "output": [item]}})
    before = {**ids, "response_id": "earlier"}  # another part of the same name was heard before
    events = [{"type": "response.audio_transcript.done", **before, "transcript": "fine"}, *events]
    passed = asyncio.run(_passed(events))[1:]
    if "BAD" in said:
        assert all(event["type"] == "response.done" for event in passed)
        assert "voice" not in str(passed)
        assert "fine" not in str(passed)
    else:
        assert passed == events[1:]


async def _passed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    async def check(text: str, call: Any) -> str:
        if "BAD" in text:
            raise AnswerRefused("bad")
        return text

    held, found = HeldAnswers(check), list[str]()
    for event in events:
        try:
            found += await held.heard(event, json.dumps(event))
        except AnswerRefused as refusal:
            found += refusal.left
    assert not held.holds
    return [json.loads(message) for message in found]


def test_what_is_held_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(realtime_answers, "MAX_HELD", 5_000)
    delta = {"type": "response.output_text.delta", "response_id": "r", "item_id": "i", "delta": "x" * 1_000}
    done = {"type": "response.done", "response": {"id": "r", "output": []}}
    assert asyncio.run(_passed([delta] * 9 + [done])) == [done]
