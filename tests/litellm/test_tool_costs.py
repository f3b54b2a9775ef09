"""What searches and other tools of a provider cost, in every shape that an answer tells of them in."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm.litellm_core_utils.llm_cost_calc.tool_call_cost_tracking import StandardBuiltInToolCostTracking
from litellm.proxy.stream_meters import stream_meter
from litellm.types.responses import ResponsesAPIResponse
from litellm.types.utils import ModelResponse, Usage

PAGE = {"url": "https://a", "title": "A", "start_index": 0, "end_index": 1}
CITATION = {"type": "url_citation", "url_citation": PAGE}
SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed"}


def _chat(model: str, annotations: list[Any] | None = None, **usage: Any) -> ModelResponse:
    counts = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, **usage}
    message = {"role": "assistant", "content": "x", "annotations": annotations}
    return ModelResponse(model=model, choices=[{"message": message}], usage=Usage(**counts))


def _response(model: str, *output: dict[str, Any]) -> ResponsesAPIResponse:
    usage = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
    return ResponsesAPIResponse(id="r", created_at=1, model=model, object="response", output=list(output), usage=usage)


@pytest.mark.parametrize(
    ("model", "answer", "usd"),
    [
        ("openai/gpt-4o-search-preview", _chat("gpt-4o-search-preview", [CITATION, CITATION]), 0.025),
        ("openai/gpt-4o-search-preview", _chat("gpt-4o-search-preview"), 0.0),
        ("openai/gpt-4o", _chat("gpt-4o", [CITATION]), 0.0),
        ("openai/gpt-5", _response("gpt-5", SEARCH, SEARCH), 0.02),
        ("openai/gpt-5", _response("gpt-5", {"type": "message", "content": []}), 0.0),
        ("anthropic/claude-sonnet-4-5", _chat("claude-sonnet-4-5", server_tool_use={"web_search_requests": 3}), 0.03),
        ("gemini/gemini-2.5-flash", _chat("m", prompt_tokens_details={"web_search_requests": 3}), 0.035),
    ],
)
def test_searches_are_billed(model: str, answer: Any, usd: float) -> None:
    assert litellm.completion_cost(answer, model=model) == pytest.approx(usd, abs=1e-12)


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        ({"input_tokens": 1000, "output_tokens": 100, "cache_read_input_tokens": 500}, 0.00465),
        ({"input_tokens": 0, "output_tokens": 0, "server_tool_use": {"web_search_requests": 2}}, 0.02),
    ],
)
def test_an_answer_of_anthropics_has_a_price_as_it_is(usage: dict[str, Any], usd: float) -> None:
    answer = {"type": "message", "model": "claude-sonnet-4-5", "content": [], "usage": usage}
    assert litellm.completion_cost(answer) == pytest.approx(usd, abs=1e-12)


def test_a_response_as_a_dict_has_a_price() -> None:
    usage = {"input_tokens": 1000, "output_tokens": 100, "input_tokens_details": {"cached_tokens": 500}}
    answer = {"object": "response", "model": "gpt-4o", "output": [], "usage": usage}
    assert litellm.completion_cost(answer) == pytest.approx(0.002875, abs=1e-12)


def test_what_no_response_tells_is_said_by_the_caller() -> None:
    cost = StandardBuiltInToolCostTracking.get_cost_for_built_in_tools
    stored = {"vector_store_usage": {"storage_gb": 1, "days": 2}}
    assert cost("gpt-4o", custom_llm_provider="azure", standard_built_in_tools_params=stored) == pytest.approx(0.2)
    ran = {"code_interpreter_sessions": 2}
    assert cost("gpt-4o", custom_llm_provider="azure", standard_built_in_tools_params=ran) == pytest.approx(0.066)
    assert cost("acme/unknown", custom_llm_provider="openai") == 0.0


def test_a_replaced_price_of_tools_is_the_one_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    free = staticmethod(lambda *_, **__: 0.0)
    monkeypatch.setattr(StandardBuiltInToolCostTracking, "get_cost_for_built_in_tools", free)
    assert litellm.completion_cost(_response("gpt-5", SEARCH), model="openai/gpt-5") == 0.0


def test_searches_in_streams_are_metered() -> None:
    hidden = {"litellm_model_name": "openai/gpt-5", "llm_provider": "openai"}
    usage = {"input_tokens": 1, "output_tokens": 0, "total_tokens": 1}
    meter = stream_meter("responses", {}, hidden)
    meter.feed({"type": "response.completed", "response": {"output": [SEARCH, SEARCH], "usage": usage}})
    assert meter.total().cost_pico == 20_000_000_000 + 1_250_000
    hidden = {"litellm_model_name": "gpt-4o-search-preview", "llm_provider": "openai"}
    meter = stream_meter("chat", {}, hidden, plain=True)
    meter.feed({"choices": [{"index": 0, "delta": {"content": "x", "annotations": [CITATION]}}]})
    meter.feed({"choices": [], "usage": {"prompt_tokens": 0, "completion_tokens": 1, "total_tokens": 1}})
    assert meter.total().cost_pico == 25_000_000_000 + 10_000_000
    hidden = {"litellm_model_name": "claude-sonnet-4-5", "llm_provider": "anthropic"}
    meter = stream_meter("anthropic", {}, hidden)
    meter.feed(b'data: {"type": "message_start", "message": {"usage": {"input_tokens": 1}}}\n\n')
    told = b'"output_tokens": 0, "server_tool_use": {"web_search_requests": 1}'
    meter.feed(b'data: {"type": "message_delta", "usage": {' + told + b"}}\n\n")
    assert meter.total().cost_pico == 10_000_000_000 + 3_000_000
