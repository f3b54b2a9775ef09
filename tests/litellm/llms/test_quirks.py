"""What OpenAI's format becomes at providers that take or say a little less, or more."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from litellm.llms.cache_points import tools_with_cache_points, with_cache_points
from litellm.llms.openai.messages import IMAGES_OF_TOOLS

from tests.litellm.llms.samples import OPENAI_REPLY, openai_chunk, sse
from tests.support.scripted import Answer, Scripted

USER = {"role": "user", "content": "Hi"}
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
TOOL = {"type": "function", "function": {"name": "f", "strict": True, "parameters": {"type": "object"}}}
THOUGHT = {"role": "assistant", "content": "b", "reasoning_content": "h", "thinking_blocks": [{"type": "thinking"}]}
EPHEMERAL = {"type": "ephemeral"}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}


def sent(script: Scripted, model: str, messages: list[Any] | None = None, **more: Any) -> dict[str, Any]:
    """The body that `model` was sent."""
    script.will_say(OPENAI_REPLY)
    given = {"api_base": f"{script.base}/v1", "api_key": "k", "max_retries": 0, **more}
    litellm.completion(model, messages or [USER], **given)
    return script.last


def replied(script: Scripted, model: str, message: dict[str, Any], reason: str = "stop", **fields: Any) -> Any:
    """The response to a reply with `message`."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}
    script.will_say({"id": "i", "model": "m", "choices": [choice], **fields})
    return litellm.completion(model, [USER], api_base=f"{script.base}/v1", api_key="k", max_retries=0)


def streamed(script: Scripted, model: str, *chunks: dict[str, Any], **more: Any) -> list[Any]:
    """The chunks of a stream of `chunks`."""
    script.will(Answer(sse(*chunks), content_type="text/event-stream"))
    given = {"api_base": f"{script.base}/v1", "api_key": "k", "max_retries": 0, "stream": True, **more}
    return list(litellm.completion(model, [USER], **given))


@pytest.mark.parametrize(
    ("model", "role"),
    [("openai/gpt-4o", "system"), ("groq/m", "system"), ("databricks/m", "system"), ("openai/gpt-5", "developer")],
)
def test_who_knows_developers(script: Scripted, model: str, role: str) -> None:
    messages = [{"role": "developer", "content": "S"}, USER]
    assert sent(script, model, messages)["messages"][0]["role"] == role


def test_images_of_tools_follow_them(script: Scripted) -> None:
    result = {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "see"}, IMAGE]}
    other = {"role": "tool", "tool_call_id": "d", "content": "21"}
    messages = [USER, result, other, {"role": "user", "content": "and?"}]
    made = sent(script, "openai/gpt-4o", messages)["messages"]
    assert made[1]["content"] == [{"type": "text", "text": "see"}]
    assert made[2] == other
    assert made[3] == {"role": "user", "content": [{"type": "text", "text": IMAGES_OF_TOOLS}, IMAGE]}
    assert made[4] == messages[3]
    assert sent(script, "huggingface/o/m", messages)["messages"] == messages


