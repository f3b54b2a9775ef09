"""Completions in a format of the application's own."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.integrations.custom_logger import CustomLogger


class Upper(CustomLogger):
    """Takes `{"say": …}`, and answers in capitals."""

    def translate_completion_input_params(self, kwargs: Any) -> Any:
        return {"model": kwargs["model"], "messages": [{"role": "user", "content": kwargs["say"]}],
                "stream": kwargs.get("stream")}  # fmt: skip

    def translate_completion_output_params(self, response: Any) -> Any:
        return response.choices[0].message.content.upper()

    def translate_completion_output_params_streaming(self, completion_stream: Any) -> Any:
        return completion_stream


@pytest.fixture(autouse=True)
def adapters(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": "upper", "adapter": Upper()}, {"id": "no", "adapter": CustomLogger()}]
    monkeypatch.setattr(litellm, "adapters", rows)


ASKED: dict[str, Any] = {"adapter_id": "upper", "model": "openai/gpt-4o", "say": "x", "mock_response": "hi"}


async def test_both_ways_through_an_adapter() -> None:
    assert litellm.adapter_completion(**ASKED) == "HI"
    assert await litellm.aadapter_completion(**ASKED) == "HI"
    stream = litellm.adapter_completion(**ASKED, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == "hi"


async def test_an_adapter_that_is_none_says_so() -> None:
    with pytest.raises(ValueError, match="has none of the id 'else'"):
        litellm.adapter_completion(**{**ASKED, "adapter_id": "else"})
    with pytest.raises(ValueError, match="translates no requests"):
        await litellm.aadapter_completion(**{**ASKED, "adapter_id": "no"})


async def test_the_router_goes_through_adapters_too() -> None:
    row = {"model_name": "g", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "ho"}}
    assert await Router(model_list=[row]).aadapter_completion("upper", "g", say="x") == "HO"
