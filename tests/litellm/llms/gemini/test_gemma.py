"""Gemma at the Gemini API: what it does not know is said in other words."""

from __future__ import annotations

from typing import Any

import pytest
from litellm.llms.gemini.chat import chat_format
from litellm.llms.wire import ChatCall, decode_json

MESSAGES = [{"role": "system", "content": "Be terse."}, {"role": "user", "content": "Hi"}]
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}
FORMAT = {"type": "json_schema", "json_schema": {"name": "s", "schema": SCHEMA}}


def body(model: str) -> Any:
    wire = chat_format("gemini", model)
    params = wire.map_params("gemini", model, {"response_format": FORMAT}, drop=False)
    return decode_json(wire.build_request(ChatCall("gemini", model, MESSAGES, params, "http://localhost", "k")).body)


@pytest.mark.parametrize("model", ["gemma-3-27b-it", "gemma-3n-e4b-it", "gemma-2-9b-it"])
def test_gemma_without_instructions_is_told_by_the_user(model: str) -> None:
    sent = body(model)
    assert "system_instruction" not in sent
    assert sent["contents"] == [{"role": "user", "parts": [{"text": "Be terse."}, {"text": "Hi"}]}]
    assert sent["generationConfig"]["response_schema"]["properties"] == SCHEMA["properties"]


@pytest.mark.parametrize(
    ("model", "schema"), [("gemma-4-31b-it", "response_schema"), ("gemini-2.5-flash", "response_json_schema")]
)
def test_others_are_instructed(model: str, schema: str) -> None:
    sent = body(model)
    assert sent["system_instruction"] == {"parts": [{"text": "Be terse."}]}
    assert schema in sent["generationConfig"]
