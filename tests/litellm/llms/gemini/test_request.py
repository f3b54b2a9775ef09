"""What Gemini is asked, over HTTP."""

from __future__ import annotations

from typing import Any

import litellm
import pytest
from litellm.llms.gemini.messages import NO_SIGNATURE
from pydantic import BaseModel

from tests.litellm.llms.samples import gemini_reply
from tests.support.scripted import Scripted

USER = {"role": "user", "content": "Hi"}
PNG = "data:image/png;base64,QUJD"
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "of a city",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


def asked(script: Scripted, *messages: dict[str, Any], model: str = "gemini-2.5-flash", **more: Any) -> dict[str, Any]:
    """The body of a call's request."""
    script.will_say(gemini_reply("ok", "STOP"))
    litellm.completion(
        model=f"gemini/{model}", messages=list(messages) or [USER], api_base=script.base, api_key="sk-g", **more
    )
    return script.last


def test_the_key_is_in_googles_header_and_nowhere_else(script: Scripted) -> None:
    asked(script)
    request = script.asked[-1]
    assert request.headers["x-goog-api-key"] == "sk-g"
    assert request.path == "/models/gemini-2.5-flash:generateContent"
    assert "authorization" not in request.headers


def test_a_base_url_may_name_the_model_already(script: Scripted) -> None:
    script.will_say(gemini_reply("ok", "STOP"))
    for base in ("/v1beta/models/gemini-2.5-flash", "/v1beta/models/gemini-2.5-flash:generateContent", "/v1beta/"):
        litellm.completion("gemini/gemini-2.5-flash", [USER], api_base=script.base + base, api_key="k")
        assert script.asked[-1].path == "/v1beta/models/gemini-2.5-flash:generateContent"


def test_system_messages_are_the_instruction_and_turns_alternate(script: Scripted) -> None:
    body = asked(
        script,
        {"role": "system", "content": "A"},
        {"role": "user", "content": "one"},
        {"role": "developer", "content": [{"type": "text", "text": "B"}]},
        {"role": "user", "content": "two"},
        {"role": "assistant", "content": "three"},
    )
    assert body["system_instruction"] == {"parts": [{"text": "A"}, {"text": "B"}]}
    assert [(turn["role"], [part["text"] for part in turn["parts"]]) for turn in body["contents"]] == [
        ("user", ["one", "two"]),
        ("model", ["three"]),
    ]


@pytest.mark.parametrize(
    ("part", "sent"),
    [
        ({"type": "image_url", "image_url": PNG}, {"inline_data": {"data": "QUJD", "mime_type": "image/png"}}),
        (
            {"type": "image_url", "image_url": {"url": "gs://b/a.jpg"}},
            {"file_data": {"file_uri": "gs://b/a.jpg", "mime_type": "image/jpeg"}},
        ),
        (
            {"type": "file", "file": {"file_id": "https://x.test/a", "format": "video/mp4"}},
            {"file_data": {"file_uri": "https://x.test/a", "mime_type": "video/mp4"}},
        ),
        (
            {"type": "input_audio", "input_audio": {"data": "QUJD", "format": "mp3"}},
            {"inline_data": {"data": "QUJD", "mime_type": "audio/mp3"}},
        ),
    ],
)
def test_media(script: Scripted, part: dict[str, Any], sent: dict[str, Any]) -> None:
    body = asked(script, {"role": "user", "content": [part, {"type": "text", "text": "?"}]})
    assert body["contents"][0]["parts"] == [sent, {"text": "?"}]


def test_detail_is_the_resolution_of_the_request_until_gemini_3_and_of_the_part_since(script: Scripted) -> None:
    image = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": PNG, "detail": "low"}}]}
    old, new = asked(script, image), asked(script, image, model="gemini-3-pro-preview")
    assert old["generationConfig"]["mediaResolution"] == "MEDIA_RESOLUTION_LOW"
    assert "media_resolution" not in old["contents"][0]["parts"][0]
    assert new["contents"][0]["parts"][0]["media_resolution"] == {"level": "MEDIA_RESOLUTION_LOW"}


@pytest.mark.parametrize(
    "message",
    [
        {"role": "wizard", "content": "x"},
        {"role": "tool", "tool_call_id": "nobody", "content": "x"},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "gs://b/unknown"}}]},
        {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{bad"}}]},
    ],
)
def test_what_cannot_be_said_is_a_bad_request(script: Scripted, message: dict[str, Any]) -> None:
    with pytest.raises(litellm.BadRequestError):
        asked(script, message)


def test_calls_and_their_answers(script: Scripted) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Paris"}'}}
    turns = [
        USER,
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": '{"temp": 21}'},
        {"role": "user", "content": "and?"},
    ]
    old = asked(script, *turns)["contents"]
    assert old[1]["parts"] == [{"function_call": {"name": "weather", "args": {"city": "Paris"}}}]
    assert old[2]["parts"] == [{"function_response": {"name": "weather", "response": {"temp": 21}}}]
    assert old[3]["parts"] == [{"text": "and?"}]
    new = asked(script, *turns, model="gemini-3-pro-preview")["contents"]
    assert new[1]["parts"][0]["function_call"]["id"] == new[2]["parts"][0]["function_response"]["id"] == "c1"
    assert new[1]["parts"][0]["thoughtSignature"] == NO_SIGNATURE


