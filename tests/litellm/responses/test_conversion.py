"""Between the Responses API and chat: what both can say survives the way there and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st
from litellm.llms.responses.events import ChatEvents, whole_events
from litellm.llms.responses.from_chat import to_response
from litellm.llms.responses.from_responses import to_completion
from litellm.llms.responses.from_responses_input import instructions_of, to_input
from litellm.llms.responses.ids import decode_id, encode_id
from litellm.llms.responses.to_chat import input_messages, to_chat
from litellm.types.responses.events import EVENT_CLASSES, GenericEvent, stream_event

texts = st.text(min_size=1, max_size=20)
arguments = st.sampled_from(["{}", '{"a": 1}', '{"city": "Z\\u00fcrich"}'])
calls = st.lists(st.tuples(texts, texts, arguments), max_size=3, unique_by=lambda call: call[0])


def tool_call(call_id: str, name: str, given: str) -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": given}}


@given(texts, texts, calls, texts)
def test_messages_survive(system: str, asked: str, made: list[tuple[str, str, str]], result: str) -> None:
    messages: list[dict[str, Any]] = [{"role": "system", "content": system}, {"role": "user", "content": asked}]
    if made:
        messages.append({"role": "assistant", "content": None, "tool_calls": [tool_call(*call) for call in made]})
        messages += [{"role": "tool", "tool_call_id": call[0], "content": result} for call in made]
    back = to_chat({"input": to_input(messages), "instructions": instructions_of(messages)})["messages"]
    assert back[0] == {"role": "system", "content": system}
    assert back[1]["content"] == [{"type": "text", "text": asked}]
    if made:
        assert [(c["id"], c["function"]["name"], c["function"]["arguments"]) for c in back[2]["tool_calls"]] == made
        assert [m["tool_call_id"] for m in back[3:]] == [call[0] for call in made]
        assert all(m["content"] == [{"type": "text", "text": result}] for m in back[3:])


@given(st.text(max_size=40), calls, st.text(max_size=20), st.integers(0, 9), st.integers(0, 9))
def test_answers_survive(text: str, made: list[tuple[str, str, str]], thought: str, cached: int, reasoned: int) -> None:
    message: dict[str, Any] = {"role": "assistant", "content": text or None, "reasoning_content": thought or None}
    if made:
        message["tool_calls"] = [tool_call(*call) for call in made]
    usage: dict[str, Any] = {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30}
    usage["prompt_tokens_details"] = {"cached_tokens": cached}
    usage["completion_tokens_details"] = {"reasoning_tokens": reasoned}
    reason = "tool_calls" if made else "stop"
    chat = {"id": "x", "model": "m", "choices": [{"message": message, "finish_reason": reason}], "usage": usage}
    back = to_completion(to_response(chat, {}), "m")
    answer = back["choices"][0]
    assert (answer["message"].get("content") or "") == text
    assert (answer["message"].get("reasoning_content") or "") == thought
    found = [
        (c["id"], c["function"]["name"], c["function"]["arguments"]) for c in answer["message"].get("tool_calls", ())
    ]
    assert found == made
    assert answer["finish_reason"] == reason
    assert back["usage"] == usage


def test_signed_thoughts_come_back() -> None:
    blocks = [{"type": "thinking", "thinking": "Hm", "signature": "s"}]
    message = {"role": "assistant", "content": "Yes", "thinking_blocks": blocks, "reasoning_content": "Hm"}
    response = to_response({"choices": [{"message": message, "finish_reason": "stop"}]}, {})
    assert input_messages(response["output"])[0]["thinking_blocks"] == blocks


def test_other_providers_sealed_thoughts_are_left_alone() -> None:
    items = [
        {"type": "reasoning", "id": "rs", "summary": [], "encrypted_content": "not json"},
        {"role": "assistant", "content": "Yes"},
    ]
    assert input_messages(items) == [{"role": "assistant", "content": "Yes"}]


@pytest.mark.parametrize(("reason", "said"), [("length", "max_output_tokens"), ("content_filter", "content_filter")])
def test_an_answer_that_was_cut_off(reason: str, said: str) -> None:
    message = {"role": "assistant", "content": "Ye"}
    response = to_response({"choices": [{"message": message, "finish_reason": reason}]}, {})
    assert response["status"] == "incomplete"
    assert response["incomplete_details"] == {"reason": said}
    assert whole_events(response)[-1]["type"] == "response.incomplete"


@given(st.lists(st.text(min_size=1, max_size=5), max_size=5), st.lists(st.text(min_size=1, max_size=5), max_size=3))
def test_events_add_up(words: list[str], thoughts: list[str]) -> None:
    events = ChatEvents("m", {})
    seen = events.start("resp_1")
    for thought in thoughts:
        seen += events.feed({"choices": [{"delta": {"reasoning_content": thought}}]})
    for word in words:
        seen += events.feed({"choices": [{"delta": {"content": word}}]})
    seen += events.finish({"id": "x", "output": [], "status": "completed"})
    opened = [event["output_index"] for event in seen if event["type"] == "response.output_item.added"]
    closed = [event["output_index"] for event in seen if event["type"] == "response.output_item.done"]
    assert sorted(opened) == sorted(closed) == list(range(len(opened)))
    done = [event["text"] for event in seen if event["type"] == "response.output_text.done"]
    assert done == ["".join(words)]
    assert seen[-1]["response"]["id"] == "resp_1"


@given(texts.filter(lambda text: ";" not in text), st.one_of(st.none(), st.uuids().map(str)), texts)
def test_ids_tell_where_they_came_from(provider: str, model_id: str | None, response_id: str) -> None:
    encoded = encode_id(response_id, provider, model_id)
    origin = decode_id(encoded)
    assert origin.response_id == response_id
    assert origin.model_id == model_id
    assert encode_id(encoded, provider, model_id) == encoded


def test_input_of_the_wrong_kind_is_named() -> None:
    with pytest.raises(ValueError, match="input"):
        input_messages(3)


def test_every_event_has_its_class() -> None:
    assert all(type(stream_event({"type": name})) is kind for name, kind in EVENT_CLASSES.items())
    assert type(stream_event({"type": "response.web_search_call.searching"})) is GenericEvent
