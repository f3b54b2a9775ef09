"""Moderation over HTTP."""

from __future__ import annotations

import litellm
from openai.types import ModerationCreateResponse

from tests.litellm.support import last


def test_moderation(provider_url: str) -> None:
    answer = litellm.moderation("hello", api_base=f"{provider_url}/v1", api_key="sk")
    assert last(provider_url)["body"] == {"input": "hello"}
    assert answer.results[0].flagged is False
    assert answer._hidden_params["response_cost"] == 0.0


async def test_with_a_model_on_an_event_loop(provider_url: str) -> None:
    answer = await litellm.amoderation(
        ["a", "b"], model="omni-moderation-latest", api_base=f"{provider_url}/v1", api_key="sk"
    )
    assert last(provider_url)["body"]["model"] == "omni-moderation-latest"
    ModerationCreateResponse.model_construct(**answer.model_dump())