@pytest.mark.parametrize(
    ("model", "given", "expected"),
    [
        ("openai/gpt-4o", {"tool_choice": "auto"}, {"tool_choice": None}),
        ("openai/gpt-4o", {"tool_choice": "auto", "tools": [TOOL]}, {"tool_choice": "auto", "tools": [TOOL]}),
        ("mistral/m", {"max_tokens": 5, "max_completion_tokens": 9}, {"max_tokens": 9}),
        ("mistral/m", {"max_completion_tokens": 9, "max_tokens": 5}, {"max_tokens": 9}),
        ("deepseek/deepseek-chat", {"reasoning_effort": "none"}, {"thinking": {"type": "disabled"}}),
        ("deepseek/deepseek-chat", {"reasoning_effort": "low"}, {"thinking": {"type": "enabled"}}),
        ("deepseek/deepseek-chat", {"thinking": {"type": "disabled"}}, {"thinking": {"type": "disabled"}}),
        ("deepseek/deepseek-chat", {"thinking": {"type": "adaptive"}}, {"thinking": None}),
        ("openai/gpt-4o", {"stop": list("abcde")}, {"stop": list("abcd")}),
        ("groq/openai/gpt-oss-20b", {"web_search_options": {}}, {"tools": [{"type": "browser_search"}]}),
        ("mistral/magistral-small-latest", {"reasoning_effort": "low"}, {"prompt_mode": "reasoning"}),
        ("mistral/magistral-small-latest", {"reasoning_effort": "none"}, {"prompt_mode": None}),
        ("moonshot/kimi-k2", {"tool_choice": "required", "tools": [TOOL]}, {"tool_choice": None, "tools": [TOOL]}),
    ],
)
def test_parameters(script: Scripted, model: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    body = sent(script, model, **given)
    assert {name: body.get(name) for name in expected} == expected


@pytest.mark.parametrize("effort", ["low", None])
def test_sampling_is_refused_while_a_model_reasons(script: Scripted, effort: str | None) -> None:
    model = "openai/gpt-5.1" if effort else "openai/gpt-5.5"
    given = {"reasoning_effort": effort} if effort else {}
    with pytest.raises(litellm.UnsupportedParamsError, match="top_p"):
        sent(script, model, top_p=0.5, **given)
    assert "top_p" not in sent(script, model, top_p=0.5, drop_params=True, **given)
    assert sent(script, model, top_p=0.5, reasoning_effort="none")["top_p"] == 0.5


def test_a_model_that_cannot_be_made_to_call_a_tool_is_asked_to(script: Scripted) -> None:
    messages = sent(script, "moonshot/kimi-k2", tool_choice="required", tools=[TOOL])["messages"]
    assert messages[0] == USER
    assert (len(messages), messages[1]["role"]) == (2, "user")


def test_media_types_are_kept_from_openai(script: Scripted) -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "format": "image/png"}}
    file = {"type": "file", "file": {"file_data": "data:application/pdf;base64,AA==", "format": "application/pdf"}}
    content = sent(script, "openai/gpt-4o", [{"role": "user", "content": [image, file]}])["messages"][0]["content"]
    assert content[0] == IMAGE
    assert content[1]["file"] == {"file_data": "data:application/pdf;base64,AA==", "filename": "my_file.pdf"}
    assert sent(script, "groq/m", [{"role": "user", "content": [image]}])["messages"][0]["content"] == [image]


@pytest.mark.parametrize(("model", "kept"), [("qwencloud/m", True), ("maritalk/m", True), ("groq/m", False)])
def test_who_is_sent_cache_marks(script: Scripted, model: str, kept: bool) -> None:
    part = {"type": "text", "text": "a", "cache_control": EPHEMERAL}
    content = sent(script, model, [{"role": "user", "content": [part]}])["messages"][0]["content"]
    assert ("cache_control" in content[0]) is kept


@pytest.mark.parametrize("model", ["heroku/m", "sambanova/m"])
def test_who_is_sent_one_text(script: Scripted, model: str) -> None:
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]
    assert sent(script, model, [{"role": "user", "content": parts}])["messages"][0]["content"] == "ab"


@pytest.mark.parametrize(
    ("model", "takes"),
    [("google/gemma-2-9b-it", False), ("nvidia/nemotron-4-340b-instruct", False), ("meta/llama3-70b-instruct", True)],
)
def test_what_models_of_nvidia_take(model: str, takes: bool) -> None:
    assert ("tools" in (litellm.get_supported_openai_params(model, "nvidia_nim") or [])) is takes


def test_claude_at_databricks_takes_messages_as_they_are(script: Scripted) -> None:
    calls = [{"id": i, "type": "function", "function": {"name": "f", "arguments": "{}"}} for i in "ab"]
    messages = [
        {"role": "system", "content": "A."},
        {"role": "system", "content": "B."},
        USER,
        {"role": "assistant", "content": None, "tool_calls": calls},
        *({"role": "tool", "tool_call_id": i, "content": "r"} for i in "ab"),
    ]
    made = sent(script, "databricks/databricks-claude-sonnet-4", messages)["messages"]
    assert [message["role"] for message in made] == ["system", "system", "user", "assistant", "tool", "tool"]
    assert len(sent(script, "databricks/databricks-gpt-5", messages)["messages"]) == 6  # one system, two calls apart


@pytest.mark.parametrize(("model", "strict"), [("xai/grok-4", False), ("hosted_vllm/m", False), ("openai/m", True)])
def test_who_knows_strict_functions(script: Scripted, model: str, strict: bool) -> None:
    body = sent(script, model, tools=[TOOL])
    assert ("strict" in body["tools"][0]["function"]) is strict
    assert TOOL["function"]["strict"] is True


