"""Cohere's and Ollama's APIs from both sides: to and fro loses nothing that both can say."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest
from hypothesis import given, strategies as st
from litellm.llms.inbound_formats import INBOUND_FORMATS, reach_of
from litellm.llms.inbound_wire import InvalidRequest, Reach
from litellm.llms.wire import ChatCall, WireFormat

from tests.litellm.llms.test_formats import wire_of

NATIVE = Reach(native=True)
MODELS = {"cohere": "cohere_chat/command-a-03-2025", "ollama_chat": "ollama_chat/llama3.1"}
TEXT = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=8).filter(lambda text: "<" not in text)
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="}}
ARGUMENTS = st.dictionaries(st.sampled_from(["a", "b"]), st.one_of(st.integers(), TEXT), max_size=2)
both = pytest.mark.parametrize("name", MODELS)


def resolved(name: str, messages: list[Any], params: dict[str, Any] | None = None) -> tuple[WireFormat, ChatCall]:
    """The format that speaks to the API, and a call of it."""
    model, provider, _, _ = litellm.get_llm_provider(MODELS[name])
    wire = wire_of(provider, model)
    mapped = wire.map_params(provider, model, params or {}, drop=True)
    return wire, ChatCall(provider, model, messages, mapped, "http://localhost", "k")


@st.composite
def calls(draw: st.DrawFn, turn: int) -> list[dict[str, Any]]:
    """Calls of tools, each of another name."""
    return [
        {"id": f"call_{turn}_{at}", "type": "function",
         "function": {"name": f"f{at}", "arguments": json.dumps(draw(ARGUMENTS), ensure_ascii=False)}}
        for at in range(draw(st.integers(0, 2)))
    ]  # fmt: skip


@st.composite
def conversations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Chats as both can hold them, every call answered."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": draw(TEXT)}] if draw(st.booleans()) else []
    for turn in range(draw(st.integers(1, 3))):
        text = draw(TEXT)
        shown: Any = [{"type": "text", "text": text}, IMAGE] if draw(st.booleans()) else text
        made = draw(calls(turn))
        answer: dict[str, Any] = {"role": "assistant", "content": draw(TEXT)}
        if made:
            answer["tool_calls"] = made
        results = [{"role": "tool", "tool_call_id": call["id"], "content": draw(TEXT)} for call in made]
        messages += [{"role": "user", "content": shown}, answer, *results]
    return [*messages, {"role": "user", "content": draw(TEXT)}]


def nameless(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ids by what they stand for, as not all APIs have them; calls as values."""
    known: dict[str, str] = {}
    made: list[dict[str, Any]] = []
    for message in messages:
        plain = {name: value for name, value in message.items() if name != "name"}
        for call in message.get("tool_calls") or ():
            known[call["id"]] = f"{len(known)}"
        if "tool_calls" in plain:
            told = [call["function"] for call in plain["tool_calls"]]
            plain["tool_calls"] = [(call["name"], json.loads(call["arguments"])) for call in told]
        if "tool_call_id" in plain:
            plain["tool_call_id"] = known[plain["tool_call_id"]]
        made.append(plain)
    return made


@both
@given(messages=conversations())
def test_a_request_comes_back_as_it_went(name: str, messages: list[dict[str, Any]]) -> None:
    tools = [{"type": "function", "function": {"name": "f0", "description": "d", "parameters": {"type": "object"}}}]
    asked = {"max_tokens": 9, "temperature": 0.5, "top_p": 0.9, "seed": 3, "stop": ["a"], "tools": tools}
    wire, call = resolved(name, messages, asked)
    body = json.loads(wire.build_request(call).body)
    chat = INBOUND_FORMATS[name].to_chat(body, Reach())
    assert nameless(chat["messages"]) == nameless(messages)
    assert {key: chat[key] for key in asked} == asked


