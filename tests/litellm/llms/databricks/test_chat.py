"""Databricks: messages, Claude's blocks, and a workspace's own token."""

from __future__ import annotations

import copy
from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import OPENAI_REPLY, openai_chunk, sse
from tests.support.scripted import Answer, Scripted

CLAUDE = "databricks/databricks-claude-3-7-sonnet"


def ask(script: Scripted, model: str = "databricks/dbrx", **more: Any) -> Any:
    given = {"model": model, "messages": [{"role": "user", "content": "Hi"}], "api_key": "k"}
    return litellm.completion(**{**given, "api_base": f"{script.base}/serving-endpoints", **more})


def call(number: int) -> dict[str, Any]:
    return {"id": f"c{number}", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def test_systems_are_joined_and_parallel_calls_taken_one_by_one(script: Scripted) -> None:
    script.will_say(OPENAI_REPLY)
    messages = [
        {"role": "system", "content": "A."},
        {"role": "system", "content": "B."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": None, "tool_calls": [call(1), call(2)]},
        {"role": "tool", "tool_call_id": "c1", "name": "f", "content": "1"},
        {"role": "tool", "tool_call_id": "c2", "name": "f", "content": "2"},
        {"role": "assistant", "content": ""},
        {"role": "user", "content": "and?"},
    ]
    ask(script, messages=messages)
    sent = script.last["messages"]
    assert [message["role"] for message in sent] == ["system", "user", "assistant", "tool", "assistant", "tool", "user"]
    assert sent[0]["content"] == "A.\n\nB."
    assert [sent[index]["tool_calls"] for index in (2, 4)] == [[call(1)], [call(2)]]
    assert sent[3] == {"role": "tool", "tool_call_id": "c1", "content": "1"}


def test_claude_thinks_by_budget_and_shows_its_blocks(script: Scripted) -> None:
    reply = copy.deepcopy(OPENAI_REPLY)
    summary = [{"type": "summary_text", "text": "hm", "signature": "s"}]
    text = {"type": "text", "text": "Hello", "citations": [{"url": "u"}]}
    reply["choices"][0]["message"]["content"] = [{"type": "reasoning", "summary": summary}, text]  # type: ignore[index]
    script.will_say(reply)
    message = ask(script, CLAUDE, reasoning_effort="low").choices[0].message
    assert script.last["thinking"] == {"type": "enabled", "budget_tokens": 1024}
    assert script.last["max_tokens"] == 1024 + 4096
    assert (message.content, message.reasoning_content) == ("Hello", "hm")
    assert message.thinking_blocks[0]["signature"] == "s"
    assert message.provider_specific_fields["citations"] == [[{"url": "u", "supported_text": "Hello"}]]


def test_claude_answers_a_schema_by_a_tool(script: Scripted) -> None:
    schema = {"type": "object", "properties": {"c": {"type": "string"}}}
    wanted = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    answer = {"id": "c1", "type": "function", "function": {"name": "json_tool_call", "arguments": '{"c": "red"}'}}
    reply = copy.deepcopy(OPENAI_REPLY)
    reply["choices"][0]["message"] = {"role": "assistant", "content": None, "tool_calls": [answer]}  # type: ignore[index]
    script.will_say(reply)
    choice = ask(script, CLAUDE, response_format=wanted).choices[0]
    assert script.last["tool_choice"] == {"type": "function", "function": {"name": "json_tool_call"}}
    assert (choice.message.content, choice.message.tool_calls, choice.finish_reason) == ('{"c": "red"}', None, "stop")
    chunks = [
        openai_chunk(
            {
                "role": "assistant",
                "tool_calls": [{"index": 0, **answer, "function": {"name": "json_tool_call", "arguments": ""}}],
            }
        ),
        openai_chunk({"tool_calls": [{"index": 0, "function": {"arguments": '{"c": "red"}'}}]}),
        openai_chunk({}, "tool_calls"),
    ]
    script.will(Answer([sse(*chunks)], content_type="text/event-stream"))
    streamed = list(ask(script, CLAUDE, response_format=wanted, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in streamed) == '{"c": "red"}'


def test_a_service_principal_gets_one_token_for_many_calls(script: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_CLIENT_ID", "id")
    monkeypatch.setenv("DATABRICKS_CLIENT_SECRET", script.base)
    token, reply = Answer(b'{"access_token": "tok", "expires_in": 3600}'), OPENAI_REPLY
    script.will_say(reply)
    said = script._answers[0]
    script.will(token, said)
    for _ in range(2):
        ask(script, api_key=None)
    assert [request.path for request in script.asked] == [
        "/oidc/v1/token",
        *["/serving-endpoints/chat/completions"] * 2,
    ]
    assert script.asked[0].headers["authorization"].startswith("Basic ")
    assert {request.headers["authorization"] for request in script.asked[1:]} == {"Bearer tok"}
