"""Converse through the public functions: what is sent, and what comes back."""

from __future__ import annotations

import base64
import json
from typing import Any

import litellm
import pytest

from tests.support.aws import CLAUDE, Aws, as_json, converse_reply

MODEL = f"bedrock/converse/{CLAUDE}"
HI = [{"role": "user", "content": "Hi"}]
PNG = "data:image/png;base64," + base64.b64encode(b"\x89PNG").decode()
WEATHER = {
    "type": "function",
    "function": {"name": "weather", "description": "d", "parameters": {"type": "object", "properties": {}}},
}


def body_of(aws: Aws, model: str = MODEL, messages: Any = HI, **arguments: Any) -> dict[str, Any]:
    """What a call sends."""
    litellm.completion(model=model, messages=messages, **aws.arguments, **arguments)
    sent: dict[str, Any] = aws.last["body"]
    return sent


def test_settings_that_stand_beside_the_messages(aws: Aws) -> None:
    guardrail = {"guardrailIdentifier": "g", "guardrailVersion": "1", "trace": "enabled"}
    body = body_of(
        aws, guardrailConfig=guardrail, performanceConfig={"latency": "optimized"}, requestMetadata={"team": "a"},
        service_tier="priority", max_tokens=9, temperature=0.5, top_p=0.9, stop=["a", "b"],
    )  # fmt: skip
    assert body["guardrailConfig"] == guardrail
    assert body["performanceConfig"] == {"latency": "optimized"}
    assert body["requestMetadata"] == {"team": "a"}
    assert body["serviceTier"] == {"type": "priority"}
    assert body["inferenceConfig"] == {"maxTokens": 9, "temperature": 0.5, "topP": 0.9, "stopSequences": ["a", "b"]}


@pytest.mark.parametrize("metadata", [{"a": 1}, {"a": "x" * 257}, {str(n): "x" for n in range(17)}])
def test_metadata_that_bedrock_refuses_is_refused_here(aws: Aws, metadata: dict[str, Any]) -> None:
    with pytest.raises(litellm.BadRequestError, match="requestMetadata"):
        body_of(aws, requestMetadata=metadata)
    assert aws.requests == []


def test_top_k_goes_where_the_family_has_it(aws: Aws) -> None:
    assert body_of(aws, top_k=5)["additionalModelRequestFields"] == {"top_k": 5}
    nova = body_of(aws, model="bedrock/us.amazon.nova-pro-v1:0", top_k=5)
    assert nova["additionalModelRequestFields"] == {"inferenceConfig": {"topK": 5}}


def test_turns_alternate_and_tool_results_join(aws: Aws) -> None:
    calls = [
        {"id": name, "type": "function", "function": {"name": "weather", "arguments": "{}"}} for name in ("a", "b")
    ]
    messages = [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "one"},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG}}]},
        {"role": "assistant", "content": None, "tool_calls": calls},
        {"role": "tool", "tool_call_id": "a", "content": "sunny"},
        {"role": "tool", "tool_call_id": "b", "content": "rain"},
    ]
    body = body_of(aws, messages=messages, tools=[WEATHER])
    assert body["system"] == [{"text": "S"}]
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]
    first, second, third = (message["content"] for message in body["messages"])
    assert first[0] == {"text": "one"}
    assert first[1]["image"] == {"format": "png", "source": {"bytes": PNG.split(",")[1]}}
    assert [block["toolUse"]["toolUseId"] for block in second] == ["a", "b"]
    assert [block["toolResult"]["content"] for block in third] == [[{"text": "sunny"}], [{"text": "rain"}]]


def test_cache_marks_become_cache_points(aws: Aws) -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    messages = [
        {"role": "system", "content": [{"type": "text", "text": "S", **mark}]},
        {"role": "user", "content": [{"type": "text", "text": "U", **mark}]},
    ]
    body = body_of(
        aws, messages=messages, tools=[{**WEATHER, **mark}], model="bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0"
    )
    assert body["system"][1] == {"cachePoint": {"type": "default"}}
    assert body["messages"][0]["content"][1] == {"cachePoint": {"type": "default"}}
    assert body["toolConfig"]["tools"][1] == {"cachePoint": {"type": "default"}}