@pytest.mark.parametrize(
    ("model", "kept"),
    [
        ("mistral/m", set()),
        ("together_ai/m", {"reasoning_content"}),
        ("openai/m", {"reasoning_content", "thinking_blocks"}),
    ],
)
def test_who_is_sent_earlier_thoughts(script: Scripted, model: str, kept: set[str]) -> None:
    body = sent(script, model, [USER, THOUGHT, USER])
    assert body["messages"][1].keys() - {"role", "content"} == kept


def test_who_knows_the_index_of_a_call(script: Scripted) -> None:
    call = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    for model, said in (("mistral/m", False), ("groq/m", True)):
        body = sent(script, model, [USER, {"role": "assistant", "tool_calls": [call]}])
        assert ("index" in body["messages"][1]["tool_calls"][0]) is said


def test_organizations_are_told_to_those_who_have_them(script: Scripted) -> None:
    for model, told in (("openai/m", "o"), ("groq/m", None)):
        sent(script, model, organization="o")
        assert script.asked[-1].headers.get("openai-organization") == told


def test_cache_points_mark_messages(script: Scripted) -> None:
    points = [{"location": "message", "role": "system"}, {"location": "message", "index": -1, "control": {"ttl": "1h"}}]
    messages = [{"role": "system", "content": "S"}, USER]
    body = sent(script, "zai/m", messages, cache_control_injection_points=points)
    assert [message.get("cache_control") for message in body["messages"]] == [EPHEMERAL, {"ttl": "1h"}]
    assert "cache_control_injection_points" not in body
    assert messages[0] == {"role": "system", "content": "S"}


POINTS = st.fixed_dictionaries(
    {"location": st.sampled_from(["message", "tool_config"])},
    optional={"role": st.sampled_from(["user", "system"]), "index": st.integers(-4, 4)},
)
CONTENTS = st.one_of(st.text(max_size=4), st.lists(st.fixed_dictionaries({"text": st.text(max_size=3)}), max_size=3))
TURNS = st.lists(st.fixed_dictionaries({"role": st.sampled_from(["user", "system"]), "content": CONTENTS}), max_size=4)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(TURNS, st.lists(POINTS, max_size=3))
def test_cache_points_change_nothing_but_marks(messages: list[dict[str, Any]], points: list[dict[str, Any]]) -> None:
    def bare(message: dict[str, Any]) -> dict[str, Any]:
        content = message["content"]
        if isinstance(content, list):
            content = [{k: v for k, v in part.items() if k != "cache_control"} for part in content]
        return {**{k: v for k, v in message.items() if k != "cache_control"}, "content": content}

    assert [bare(message) for message in with_cache_points(messages, points)] == messages
    marked = tools_with_cache_points([TOOL, TOOL], points)
    assert marked[0] == TOOL
    assert ("cache_control" in marked[1]) is any(point["location"] == "tool_config" for point in points)


def test_a_reply_has_usage_and_says_that_it_calls(script: Scripted) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    response = replied(script, "openai/m", {"content": None, "tool_calls": [call]})
    assert response.choices[0].finish_reason == "tool_calls"
    assert response.usage.total_tokens == 0


@pytest.mark.parametrize("model", ["openai/m", "mistral/m"])
def test_fields_of_ones_own_are_kept(script: Scripted, model: str) -> None:
    message = replied(script, model, {"content": "a", "reasoning": "hm", "zz": 1}).choices[0].message
    assert message.provider_specific_fields == {"reasoning": "hm", "zz": 1}
    assert message.reasoning_content == "hm"


@pytest.mark.parametrize(
    ("model", "names"),
    [
        ("azure/m", ["gpt-4o-2024-08-06", "gpt-4o-2024-08-06", "m"]),
        ("perplexity/m", ["m", "m", "perplexity/m"]),
        ("groq/m", ["m", "m", "m"]),
    ],
)
def test_what_streams_call_their_model(script: Scripted, model: str, names: list[str]) -> None:
    said = [openai_chunk({"content": "a"}), openai_chunk({}, "stop"), {"choices": [], "usage": USAGE}]
    chunks = streamed(
        script,
        model,
        *({**chunk, "model": "gpt-4o-2024-08-06"} for chunk in said),
        stream_options={"include_usage": True},
        api_version="2024-10-21",
    )
    assert [chunk.model for chunk in chunks] == names
    built = litellm.stream_chunk_builder(chunks)
    assert built is not None
    assert built.model == names[-1]