def test_a_reply_goes_back_with_its_signatures(script: Scripted) -> None:
    reply = gemini_reply("", "STOP")
    reply["candidates"][0]["content"]["parts"] = [
        {"text": "hm", "thought": True, "thoughtSignature": "A"},
        {"text": "let me see", "thoughtSignature": "B"},
        {"functionCall": {"name": "weather", "args": {"city": "Oslo"}}, "thoughtSignature": "C"},
        {"functionCall": {"name": "weather", "args": {"city": "Rome"}}},
    ]
    script.will_say(reply)
    response = litellm.completion("gemini/gemini-3-pro-preview", [USER], api_base=script.base, api_key="k")
    message = response.choices[0].message
    answers = [{"role": "tool", "tool_call_id": call.id, "content": "x"} for call in message.tool_calls]
    body = asked(script, USER, message.model_dump(), *answers, model="gemini-3-pro-preview")
    sent = body["contents"][1]["parts"]
    assert [part.get("thoughtSignature") for part in sent] == ["A", "B", "C", None]
    assert [part["function_call"]["args"]["city"] for part in sent[2:]] == ["Oslo", "Rome"]


@pytest.mark.parametrize(
    ("model", "effort", "config"),
    [
        ("gemini-2.5-flash", "none", {"thinkingBudget": 0, "includeThoughts": False}),
        ("gemini-2.5-pro", "minimal", {"thinkingBudget": 128, "includeThoughts": True}),
        ("gemini-2.5-flash", "high", {"thinkingBudget": 4096, "includeThoughts": True}),
        ("gemini-3-pro-preview", "minimal", {"thinkingLevel": "low", "includeThoughts": True}),
        ("gemini-3-flash-preview", "none", {"thinkingLevel": "minimal", "includeThoughts": False}),
    ],
)
def test_reasoning_effort(script: Scripted, model: str, effort: str, config: dict[str, Any]) -> None:
    assert asked(script, model=model, reasoning_effort=effort)["generationConfig"]["thinkingConfig"] == config


def test_an_effort_that_nobody_knows_is_refused_or_dropped(script: Scripted) -> None:
    with pytest.raises(litellm.UnsupportedParamsError, match="reasoning_effort"):
        asked(script, reasoning_effort="heroic")
    assert "generationConfig" not in asked(script, reasoning_effort="heroic", drop_params=True)


def test_thinking_by_budget(script: Scripted) -> None:
    thinking = {"type": "enabled", "budget_tokens": 2000}
    assert asked(script, thinking=thinking)["generationConfig"]["thinkingConfig"] == {
        "includeThoughts": True,
        "thinkingBudget": 2000,
    }


def test_parameters_of_all_sorts(script: Scripted) -> None:
    body = asked(
        script,
        temperature=0.3,
        max_tokens=5,
        stop="END",
        n=2,
        topK=4,
        unheard_of="x",
        modalities=["text", "image"],
        safety_settings=[{"category": "c", "threshold": "t"}],
        cached_content="cachedContents/1",
        extra_body={"foo": 1},
    )
    assert body["generationConfig"] == {
        "temperature": 0.3,
        "max_output_tokens": 5,
        "stop_sequences": ["END"],
        "candidate_count": 2,
        "topK": 4,
        "responseModalities": ["TEXT", "IMAGE"],
    }
    assert body["safetySettings"] == [{"category": "c", "threshold": "t"}]
    assert (body["cachedContent"], body["foo"]) == ("cachedContents/1", 1)
    assert "unheard_of" not in str(body)


def test_structured_answers(script: Scripted) -> None:
    class Answer(BaseModel):
        colour: str

    config = asked(script, response_format=Answer)["generationConfig"]
    assert config["response_mime_type"] == "application/json"
    assert config["response_json_schema"]["properties"] == {"colour": {"title": "Colour", "type": "string"}}
    old = asked(script, model="gemini-1.5-pro", response_format=Answer)["generationConfig"]
    assert old["response_schema"]["propertyOrdering"] == ["colour"]


def test_functions_stand_alone_and_searches_do_too(script: Scripted) -> None:
    declared = asked(script, tools=[WEATHER, {"googleSearch": {}}], tool_choice="required")
    assert [set(tool) for tool in declared["tools"]] == [{"function_declarations"}]
    assert declared["toolConfig"] == {"functionCallingConfig": {"mode": "ANY"}}
    hosted = asked(script, tools=[{"urlContext": {}, "code_execution": {}}], web_search_options={})["tools"]
    assert hosted == [{"url_context": {}}, {"code_execution": {}}, {"googleSearch": {}}]
    mixed = asked(script, tools=[WEATHER, {"googleSearch": {}}], include_server_side_tool_invocations=True)
    assert len(mixed["tools"]) == 2


def test_a_named_tool(script: Scripted) -> None:
    choice = {"type": "function", "function": {"name": "weather"}}
    assert asked(script, tools=[WEATHER], tool_choice=choice)["toolConfig"]["functionCallingConfig"] == {
        "mode": "ANY",
        "allowed_function_names": ["weather"],
    }