def test_a_tools_name_comes_back_as_it_was_given(aws: Aws) -> None:
    tool = {"type": "function", "function": {"name": "my.tool/v2", "parameters": {"type": "object"}}}

    def reply(request: dict[str, Any]) -> Any:
        sent = request["body"]["toolConfig"]["tools"][0]["toolSpec"]["name"]
        return as_json(converse_reply({"toolUse": {"toolUseId": "t", "name": sent, "input": {}}}, reason="tool_use"))

    aws.reply = reply
    response = litellm.completion(model=MODEL, messages=HI, tools=[tool], **aws.arguments)
    assert response.choices[0].message.tool_calls[0].function.name == "my.tool/v2"
    assert response.choices[0].finish_reason == "tool_calls"


def test_thinking_with_signatures_and_redactions_comes_back_and_is_sent_again(aws: Aws) -> None:
    thought = {"reasoningText": {"text": "hm", "signature": "sig"}}
    hidden = {"redactedContent": "c2VjcmV0"}
    aws.reply = lambda request: as_json(
        converse_reply({"reasoningContent": thought}, {"reasoningContent": hidden}, {"text": "yes"})
    )
    response = litellm.completion(model=MODEL, messages=HI, **aws.arguments)
    message = response.choices[0].message
    assert message.content == "yes"
    assert message.reasoning_content == "hm"
    assert message.thinking_blocks == [
        {"type": "thinking", "thinking": "hm", "signature": "sig"},
        {"type": "redacted_thinking", "data": "c2VjcmV0"},
    ]
    body = body_of(aws, messages=[*HI, message.model_dump(), {"role": "user", "content": "more"}])
    assert body["messages"][1]["content"] == [
        {"reasoningContent": thought}, {"reasoningContent": hidden}, {"text": "yes"},
    ]  # fmt: skip


def test_usage_counts_cached_tokens_as_prompt(aws: Aws) -> None:
    aws.reply = lambda request: as_json(
        converse_reply({"text": "x"}, cacheReadInputTokens=100, cacheWriteInputTokens=20, totalTokens=138)
    )
    usage = litellm.completion(model=MODEL, messages=HI, **aws.arguments).usage
    assert (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens) == (131, 7, 138)
    assert usage.prompt_tokens_details.cached_tokens == 100
    assert usage.cache_creation_input_tokens == 20


def test_structured_output_by_a_tool(aws: Aws) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    aws.reply = lambda request: as_json(
        converse_reply({"toolUse": {"toolUseId": "t", "name": "json_tool_call", "input": {"a": 1}}}, reason="tool_use")
    )
    response = litellm.completion(
        model=MODEL, messages=HI, **aws.arguments,
        response_format={"type": "json_schema", "json_schema": {"name": "n", "schema": schema}},
    )  # fmt: skip
    assert json.loads(response.choices[0].message.content) == {"a": 1}
    assert not response.choices[0].message.tool_calls
    assert response.choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (400, "The model returned: Input is too long for requested model.", litellm.ContextWindowExceededError),
        (400, "throttlingException: slow down", litellm.RateLimitError),
        (403, "The security token included in the request is expired", litellm.AuthenticationError),
        (403, "not allowed", litellm.PermissionDeniedError),
        (404, "no such model", litellm.NotFoundError),
        (424, "the model failed", litellm.BadRequestError),
        (429, "Too many requests", litellm.RateLimitError),
        (500, "oops", litellm.ServiceUnavailableError),
        (503, "later", litellm.ServiceUnavailableError),
    ],
)
def test_refusals(aws: Aws, status: int, message: str, error: type[Exception]) -> None:
    aws.reply = lambda request: as_json({"message": message}, status)
    with pytest.raises(error, match=message):
        litellm.completion(model=MODEL, messages=HI, num_retries=0, max_retries=0, **aws.arguments)


