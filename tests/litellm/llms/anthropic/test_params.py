"""Parameters in Anthropic's terms."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm.llms.anthropic.chat import AnthropicChat
from litellm.llms.anthropic.schema import native
from litellm.llms.anthropic.tools import convert_tools
from litellm.llms.wire import ChatCall, encode_json

HAIKU = "claude-haiku-4-5"


def mapped(model: str, *, drop: bool = False, **params: Any) -> dict[str, Any]:
    return AnthropicChat().map_params("anthropic", model, params, drop=drop)


def test_adaptive_thinking_is_a_budget_for_models_without_it() -> None:
    found = mapped(HAIKU, thinking={"type": "adaptive"})
    assert found["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert found["max_tokens"] > 2048


def test_models_without_sampling_refuse_top_p() -> None:
    with pytest.raises(litellm.UnsupportedParamsError, match="top_p"):
        mapped("claude-opus-4-7", top_p=1)
    assert "top_p" not in mapped("claude-opus-4-7", top_p=1, drop=True)
    assert mapped("claude-opus-4-7", temperature=1) == {"temperature": 1}


def test_a_schema_says_nothing_of_itself() -> None:
    schema = {"$schema": "x", "title": "T", "type": "object", "properties": {"title": {"type": "string"}}}
    tools, _ = convert_tools([{"type": "function", "function": {"name": "f", "parameters": schema}}])
    assert tools[0]["input_schema"] == {"type": "object", "properties": {"title": {"type": "string"}}}


def test_structured_output_knows_no_references() -> None:
    leaf = {"type": "object", "properties": {"a": {"oneOf": [{"type": "string"}, {"type": "null"}]}}}
    schema = {"type": "object", "$defs": {"Leaf": leaf}, "properties": {"x": {"$ref": "#/$defs/Leaf"}}}
    made = native(schema)
    assert "$defs" not in made
    assert made["properties"]["x"]["properties"]["a"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert made["properties"]["x"]["additionalProperties"] is False


def test_a_reference_to_itself_stays() -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Tree"}}}
    made = native({"$defs": {"Tree": tree}, "$ref": "#/$defs/Tree"})
    assert made["properties"]["next"] == {"$ref": "#/$defs/Tree"}
    assert "Tree" in made["$defs"]


@pytest.mark.parametrize(("prefix", "text"), [(True, "1, 2, 3"), (False, " 3")])
def test_an_answer_begins_with_its_prefix(prefix: bool, text: str) -> None:
    begun = {"role": "assistant", "content": "1, 2,", "prefix": prefix}
    call = ChatCall("anthropic", HAIKU, [{"role": "user", "content": "Count."}, begun], {})
    reply = {
        "id": "m", "model": HAIKU, "role": "assistant", "content": [{"type": "text", "text": " 3"}],
        "stop_reason": "end_turn", "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip
    made = AnthropicChat().parse_response(call, 200, {}, encode_json(reply))
    assert made["choices"][0]["message"]["content"] == text


def test_what_the_caller_adds_to_the_body_is_added() -> None:
    call = ChatCall("anthropic", HAIKU, [{"role": "user", "content": "Hi"}], {"extra_body": {"container": "c"}})
    body = AnthropicChat().body(call)
    assert body["container"] == "c"
    assert "extra_body" not in body
