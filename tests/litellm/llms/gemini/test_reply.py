"""What Gemini's replies become, over HTTP."""

from __future__ import annotations

import json
from typing import Any

import litellm
import pytest

from tests.litellm.llms.samples import gemini_reply, sse
from tests.support.scripted import Answer, Scripted

USER = [{"role": "user", "content": "Hi"}]


def reply(*parts: dict[str, Any], reason: str = "STOP", usage: dict[str, int] | None = None, **more: Any) -> Any:
    made = gemini_reply("", reason)
    made["candidates"][0]["content"]["parts"] = list(parts)
    made["candidates"][0].update(more)
    made["usageMetadata"] = usage or made["usageMetadata"]
    return made


def answered(script: Scripted, value: Any, model: str = "gemini-2.5-flash", **more: Any) -> Any:
    script.will_say(value)
    return litellm.completion(f"gemini/{model}", USER, api_base=script.base, api_key="k", **more)


def streamed(script: Scripted, *events: Any, **more: Any) -> list[Any]:
    script.will(Answer([sse(*events)], content_type="text/event-stream"))
    return list(
        litellm.completion("gemini/gemini-2.5-flash", USER, api_base=script.base, api_key="k", stream=True, **more)
    )


def test_thoughts_calls_images_and_sound(script: Scripted) -> None:
    message = (
        answered(
            script,
            reply(
                {"text": "hm", "thought": True},
                {"text": "see "},
                {"text": "this"},
                {"functionCall": {"name": "f", "args": {"a": "é"}}},
                {"inlineData": {"mimeType": "image/png", "data": "QUJD"}},
                {"inlineData": {"mimeType": "audio/L16;rate=24000", "data": "REVG"}},
            ),
        )
        .choices[0]
        .message
    )
    assert (message.content, message.reasoning_content) == ("see this", "hm")
    assert json.loads(message.tool_calls[0].function.arguments) == {"a": "é"}
    assert message.images[0]["image_url"]["url"] == "data:image/png;base64,QUJD"
    assert message.audio["data"] == "REVG"


def test_usage_counts_thoughts_tools_and_caches(script: Scripted) -> None:
    usage = {
        "promptTokenCount": 100, "candidatesTokenCount": 20, "thoughtsTokenCount": 30, "toolUsePromptTokenCount": 9,
        "cachedContentTokenCount": 40, "totalTokenCount": 159,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 80}, {"modality": "AUDIO", "tokenCount": 20}],
        "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 40}],
    }  # fmt: skip
    found = answered(script, reply({"text": "x"}, usage=usage)).usage
    assert (found.prompt_tokens, found.completion_tokens, found.total_tokens) == (109, 50, 159)
    assert found.completion_tokens_details.reasoning_tokens == 30
    details = found.prompt_tokens_details
    assert (details.text_tokens, details.audio_tokens, details.cached_tokens) == (40, 20, 40)


@pytest.mark.parametrize(
    ("native", "shown"),
    [("MAX_TOKENS", "length"), ("MALFORMED_FUNCTION_CALL", "stop"), ("LANGUAGE", "content_filter"), ("NEW", "stop")],
)
def test_finish_reasons_keep_googles_word_beside_them(script: Scripted, native: str, shown: str) -> None:
    choice = answered(script, reply({"text": "x"}, reason=native)).choices[0]
    assert choice.finish_reason == shown
    assert choice.provider_specific_fields["native_finish_reason"] == native


def test_a_refused_prompt_and_a_withheld_answer(script: Scripted) -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}}
    for value in (blocked, reply({"text": "x"}, reason="PROHIBITED_CONTENT")):
        choice = answered(script, value).choices[0]
        assert (choice.finish_reason, choice.message.content) == ("content_filter", None)


GROUNDING = {
    "webSearchQueries": ["q", "r"],
    "groundingChunks": [{"web": {"uri": "http://a", "title": "A"}}, {"maps": {"uri": "http://m"}}],
    "groundingSupports": [{"segment": {"endIndex": 1}, "groundingChunkIndices": [0]}, {"groundingChunkIndices": [9]}],
}


def test_sources_are_cited_and_billed(script: Scripted) -> None:
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 10, "totalTokenCount": 20}
    plain = answered(script, reply({"text": "x"}, usage=usage))._hidden_params["response_cost"]
    response = answered(script, reply({"text": "x"}, usage=usage, groundingMetadata=GROUNDING))
    citation = response.choices[0].message.annotations[0]["url_citation"]
    assert citation == {"start_index": 0, "end_index": 1, "url": "http://a", "title": "A"}
    assert response.vertex_ai_grounding_metadata == [GROUNDING]
    # Gemini 2.5: a grounded request, and a map look-up
    assert response._hidden_params["response_cost"] == pytest.approx(plain + 0.035 + 0.025)
    prices = litellm.model_cost["gemini/gemini-3.1-flash-lite"]["search_context_cost_per_query"]
    newer = answered(script, reply({"text": "x"}, usage=usage, groundingMetadata=GROUNDING), "gemini-3.1-flash-lite")
    assert newer._hidden_params["response_cost"] > 2 * prices["search_context_size_medium"]


@pytest.mark.parametrize(
    ("traffic", "share"), [("ON_DEMAND", 1.0), ("ON_DEMAND_FLEX", 0.5), ("ON_DEMAND_PRIORITY", 1.8)]
)
def test_the_tier_that_served_is_the_one_that_is_paid(script: Scripted, traffic: str, share: float) -> None:
    usage: dict[str, Any] = {"promptTokenCount": 100, "candidatesTokenCount": 10, "totalTokenCount": 110}
    usual = answered(script, reply({"text": "x"}, usage=usage))._hidden_params["response_cost"]
    told = {**usage, "trafficType": traffic}
    tiered = answered(script, reply({"text": "x"}, usage=told))._hidden_params["response_cost"]
    assert tiered == pytest.approx(usual * share)
    chunks = streamed(script, reply({"text": "x"}, usage=told), stream_options={"include_usage": True})
    assert chunks[-1].usage.cost == pytest.approx(usual * share)


def test_a_stream_numbers_its_calls_and_keeps_their_signatures(script: Scripted) -> None:
    chunks = streamed(
        script,
        reply({"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "S"}, reason=""),
        reply({"functionCall": {"name": "g", "args": {}}}),
    )
    built = litellm.stream_chunk_builder(chunks)
    calls = built.choices[0].message.tool_calls
    assert [call.function.name for call in calls] == ["f", "g"]
    assert calls[0].provider_specific_fields == {"thought_signature": "S"}
    assert built.choices[0].finish_reason == "tool_calls"


def test_an_error_in_mid_stream_names_its_status(script: Scripted) -> None:
    error = {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}
    with pytest.raises(litellm.MidStreamFallbackError, match="overloaded") as raised:
        streamed(script, gemini_reply("a"), error)
    assert raised.value.status_code == 503


def test_a_stream_that_says_nothing_is_an_error(script: Scripted) -> None:
    script.will(Answer(b"<html>", content_type="text/html"))
    with pytest.raises(litellm.MidStreamFallbackError):
        list(litellm.completion("gemini/gemini-2.5-flash", USER, api_base=script.base, api_key="k", stream=True))


def test_a_wrong_key_is_an_authentication_error(script: Scripted) -> None:
    said = {"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}
    script.will_say(said, status=400)
    with pytest.raises(litellm.AuthenticationError):
        litellm.completion("gemini/gemini-2.5-flash", USER, api_base=script.base, api_key="k")
