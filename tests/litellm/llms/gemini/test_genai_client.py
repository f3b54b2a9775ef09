"""Google's own client against what `generate_content` makes of an OpenAI-shaped provider."""

from __future__ import annotations

import json
from collections.abc import Iterator

import litellm
import pytest
from google import genai
from google.genai import types

from tests.litellm.llms.samples import OPENAI_REPLY, OPENAI_STREAM
from tests.support.http11 import Exchange, Request, serving
from tests.support.scripted import Answer, Scripted

CALL = {
    "id": "c1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city": "Paris"}'},
}


@pytest.fixture
def client(script: Scripted) -> Iterator[genai.Client]:
    """Google's client, whose server hands every request to litellm."""

    async def handle(request: Request, exchange: Exchange) -> None:
        body = request.json()
        where = {"api_base": f"{script.base}/v1", "api_key": "k"}
        if "streamGenerateContent" in request.path:
            stream = await litellm.agenerate_content_stream("openai/gpt-4o", **body, **where)
            await exchange.start_stream("text/event-stream")
            async for piece in stream:
                await exchange.chunk(piece)
            await exchange.end_stream()
        else:
            answer = await litellm.agenerate_content("openai/gpt-4o", **body, **where)
            await exchange.send_json(200, answer.model_dump(exclude_none=True))

    with serving(handle) as port:
        address = f"http://127.0.0.1:{port}"
        made = genai.Client(api_key="k", http_options=types.HttpOptions(base_url=address))
        yield made
        made.close()


CONFIG = types.GenerateContentConfig(system_instruction="Be brief", temperature=0.5, max_output_tokens=9)


def test_a_text(client: genai.Client, script: Scripted) -> None:
    script.will_say(OPENAI_REPLY)
    response = client.models.generate_content(model="any", contents="hi", config=CONFIG)
    assert response.text == "Grüße"
    assert response.usage_metadata is not None
    assert response.usage_metadata.total_token_count == 5
    assert script.last["messages"] == [{"role": "system", "content": "Be brief"}, {"role": "user", "content": "hi"}]
    assert (script.last["temperature"], script.last["max_tokens"]) == (0.5, 9)


def test_a_stream(client: genai.Client, script: Scripted) -> None:
    script.will(Answer([OPENAI_STREAM], content_type="text/event-stream"))
    chunks = list(client.models.generate_content_stream(model="any", contents="hi"))
    assert "".join(chunk.text or "" for chunk in chunks) == "Grüße"


def test_a_tool_call_and_its_answer(client: genai.Client, script: Scripted) -> None:
    message = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    script.will_say({**OPENAI_REPLY, "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}]})
    schema = types.Schema(type=types.Type.OBJECT, properties={"city": types.Schema(type=types.Type.STRING)})
    tool = types.Tool(function_declarations=[types.FunctionDeclaration(name="weather", parameters=schema)])
    config = types.GenerateContentConfig(tools=[tool])
    asked = types.Content(role="user", parts=[types.Part(text="weather?")])
    response = client.models.generate_content(model="any", contents=[asked], config=config)
    assert response.function_calls is not None
    (call,) = response.function_calls
    assert (call.id, call.name, call.args) == ("c1", "weather", {"city": "Paris"})
    assert script.last["tools"][0]["function"]["parameters"]["properties"] == {"city": {"type": "string"}}

    script.will_say(OPENAI_REPLY)
    assert response.candidates is not None
    answer = types.Part(function_response=types.FunctionResponse(id=call.id, name="weather", response={"temp": 21}))
    turns = [asked, response.candidates[0].content, types.Content(role="user", parts=[answer])]
    client.models.generate_content(model="any", contents=turns, config=config)
    sent = script.last["messages"]
    assert json.loads(sent[1]["tool_calls"][0]["function"]["arguments"]) == {"city": "Paris"}
    assert (sent[2]["role"], sent[2]["tool_call_id"], json.loads(sent[2]["content"])) == ("tool", "c1", {"temp": 21})
