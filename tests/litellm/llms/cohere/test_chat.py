"""Cohere: what is asked, and what of its replies has no counterpart in text."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import ndjson, sse
from tests.support.scripted import Answer, Scripted

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "weather",
            "description": "Weather of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}
CONVERSATION: list[dict[str, Any]] = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "Paris?"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": '{"temp": 21}'},
]


def reply(**message: Any) -> dict[str, Any]:
    usage = {"tokens": {"input_tokens": 3, "output_tokens": 2}, "cached_tokens": 1}
    return {"finish_reason": "MAX_TOKENS", "message": {"role": "assistant", **message}, "usage": usage}


def ask(script: Scripted, model: str = "cohere_chat/command-a-03-2025", **more: Any) -> Any:
    return litellm.completion(
        **{"model": model, "messages": CONVERSATION, "api_base": script.base, "api_key": "k", **more}
    )


def test_version_2_takes_openai_messages_and_its_own_parameter_names(script: Scripted) -> None:
    script.will_say(reply(content=[{"type": "text", "text": "21"}]))
    response = ask(script, tools=TOOLS, top_p=0.5, stop="x", max_completion_tokens=9, documents=[{"id": "1"}])
    assert script.asked[0].path == "/v2/chat"
    assert script.last["messages"][2] == {"role": "assistant", "tool_calls": [CALL]}
    assert script.last["tools"] == TOOLS
    assert (script.last["p"], script.last["stop_sequences"], script.last["max_tokens"]) == (0.5, ["x"], 9)
    assert script.last["documents"] == [{"id": "1"}]
    assert response.choices[0].finish_reason == "length"
    assert response.usage.prompt_tokens_details.cached_tokens == 1


def test_thinking_and_tool_calls_of_a_reply(script: Scripted) -> None:
    thought = {"type": "thinking", "thinking": "hm"}
    script.will_say(reply(content=[thought, {"type": "text", "text": "21"}]))
    assert ask(script).choices[0].message.reasoning_content == "hm"
    script.will_say(reply(tool_plan="I will look.", tool_calls=[CALL]))
    message = ask(script, tools=TOOLS).choices[0].message
    assert message.content is None
    assert json.loads(message.tool_calls[0].function.arguments) == {"city": "Paris"}


def test_a_streamed_tool_call_adds_up(script: Scripted) -> None:
    events = [
        {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will look."}}},
        *(
            event
            for index in (0, 1)
            for event in (
                {
                    "type": "tool-call-start",
                    "index": index,
                    "delta": {"message": {"tool_calls": {**CALL, "function": {"name": "weather", "arguments": ""}}}},
                },
                {
                    "type": "tool-call-delta",
                    "index": index,
                    "delta": {"message": {"tool_calls": {"function": {"arguments": '{"city":'}}}},
                },
                {
                    "type": "tool-call-delta",
                    "index": index,
                    "delta": {"message": {"tool_calls": {"function": {"arguments": ' "Paris"}'}}}},
                },
                {"type": "tool-call-end", "index": index},
            )
        ),
        {"type": "message-end", "delta": {"finish_reason": "TOOL_CALL"}},
    ]
    script.will(Answer([sse(*events)], content_type="text/event-stream"))
    built = litellm.stream_chunk_builder(list(ask(script, tools=TOOLS, stream=True)))
    calls = built.choices[0].message.tool_calls
    assert [call.function.arguments for call in calls] == ['{"city": "Paris"}'] * 2
    assert built.choices[0].finish_reason == "tool_calls"


def test_a_stream_names_the_model_that_has_a_price(script: Scripted) -> None:
    used = {"tokens": {"input_tokens": 10, "output_tokens": 5}}
    events = sse({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": used}})
    script.will(Answer([events], content_type="text/event-stream"))
    built = litellm.stream_chunk_builder(list(ask(script, "cohere_chat/v2/command-a-03-2025", stream=True)))
    assert built.model == "command-a-03-2025"
    assert litellm.completion_cost(built) > 0


def test_a_stream_that_ends_in_an_error_is_raised(script: Scripted) -> None:
    events = sse({"type": "message-end", "delta": {"finish_reason": "ERROR", "error": "out of luck"}})
    script.will(Answer([events], content_type="text/event-stream"))
    with pytest.raises(litellm.exceptions.MidStreamFallbackError, match="out of luck"):
        list(ask(script, stream=True))


def test_version_1_sends_the_last_message_beside_the_history(script: Scripted) -> None:
    script.will_say({"text": "21", "meta": {"billed_units": {"input_tokens": 3, "output_tokens": 2}}})
    ask(script, "cohere_chat/v1/command-r", messages=CONVERSATION[:2])
    assert script.asked[0].path == "/v1/chat"
    assert script.last == {
        "model": "command-r",
        "message": "Paris?",
        "chat_history": [{"role": "SYSTEM", "message": "Be brief."}],
    }


def test_version_1_tools_and_their_results(script: Scripted) -> None:
    script.will_say({"text": "", "tool_calls": [{"name": "weather", "parameters": {"city": "Rome"}}]})
    message = ask(script, "cohere_chat/v1/command-r", tools=TOOLS).choices[0].message
    assert script.last["tool_results"] == [
        {"call": {"name": "weather", "parameters": {"city": "Paris"}}, "outputs": [{"temp": 21}]}
    ]
    city = {"description": "", "type": "string", "required": True}
    assert script.last["tools"][0]["parameter_definitions"] == {"city": city}
    assert message.tool_calls[0].function.arguments == '{"city":"Rome"}'


def test_version_1_streams_tool_calls(script: Scripted) -> None:
    lines = ndjson(
        {"event_type": "tool-calls-generation", "tool_calls": [{"name": "weather", "parameters": {"city": "Rome"}}]},
        {"event_type": "stream-end", "finish_reason": "COMPLETE"},
    )
    script.will(Answer([lines], content_type="application/x-ndjson"))
    chunks = list(ask(script, "cohere_chat/v1/command-r", tools=TOOLS, stream=True))
    assert chunks[0].choices[0].delta.tool_calls[0].function.name == "weather"
    assert chunks[-1].choices[0].finish_reason == "tool_calls"


@pytest.mark.parametrize("kind", ["list", "types"])
def test_embeddings(script: Scripted, kind: str) -> None:
    vectors: Any = [[0.1], [0.2]] if kind == "list" else {"float": [[0.1], [0.2]]}
    script.will_say({"embeddings": vectors, "meta": {"billed_units": {"input_tokens": 4}}})
    response = litellm.embedding(
        "cohere/embed-english-v3.0", ["a", "b"], dimensions=1, api_base=script.base, api_key="k"
    )
    assert script.asked[0].path == "/v1/embed"
    assert script.last == {
        "model": "embed-english-v3.0",
        "input_type": "search_document",
        "texts": ["a", "b"],
        "output_dimension": 1,
    }
    assert [item["embedding"] for item in response.data] == [[0.1], [0.2]]
    assert response.usage.prompt_tokens == 4
