"""Published packages that call litellm, unmodified: a chat, a stream and, where they have them, a tool call.

`make test-dependents` installs them with our wheels, under the name that they declare, into an environment of their
own. `make test-dependents-upstream` installs them with upstream and runs them accelerated: three times each, for the
first call of a kind is upstream's own.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.provider import running

MODEL = "openai/gpt-4o"
ASKED = [{"role": "user", "content": "hi"}]
UPSTREAM = os.environ.get("LITELLM_RUST_ENABLE") == "1"
ROUNDS = 3 if UPSTREAM else 1
PARIS = [("weather", {"city": "Paris"})]


@pytest.fixture(scope="module")
def where() -> Iterator[dict[str, str]]:
    with running() as base:
        yield {"api_base": f"{base}/v1", "api_key": "sk-none"}


@pytest.fixture(params=range(ROUNDS), autouse=True)
def _round() -> None:
    """Each test runs so often."""


def weather(city: str) -> str:
    """The weather of a city.

    Args:
        city: The city.
    """
    return f"sunny in {city}"


def test_langchain_litellm(where: dict[str, str]) -> None:
    from langchain_core.tools import tool
    from langchain_litellm import ChatLiteLLM

    model = ChatLiteLLM(model=MODEL, **where)
    assert model.invoke("hi").content == "Echo: hi"
    assert "".join(str(chunk.content) for chunk in model.stream("hi")) == "Echo: hi"
    assert asyncio.run(model.ainvoke("hi")).content == "Echo: hi"
    calls = model.bind_tools([tool(weather)]).invoke("weather?").tool_calls
    assert [(call["name"], call["args"]) for call in calls] == PARIS


def test_smolagents(where: dict[str, str]) -> None:
    from smolagents import LiteLLMModel, tool

    model = LiteLLMModel(model_id=MODEL, **where)
    assert model.generate(ASKED).content == "Echo: hi"
    assert "".join(delta.content or "" for delta in model.generate_stream(ASKED)) == "Echo: hi"
    (call,) = model.generate(ASKED, tools_to_call_from=[tool(weather)]).tool_calls
    assert (call.function.name, call.function.arguments) == ("weather", '{"city": "Paris"}')


def test_instructor(where: dict[str, str]) -> None:
    import instructor
    import litellm
    from pydantic import BaseModel

    class Weather(BaseModel):
        city: str

    client = instructor.from_litellm(litellm.completion)
    answer = client.create(model=MODEL, messages=ASKED, response_model=Weather, max_retries=1, **where)
    assert answer.city == "Paris"
    plain = client.create(model=MODEL, messages=ASKED, response_model=None, **where)
    assert plain.choices[0].message.content == "Echo: hi"

    async def cities() -> list[str | None]:
        streaming = instructor.from_litellm(litellm.acompletion)
        parts = streaming.create_partial(model=MODEL, messages=ASKED, response_model=Weather, max_retries=1, **where)
        return [part.city async for part in parts]

    assert asyncio.run(cities())[-1] == "Paris"


def test_dspy(where: dict[str, str]) -> None:
    import dspy

    model = dspy.LM(MODEL, cache=False, **where)
    assert model("hi") == ["Echo: hi"]
    assert model.history[-1]["cost"] > 0
    (answer,) = model("hi", tools=[dspy.Tool(weather).format_as_litellm_function_call()])
    assert [(call.function.name, call.function.arguments) for call in answer["tool_calls"]] == [
        ("weather", '{"city": "Paris"}')
    ]


def test_dspy_streams(where: dict[str, str]) -> None:
    import dspy

    program = dspy.streamify(dspy.Predict("question -> answer"))

    async def texts() -> str:
        with dspy.context(lm=dspy.LM(MODEL, cache=False, **where), adapter=dspy.JSONAdapter()):
            pieces = [piece async for piece in program(question="hi")]
        chunks = [piece for piece in pieces if hasattr(piece, "choices")]
        return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)

    assert "Paris" in asyncio.run(texts())


def test_openai_agents(where: dict[str, str]) -> None:
    from agents import Agent, Runner, function_tool, set_tracing_disabled
    from agents.extensions.models.litellm_model import LitellmModel

    set_tracing_disabled(True)
    model = LitellmModel(model=MODEL, base_url=where["api_base"], api_key=where["api_key"])
    agent = Agent(name="echo", instructions="Repeat.", model=model)
    equipped = Agent(name="tools", instructions="Repeat.", model=model, tools=[function_tool(weather)])

    async def all_ways() -> list[Any]:
        whole = await Runner.run(agent, "hi")
        used = await Runner.run(equipped, "hi")
        streamed, used_streamed = Runner.run_streamed(agent, "hi"), Runner.run_streamed(equipped, "hi")
        for run in (streamed, used_streamed):
            async for _ in run.stream_events():
                pass
        return [run.final_output for run in (whole, streamed, used, used_streamed)]

    assert asyncio.run(all_ways()) == ["Echo: hi"] * 2 + ["Echo: sunny in Paris"] * 2


def test_google_adk(where: dict[str, str]) -> None:
    from google.adk.models.lite_llm import LiteLlm
    from google.adk.models.llm_request import LlmRequest
    from google.genai import types

    contents = [types.Content(role="user", parts=[types.Part(text="hi")])]
    city = types.Schema(type=types.Type.OBJECT, properties={"city": types.Schema(type=types.Type.STRING)})
    declared = types.FunctionDeclaration(name="weather", description="The weather of a city.", parameters=city)
    equipped = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[declared])])

    async def parts(stream: bool, config: types.GenerateContentConfig) -> list[types.Part]:
        request = LlmRequest(model=MODEL, contents=contents, config=config)
        replies = LiteLlm(model=MODEL, **where).generate_content_async(request, stream=stream)
        return [part async for reply in replies for part in reply.content.parts]

    plain = types.GenerateContentConfig()
    assert [part.text for part in asyncio.run(parts(stream=False, config=plain))] == ["Echo: hi"]
    assert asyncio.run(parts(stream=True, config=plain))[-1].text == "Echo: hi"
    for stream in (False, True):
        call = asyncio.run(parts(stream=stream, config=equipped))[-1].function_call
        assert call is not None
        assert [(call.name, call.args)] == PARIS


def test_llama_index(where: dict[str, str]) -> None:
    from llama_index.core.tools import FunctionTool
    from llama_index.llms.litellm import LiteLLM

    model = LiteLLM(model=MODEL, **where)
    assert model.complete("hi").text == "Echo: hi"
    assert [reply.text for reply in model.stream_complete("hi")][-1] == "Echo: hi"
    reply = model.chat_with_tools([FunctionTool.from_defaults(weather)], user_msg="weather?")
    assert [(call.tool_name, call.tool_kwargs) for call in model.get_tool_calls_from_response(reply)] == PARIS


@pytest.mark.skipif(UPSTREAM, reason="it needs an older mcp than upstream")
def test_strands(where: dict[str, str]) -> None:
    from strands import Agent
    from strands.models.litellm import LiteLLMModel

    agent = Agent(model=LiteLLMModel(client_args=where, model_id=MODEL), callback_handler=None)
    assert str(agent("hi")).strip() == "Echo: hi"


def test_agno(where: dict[str, str]) -> None:
    from agno.agent import Agent
    from agno.models.litellm import LiteLLM

    agent = Agent(model=LiteLLM(id=MODEL, **where))
    assert agent.run("hi").content == "Echo: hi"
    assert "".join(str(event.content or "") for event in agent.run("hi", stream=True)) == "Echo: hi"


def test_mem0(where: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from mem0.configs.llms.base import BaseLlmConfig
    from mem0.llms.litellm import LiteLLM

    monkeypatch.setenv("OPENAI_API_BASE", where["api_base"])
    monkeypatch.setenv("OPENAI_API_KEY", where["api_key"])
    assert LiteLLM(BaseLlmConfig(model=MODEL)).generate_response(ASKED) == "Echo: hi"


@pytest.mark.skipif(not UPSTREAM, reason="upstream is what is accelerated")
def test_the_calls_before_were_native() -> None:
    import litellm_rust

    counts = litellm_rust.metrics()
    assert counts["completion"]["native_calls"] >= 10, counts
    assert counts["streaming"]["native_calls"] >= 10, counts