@both
@given(text=TEXT, thought=st.none() | TEXT, made=calls(0), prompt=st.integers(1, 99), output=st.integers(1, 99))
def test_a_reply_comes_back_as_it_went(
    name: str, text: str, thought: str | None, made: list[dict[str, Any]], prompt: int, output: int
) -> None:
    message: dict[str, Any] = {"role": "assistant", "content": text}
    if thought is not None:
        message["reasoning_content"] = thought
    if made:
        message["tool_calls"] = made
    reason = "tool_calls" if made else "length"
    usage = {"prompt_tokens": prompt, "completion_tokens": output, "total_tokens": prompt + output}
    choice = {"index": 0, "message": message, "finish_reason": reason}
    reply = INBOUND_FORMATS[name].to_reply({"id": "x", "model": "m", "choices": [choice], "usage": usage}, 0.5)
    wire, call = resolved(name, [{"role": "user", "content": "Hi"}])
    again = wire.parse_response(call, 200, {}, json.dumps(reply).encode())
    found = again["choices"][0]
    told = ("role", "content", "reasoning_content")
    assert {key: found["message"].get(key) for key in told} == {key: message.get(key) for key in told}
    assert nameless([found["message"]])[0].get("tool_calls") == nameless([message])[0].get("tool_calls")
    if name == "ollama_chat" or not made:  # that tools are called shows in Cohere's message alone
        assert found["finish_reason"] == reason
    assert again["usage"] == usage


def test_citations_and_cached_tokens_are_told_in_coheres_words() -> None:
    page = {"url": "https://a.example", "title": "A", "start_index": 0, "end_index": 3}
    message = {"content": "One.", "annotations": [{"type": "url_citation", "url_citation": page}]}
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 4}}
    reply = INBOUND_FORMATS["cohere"].to_reply({"choices": [{"message": message}], "usage": usage}, 0.0)
    document = {"title": "A", "url": "https://a.example"}
    source = {"type": "document", "id": "https://a.example", "document": document}
    assert reply["message"]["citations"] == [
        {"start": 0, "end": 3, "text": "One", "type": "TEXT_CONTENT", "sources": [source]}
    ]
    assert reply["usage"]["cached_tokens"] == 4


def test_models_of_others_are_asked_for_what_they_have() -> None:
    body = {"messages": [{"role": "user", "content": "x"}], "k": 3, "documents": ["one", {"data": {"a": "two"}}],
            "thinking": {"type": "enabled", "token_budget": 2000}, "strict_tools": True, "tool_choice": "REQUIRED",
            "tools": [{"type": "function", "function": {"name": "f"}}]}  # fmt: skip
    cohere = INBOUND_FORMATS["cohere"]
    claude = cohere.to_chat(body, reach_of(cohere, [("anthropic", "claude-sonnet-4-5")]))
    assert claude["thinking"] == {"type": "enabled", "budget_tokens": 2000}
    assert (claude["top_k"], claude["tool_choice"]) == (3, "required")
    assert claude["tools"][0]["function"]["strict"] is True
    assert [word in claude["messages"][0]["content"] for word in ("one", "two")] == [True, True]
    gpt = cohere.to_chat(body, reach_of(cohere, [("openai", "gpt-4o"), ("anthropic", "claude-sonnet-4-5")]))
    assert "top_k" not in gpt
    assert gpt["reasoning_effort"] == "low"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("cohere", {}),
        ("cohere", {"messages": [{"role": "user", "content": 3}]}),
        ("cohere", {"messages": [{"role": "user", "content": "x"}], "thinking": 3}),
        ("cohere", {"messages": [{"role": "assistant", "tool_calls": [None]}]}),
        ("ollama_chat", {"messages": [{"role": "user", "content": [{"type": "text"}]}]}),
        ("ollama_chat", {"messages": [{"role": "user", "content": "x", "images": [3]}]}),
        ("ollama_chat", {"messages": [{"role": "user", "content": "x"}], "options": []}),
        ("ollama_chat", {"messages": [{"role": "user", "content": "x"}], "format": "xml"}),
        ("ollama_generate", {"prompt": 3}),
        ("ollama_generate", {"prompt": ""}),
        ("ollama_generate", {"prompt": "x", "suffix": "y"}),
        ("converse", {"messages": [], "inferenceConfig": 3}),
        ("converse", {"messages": [{"role": "user", "content": [{"image": {"source": 3}}]}]}),
    ],
)
def test_a_body_that_is_no_request(name: str, body: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        INBOUND_FORMATS[name].to_chat(body, Reach())


def test_ollamas_own_prompts_keep_what_only_ollama_has() -> None:
    body = {"prompt": "def f(", "suffix": "return", "options": {"num_ctx": 8}, "raw": True}
    chat = INBOUND_FORMATS["ollama_generate"].to_chat(body, NATIVE)
    assert chat["messages"] == [{"role": "user", "content": "def f("}]
    assert (chat["suffix"], chat["raw"], chat["extra_body"]) == ("return", True, {"options": {"num_ctx": 8}})
