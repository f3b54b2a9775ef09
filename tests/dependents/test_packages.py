"""Published packages that call litellm, unmodified, on ours: a chat, a stream and, where they have them, a tool call.

`make test-dependents` installs them with our wheels, under the name that they declare, into an environment of their
own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.provider import running

MODEL = "openai/gpt-4o"
ASKED = [{"role": "user", "content": "hi"}]


@pytest.fixture(scope="module")
def where() -> Iterator[dict[str, str]]:
    with running() as base:
        yield {"api_base": f"{base}/v1", "api_key": "sk-none"}


def test_langchain_litellm(where: dict[str, str]) -> None:
    from langchain_core.tools import tool
    from langchain_litellm import ChatLiteLLM

    @tool
    def weather(city: str) -> str:
        """The weather of a city."""
        return city

    model = ChatLiteLLM(model=MODEL, **where)
    assert model.invoke("hi").content == "Echo: hi"
    assert "".join(str(chunk.content) for chunk in model.stream("hi")) == "Echo: hi"
    calls = model.bind_tools([weather]).invoke("weather?").tool_calls
    assert [(call["name"], call["args"]) for call in calls] == [("weather", {"city": "Paris"})]


def test_smolagents(where: dict[str, str]) -> None:
    from smolagents import LiteLLMModel

    model = LiteLLMModel(model_id=MODEL, **where)
    assert model.generate(ASKED).content == "Echo: hi"
    assert "".join(delta.content or "" for delta in model.generate_stream(ASKED)) == "Echo: hi"


def test_instructor(where: dict[str, str]) -> None:
    import instructor
    import litellm
    from pydantic import BaseModel

    class Weather(BaseModel):
        city: str

    client = instructor.from_litellm(litellm.completion)
    answer = client.create(model=MODEL, messages=ASKED, response_model=Weather, max_retries=1, **where)
    assert answer.city == "Paris"


def test_dspy(where: dict[str, str]) -> None:
    import dspy

    model = dspy.LM(MODEL, cache=False, **where)
    assert model("hi") == ["Echo: hi"]
    assert model.history[-1]["cost"] > 0


def test_openai_agents(where: dict[str, str]) -> None:
    from agents import Agent, Runner, set_tracing_disabled
    from agents.extensions.models.litellm_model import LitellmModel

    set_tracing_disabled(True)
    model = LitellmModel(model=MODEL, base_url=where["api_base"], api_key=where["api_key"])
    agent = Agent(name="echo", instructions="Repeat.", model=model)

    async def both() -> tuple[Any, Any]:
        whole = await Runner.run(agent, "hi")
        streamed = Runner.run_streamed(agent, "hi")
        async for _ in streamed.stream_events():
            pass
        return whole.final_output, streamed.final_output

    assert asyncio.run(both()) == ("Echo: hi", "Echo: hi")


def test_google_adk(where: dict[str, str]) -> None:
    from google.adk.models.lite_llm import LiteLlm
    from google.adk.models.llm_request import LlmRequest
    from google.genai import types

    contents = [types.Content(role="user", parts=[types.Part(text="hi")])]

    async def texts(stream: bool) -> list[str]:
        replies = LiteLlm(model=MODEL, **where).generate_content_async(
            LlmRequest(model=MODEL, contents=contents), stream=stream
        )
        return [part.text or "" async for reply in replies for part in reply.content.parts]

    assert asyncio.run(texts(stream=False)) == ["Echo: hi"]
    assert asyncio.run(texts(stream=True))[-1] == "Echo: hi"


def test_llama_index(where: dict[str, str]) -> None:
    from llama_index.llms.litellm import LiteLLM

    model = LiteLLM(model=MODEL, **where)
    assert model.complete("hi").text == "Echo: hi"
    assert [reply.text for reply in model.stream_complete("hi")][-1] == "Echo: hi"


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
