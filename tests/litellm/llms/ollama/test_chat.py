"""Ollama: both endpoints, with what a chat of OpenAI's can hold."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import ndjson
from tests.support.scripted import Answer, Scripted

PIXEL = "iVBORw0KGgo="
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}]
CONVERSATION: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {
        "role": "user",
        "content": [
            {"type": "text", "text": "Where?"},
            {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
        ],
    },
    {
        "role": "assistant",
        "content": "",
        "reasoning_content": "A tower.",
        "tool_calls": [
            {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"c": "Paris"}'}}
        ],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "21"},
]


def ask(script: Scripted, model: str, **more: Any) -> Any:
    return litellm.completion(**{"model": model, "messages": CONVERSATION, "api_base": script.base, **more})


def chat(**message: Any) -> dict[str, Any]:
    return {"message": {"role": "assistant", **message}, "done": True, "done_reason": "stop"}


def test_chat_request(script: Scripted) -> None:
    script.will_say(chat(content="Paris"))
    ask(script, "ollama_chat/llama3", max_tokens=5, num_ctx=99, keep_alive="5m", reasoning_effort="low", tools=TOOLS)
    assert script.asked[0].path == "/api/chat"
    assert script.last["options"] == {"num_predict": 5, "num_ctx": 99}
    assert (script.last["keep_alive"], script.last["think"], script.last["stream"]) == ("5m", True, False)
    system, user, assistant, tool = script.last["messages"]
    assert system == {"role": "system", "content": "Be brief.", "images": []}
    assert user == {"role": "user", "content": "Where?", "images": [PIXEL]}
    assert assistant["thinking"] == "A tower."
    assert assistant["tool_calls"] == [{"function": {"name": "weather", "arguments": {"c": "Paris"}}}]
    assert tool["tool_call_id"] == "c1"


def test_effort_is_a_degree_for_models_that_know_degrees(script: Scripted) -> None:
    script.will_say(chat(content="x"))
    for model, effort, think in (("gpt-oss:20b", "high", "high"), ("qwen3", "high", True), ("qwen3", "none", False)):
        ask(script, f"ollama_chat/{model}", reasoning_effort=effort)
        assert script.last["think"] == think


def test_a_schema_is_the_format(script: Scripted) -> None:
    schema = {"type": "object", "properties": {"colour": {"type": "string"}}}
    script.will_say(chat(content="{}"))
    ask(
        script,
        "ollama_chat/llama3",
        response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": schema}},
    )
    assert script.last["format"] == schema


def test_tool_calls_of_a_reply_get_ids_and_text_arguments(script: Scripted) -> None:
    script.will_say(chat(content="", tool_calls=[{"function": {"name": "weather", "arguments": {"c": "Rome"}}}]))
    choice = ask(script, "ollama_chat/llama3", tools=TOOLS).choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls[0].id
    assert json.loads(choice.message.tool_calls[0].function.arguments) == {"c": "Rome"}


def test_thinking_in_tags_and_in_its_own_field(script: Scripted) -> None:
    for message in ({"content": "Hi", "thinking": "hm"}, {"content": "<think>hm</think>Hi"}):
        script.will_say(chat(**message))
        said = ask(script, "ollama_chat/llama3").choices[0].message
        assert (said.reasoning_content, said.content) == ("hm", "Hi")


def test_streamed_thinking_in_tags(script: Scripted) -> None:
    texts = ["<think>", "hm", "</think>", "Hi", ""]
    lines = [{"response": text, "done": index == 4} for index, text in enumerate(texts)]
    script.will(Answer([ndjson(*lines)], content_type="application/x-ndjson"))
    built = litellm.stream_chunk_builder(list(ask(script, "ollama/llama3", stream=True)))
    assert (built.choices[0].message.reasoning_content, built.choices[0].message.content) == ("hm", "Hi")


def test_generate_writes_the_chat_as_one_prompt(script: Scripted) -> None:
    script.will_say({"response": "Paris", "done": True})
    response = ask(script, "ollama/llama3")
    assert script.asked[0].path == "/api/generate"
    assert script.last["images"] == [PIXEL]
    assert script.last["prompt"] == (
        "### System:\nBe brief.\n\n### User:\nWhere?\n\n"
        '### Assistant:\n{"name": "weather", "arguments": {"c": "Paris"}}\n\n### User:\n21\n\n'
    )
    assert response.usage.prompt_tokens > 0


def test_generate_describes_tools_and_reads_a_call(script: Scripted) -> None:
    said = '{"name": "weather", "arguments": {"c": "Rome"}}'
    script.will_say({"response": said, "done": True})
    choice = ask(script, "ollama/llama3", tools=TOOLS).choices[0]
    assert "weather" in script.last["prompt"]
    assert script.last["format"] == "json"
    assert choice.message.tool_calls[0].function.name == "weather"
    pieces = ndjson({"response": said[:9], "done": False}, {"response": said[9:], "done": False}, {"done": True})
    script.will(Answer([pieces], content_type="application/x-ndjson"))
    built = litellm.stream_chunk_builder(list(ask(script, "ollama/llama3", tools=TOOLS, stream=True)))
    assert json.loads(built.choices[0].message.tool_calls[0].function.arguments) == {"c": "Rome"}


def test_generate_with_tools_may_also_answer_in_text(script: Scripted) -> None:
    script.will(Answer([ndjson({"response": "21 de", "done": False}, {"response": "grees", "done": True})]))
    chunks = list(ask(script, "ollama/llama3", tools=TOOLS, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "21 degrees"


def test_a_text_completion_is_asked_as_it_is(script: Scripted) -> None:
    script.will_say({"response": " world", "done": True})
    response = litellm.text_completion(model="ollama/llama3", prompt="hello", api_base=script.base)
    assert script.last["prompt"] == "hello"
    assert response.choices[0].text == " world"


def test_an_error_in_a_stream_is_raised(script: Scripted) -> None:
    script.will(Answer([ndjson({"error": "model crashed"})], content_type="application/x-ndjson"))
    with pytest.raises(litellm.exceptions.MidStreamFallbackError, match="model crashed"):
        list(ask(script, "ollama/llama3", stream=True))


def test_embeddings(script: Scripted) -> None:
    script.will_say({"embeddings": [[0.1], [0.2]], "prompt_eval_count": 4})
    response = litellm.embedding("ollama/nomic", ["a", "b"], dimensions=1, num_ctx=9, api_base=script.base)
    assert script.last == {"model": "nomic", "input": ["a", "b"], "dimensions": 1, "options": {"num_ctx": 9}}
    assert [item["embedding"] for item in response.data] == [[0.1], [0.2]]
    assert response.usage.prompt_tokens == 4
