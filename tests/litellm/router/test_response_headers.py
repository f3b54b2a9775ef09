"""What a router notes in answers, of whichever kind they are."""

from __future__ import annotations

from typing import Any

import pytest
from litellm import ModelResponse
from litellm.pipeline.chat_data import ChatData
from litellm.router_utils.response_headers import add_headers, hidden_params


def chat_data() -> ChatData:
    made = ChatData({"id": "x"})
    made._hidden_params = {"additional_headers": {"llm_provider-date": "today"}}
    return made


@pytest.mark.parametrize("response", [chat_data(), {"id": "x"}, ModelResponse()])
def test_headers_stand_beside_the_providers(response: Any) -> None:
    add_headers(response, "d1", {"x-litellm-attempted-fallbacks": 1})
    hidden = hidden_params(response)
    assert hidden is not None
    assert hidden["model_id"] == "d1"
    assert hidden["additional_headers"]["x-litellm-attempted-fallbacks"] == 1
