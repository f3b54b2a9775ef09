"""What callers of other APIs ask of models that do not have it."""

from __future__ import annotations

from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import OPENAI_REPLY
from tests.support.scripted import Scripted

TOOL = {"name": "f", "input_schema": {"type": "object", "properties": {}}}
EDITS = {"edits": [{"type": "clear_tool_uses_20250919"}]}


def sent(script: Scripted, model: str, **more: Any) -> dict[str, Any]:
    """The body of a chat that a messages request became."""
    script.will_say(OPENAI_REPLY)
    given: dict[str, Any] = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 5000, **more}
    litellm.anthropic.messages.create(model=model, api_base=f"{script.base}/v1", api_key="k", **given)
    return script.last


@pytest.mark.parametrize("model", ["groq/llama-3.3-70b-versatile", "mistral/mistral-large-latest"])
def test_context_is_edited_where_it_can_be(script: Scripted, model: str) -> None:
    assert "context_management" not in sent(script, model, context_management=EDITS)


def test_one_call_at_a_time_is_not_asked_of_who_cannot(script: Scripted) -> None:
    choice = {"type": "any", "disable_parallel_tool_use": True}
    assert sent(script, "groq/m", tools=[TOOL], tool_choice=choice)["parallel_tool_calls"] is False
    body = sent(script, "databricks/databricks-claude-sonnet-4", tools=[TOOL], tool_choice=choice)
    assert "parallel_tool_calls" not in body
    assert body["tool_choice"] == "required"


@pytest.mark.parametrize(("budget", "effort"), [(1024, "low"), (3000, "medium"), (4999, "high")])
def test_a_budget_becomes_an_effort(script: Scripted, budget: int, effort: str) -> None:
    body = sent(script, "groq/openai/gpt-oss-120b", thinking={"type": "enabled", "budget_tokens": budget})
    assert body["reasoning_effort"] == effort
    assert "thinking" not in body


def test_a_model_that_cannot_think_says_so(script: Scripted) -> None:
    with pytest.raises(litellm.UnsupportedParamsError, match="thinking"):
        sent(script, "groq/llama-3.3-70b-versatile", thinking={"type": "enabled", "budget_tokens": 1024})
    assert "thinking" not in sent(script, "groq/llama-3.3-70b-versatile", thinking={"type": "disabled"})


@pytest.mark.parametrize(("model", "told"), [("hosted_vllm/m", True), ("groq/m", False)])
def test_who_is_told_its_thoughts(script: Scripted, model: str, told: bool) -> None:
    thought = {"type": "thinking", "thinking": "hm", "signature": "s"}
    turn = {"role": "assistant", "content": [thought, {"type": "text", "text": "b"}]}
    messages = [{"role": "user", "content": "a"}, turn, {"role": "user", "content": "c"}]
    assert ("reasoning_content" in sent(script, model, messages=messages)["messages"][1]) is told


def test_a_search_is_asked_of_who_can(script: Scripted) -> None:
    script.will_say(OPENAI_REPLY)
    given: dict[str, Any] = {"api_base": f"{script.base}/v1", "api_key": "k", "tools": [{"type": "web_search"}]}
    litellm.responses(model="mistral/mistral-large-latest", input="Hi", **given)
    assert "web_search_options" not in script.last


def test_reasoning_that_another_model_summarized_is_told(script: Scripted) -> None:
    script.will_say(OPENAI_REPLY)
    items: list[Any] = [
        {"role": "user", "content": "a"},
        {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "hm"}]},
        {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c", "output": "r"},
    ]
    litellm.responses(model="deepseek/deepseek-reasoner", input=items, api_base=f"{script.base}/v1", api_key="k")
    assert script.last["messages"][1]["reasoning_content"] == "hm"


def test_an_image_alone_leaves_a_word_in_its_place(script: Scripted) -> None:
    source = {"type": "base64", "media_type": "image/png", "data": "AA=="}
    result = {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "image", "source": source}]}
    use = {"type": "tool_use", "id": "t", "name": "f", "input": {}}
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": [use]},
        {"role": "user", "content": [result]},
    ]
    body = sent(script, "groq/m", messages=messages, tools=[TOOL])
    assert isinstance(body["messages"][2]["content"], str)
    assert body["messages"][2]["content"]