@pytest.mark.parametrize("reply", [b"", b"[]", b"<html>", b"{}", b'{"output": {}}', b'{"output": {"message": []}}'])
def test_a_reply_that_is_none_of_converses(aws: Aws, reply: bytes) -> None:
    aws.reply = lambda request: (200, {"content-type": "application/json"}, reply)
    with pytest.raises(tuple(litellm.exceptions.LITELLM_EXCEPTION_TYPES)):
        litellm.completion(model=MODEL, messages=HI, max_retries=0, **aws.arguments)


@pytest.mark.parametrize(
    ("name", "path", "region"),
    [
        (f"bedrock/{CLAUDE}", CLAUDE, "eu-west-1"),
        (f"bedrock/eu-central-1/{CLAUDE}", CLAUDE, "eu-central-1"),
        (f"bedrock/converse/us-west-2/{CLAUDE}", CLAUDE, "us-west-2"),
        (f"bedrock/apac.{CLAUDE}", f"apac.{CLAUDE}", "eu-west-1"),
    ],
)
def test_model_names(aws: Aws, name: str, path: str, region: str) -> None:
    arguments = {key: value for key, value in aws.arguments.items() if key != "aws_region_name"}
    if region == "eu-west-1":
        arguments["aws_region_name"] = region
    litellm.completion(model=name, messages=HI, **arguments)
    assert aws.last["path"] == f"/model/{path}/converse"
    assert f"/{region}/bedrock/" in aws.last["headers"]["authorization"]
    assert aws.last["signed"]


def test_a_model_id_of_its_own(aws: Aws) -> None:
    arn = "arn:aws:bedrock:eu-west-1:1:application-inference-profile/p"
    litellm.completion(model=MODEL, messages=HI, model_id=arn, **aws.arguments)
    assert aws.last["path"] == f"/model/{arn}/converse"
    assert aws.last["signed"]
    assert "model_id" not in json.dumps(aws.last["body"])


def test_a_document_is_sent_with_a_text(aws: Aws) -> None:
    file = {"type": "file", "file": {"file_data": "data:application/pdf;base64,AAAA"}}
    content = body_of(aws, messages=[{"role": "user", "content": [file]}])["messages"][0]["content"]
    assert [next(iter(block)) for block in content] == ["document", "text"]


def test_nulls_in_enums_are_left_out(aws: Aws) -> None:
    schema = {"type": "object", "properties": {"kind": {"enum": ["a", None]}}}
    tool = {"type": "function", "function": {"name": "f", "parameters": schema}}
    sent = body_of(aws, tools=[tool])["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"]
    assert sent["properties"]["kind"] == {"enum": ["a"]}


def test_tools_cannot_be_forbidden(aws: Aws) -> None:
    with pytest.raises(litellm.UnsupportedParamsError, match="tool_choice"):
        body_of(aws, tools=[WEATHER], tool_choice="none")
    assert "toolChoice" not in body_of(aws, tools=[WEATHER], tool_choice="none", drop_params=True)["toolConfig"]


def test_a_profile_of_an_unknown_model_may_think_and_is_not_made_to_call(aws: Aws) -> None:
    profile = "bedrock/converse/arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"
    body = body_of(aws, profile, reasoning_effort="low")
    assert body["additionalModelRequestFields"]["thinking"] == {"type": "enabled", "budget_tokens": 1024}
    wanted = {"type": "json_schema", "json_schema": {"name": "r", "schema": {"type": "object", "properties": {}}}}
    assert "toolChoice" not in body_of(aws, profile, response_format=wanted)["toolConfig"]


def test_cache_points_of_nova_are_in_its_blocks(aws: Aws) -> None:
    part = {"type": "text", "text": "Rules.", "cache_control": {"type": "ephemeral"}}
    messages = [{"role": "system", "content": [part]}, *HI]
    body = body_of(aws, "bedrock/invoke/us.amazon.nova-lite-v1:0", messages)
    assert body["system"] == [{"text": "Rules.", "cachePoint": {"type": "default"}}]