def test_a_stream_without_usage_or_text_counts_nothing(script: Scripted) -> None:
    built = litellm.stream_chunk_builder(streamed(script, "groq/m", openai_chunk({}, "stop")))
    assert built.usage.completion_tokens_details.reasoning_tokens == 0
    assert built.usage.total_tokens == 0


@pytest.mark.parametrize(
    ("model", "status", "error"),
    [
        ("anthropic/m", 402, litellm.exceptions.PaymentRequiredError),
        ("anthropic/m", 415, litellm.BadRequestError),
        ("groq/m", 415, litellm.APIError),
        ("openrouter/m", 502, litellm.APIError),
    ],
)
def test_refusals(script: Scripted, model: str, status: int, error: type[Exception]) -> None:
    script.will_say({"error": {"message": "no"}}, status=status)
    with pytest.raises(error) as raised:
        litellm.completion(model, [USER], api_base=script.base, api_key="k", max_retries=0)
    assert type(raised.value) is error
    assert raised.value.status_code == status


def test_azures_content_filter_says_its_code(script: Scripted) -> None:
    body = {"message": "no", "innererror": {"code": "ResponsibleAIPolicyViolation"}}
    script.will_say({"error": body}, status=400)
    with pytest.raises(litellm.ContentPolicyViolationError) as raised:
        litellm.completion("azure/m", [USER], api_base=script.base, api_key="k", api_version="2024-10-21")
    assert (raised.value.code, raised.value.type) == ("content_policy_violation", "invalid_request_error")


def test_perplexity_says_what_it_cost(script: Scripted) -> None:
    response = replied(script, "perplexity/sonar-pro", {"content": "a"}, usage={**USAGE, "cost": {"total_cost": 0.25}})
    assert litellm.completion_cost(response) == 0.25


@pytest.mark.parametrize(
    ("model", "without", "with_"),
    [
        ("azure/gpt-5-mini", "user", "verbosity"),
        ("bedrock/us.openai.gpt-6.1-sol", "n", "reasoning_effort"),
        ("bedrock/us-west-2/mistral.mistral-7b-instruct-v0:2", "tools", "stop"),
        ("gemini/lyria-3.5", "thinking", "temperature"),
        ("perplexity/xai/grok-4.3", "tools", "reasoning_effort"),
        ("azure/gpt-5.2", "stop", "top_p"),
        ("azure_ai/grok-3", "reasoning_effort", "stop"),
        ("azure_ai/grok-4", "stop", "top_p"),
        ("fireworks_ai/glm-5p3-of-tomorrow", "tool_choice", "reasoning_effort"),
        ("fireworks_ai/glm-5p3x", "reasoning_effort", "tools"),
        ("fireworks_ai/accounts/fireworks/models/qwen2p5-coder-32b-instruct-128k", "tools", "top_p"),
        ("libertai/deepseek-v4-flash", "thinking", "reasoning_effort"),
        ("text-completion-inception/mercury-edit-2", "temperature", "suffix"),
    ],
)
def test_parameters_that_are_listed(model: str, without: str, with_: str) -> None:
    names = litellm.get_supported_openai_params(model)
    assert names is not None
    assert without not in names
    assert with_ in names


def test_what_holds_for_all_models_of_a_provider_is_told_where_it_is_named() -> None:
    named = litellm.get_model_info("fireworks_ai/glm-5p3", custom_llm_provider="fireworks_ai")
    assert named["supports_prompt_caching"]
    assert "supports_prompt_caching" not in litellm.get_model_info("fireworks_ai/glm-5p3")
    assert litellm.supports_prompt_caching("fireworks_ai/glm-5p3")
    assert litellm.supports_reasoning("fireworks_ai/glm-5p3-flash")
    assert not litellm.supports_function_calling(
        "fireworks_ai/accounts/fireworks/models/qwen2p5-coder-32b-instruct-128k"
    )


def test_abilities_of_a_provider_as_the_catalogue_writes_it() -> None:
    assert litellm.supports_function_calling("amazon.nova-lite-v1:0", custom_llm_provider="bedrock_converse")
    assert not litellm.supports_function_calling("amazon.nova-lite-v1:0", custom_llm_provider="nobody")
