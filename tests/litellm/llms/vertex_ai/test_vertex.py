"""Vertex AI over HTTP: addresses, credentials, and the formats of its partners."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import litellm
import pytest
from litellm.llms.formats import chat_format
from litellm.llms.vertex_ai.anthropic import VertexAnthropic
from litellm.llms.vertex_ai.endpoint import VertexEndpoint, host
from litellm.llms.vertex_ai.gemini import VertexGemini
from litellm.llms.vertex_ai.partners import VertexPartner
from litellm.secret_managers.google.credentials import token_cache

from tests.litellm.llms.samples import OPENAI_REPLY, OPENAI_STREAM, gemini_reply, sse
from tests.support.scripted import Answer, Scripted

USER = [{"role": "user", "content": "Hi"}]
CLAUDE = {
    "id": "m1", "type": "message", "role": "assistant", "model": "claude", "stop_reason": "end_turn",
    "content": [{"type": "text", "text": "ok"}], "usage": {"input_tokens": 3, "output_tokens": 2},
}  # fmt: skip


def call(script: Scripted, credentials: Any, model: str, reply: Any, **more: Any) -> Any:
    script.will_say(reply)
    return litellm.completion(
        f"vertex_ai/{model}",
        USER,
        api_base=script.base,
        vertex_credentials=credentials,
        vertex_location=more.pop("location", "europe-west1"),
        **more,
    )


def test_the_service_account_names_the_project_and_gets_the_token(script: Scripted, credentials: Any) -> None:
    call(script, credentials, "gemini-2.5-flash", gemini_reply("ok", "STOP"))
    asked = script.asked[-1]
    assert asked.headers["authorization"] == "Bearer tok-1"
    place = "/v1/projects/its-project/locations/europe-west1/publishers/google/models/gemini-2.5-flash"
    assert asked.path == f"{place}:generateContent"
    assert "vertex" not in str(script.last)


def test_a_token_is_asked_for_once(script: Scripted, tokens: Scripted, credentials: Any, tmp_path: Path) -> None:
    for given in (credentials, json.dumps(credentials, sort_keys=True)):
        call(script, given, "gemini-2.5-flash", gemini_reply("ok", "STOP"))
    assert len(tokens.asked) == 1
    path = tmp_path / "account.json"
    path.write_text(json.dumps(credentials, sort_keys=True))
    call(script, str(path), "gemini-2.5-flash", gemini_reply("ok", "STOP"), vertex_project="mine")
    assert len(tokens.asked) == 1
    assert "/projects/mine/" in script.asked[-1].path


async def test_many_at_once_wait_for_one_token(script: Scripted, tokens: Scripted, credentials: Any) -> None:
    script.will_say(gemini_reply("ok", "STOP"))
    many = [
        litellm.acompletion("vertex_ai/gemini-2.5-flash", USER, api_base=script.base, vertex_credentials=credentials)
        for _ in range(20)
    ]
    replies = await asyncio.gather(*many)
    assert {reply.choices[0].message.content for reply in replies} == {"ok"}
    assert len(tokens.asked) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{not json", "vertex_credentials"),
        ("/nowhere/at/all.json", "vertex_credentials"),
        ({"type": "magic"}, "magic"),
        ({"type": "service_account", "client_email": "x"}, "Google credentials"),
    ],
)
def test_credentials_that_are_none_are_an_authentication_error(script: Scripted, given: Any, said: str) -> None:
    token_cache.clear()
    with pytest.raises(litellm.AuthenticationError, match=said):
        call(script, given, "gemini-2.5-flash", gemini_reply("ok", "STOP"))


def test_a_refused_token_is_an_authentication_error(script: Scripted, tokens: Scripted, credentials: Any) -> None:
    tokens.will(Answer(b'{"error": "invalid_grant", "error_description": "no such account"}', status=400))
    with pytest.raises(litellm.AuthenticationError, match="invalid_grant") as raised:
        call(script, credentials, "gemini-2.5-flash", gemini_reply("ok", "STOP"))
    assert "PRIVATE KEY" not in str(raised.value)


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("us-central1", "https://us-central1-aiplatform.googleapis.com"),
        ("global", "https://aiplatform.googleapis.com"),
        ("eu", "https://aiplatform.eu.rep.googleapis.com"),
    ],
)
def test_hosts(location: str, address: str) -> None:
    assert host(location) == address


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("gemini-2.5-flash", "/publishers/google/models/gemini-2.5-flash:m"),
        ("123456", "/endpoints/123456:m"),
        ("gemini/123456", "/endpoints/123456:m"),
    ],
)
def test_addresses_at_google(model: str, path: str) -> None:
    place = VertexEndpoint({"vertex_project": "p", "vertex_location": "us-east1"}, None, model)
    assert place.model_method(model, "m") == host("us-east1") + "/v1/projects/p/locations/us-east1" + path


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("gemini-2.5-flash", VertexGemini),
        ("987654", VertexGemini),
        ("claude-sonnet-4-5@20250929", VertexAnthropic),
        ("meta/llama-3.1-405b-instruct-maas", VertexPartner),
        ("mistral-large@2407", VertexPartner),
        ("openai/gpt-oss-120b-maas", VertexPartner),
    ],
)
def test_families(model: str, kind: type[Any]) -> None:
    assert type(chat_format("vertex_ai", model)) is kind


def test_claude(script: Scripted, credentials: Any) -> None:
    response = call(script, credentials, "claude-sonnet-4-5@20250929", CLAUDE, max_tokens=9)
    assert response.choices[0].message.content == "ok"
    assert script.asked[-1].path.endswith("/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict")
    assert script.last["anthropic_version"] == "vertex-2023-10-16"
    assert "model" not in script.last


def test_claude_may_say_4096_tokens_when_the_caller_names_no_limit(script: Scripted, credentials: Any) -> None:
    call(script, credentials, "claude-sonnet-4-5@20250929", CLAUDE)
    assert script.last["max_tokens"] == 4096


def test_claude_gets_only_the_beta_features_that_vertex_has(script: Scripted, credentials: Any) -> None:
    asked = {"anthropic-beta": "context-1m-2025-08-07,files-api-2025-04-14"}
    call(script, credentials, "claude-sonnet-4-5@20250929", CLAUDE, extra_headers=asked)
    assert script.asked[-1].headers["anthropic-beta"] == "context-1m-2025-08-07"


def test_anthropic_messages_go_to_claude_as_they_came(script: Scripted, credentials: Any) -> None:
    script.will_say(CLAUDE)
    message = litellm.anthropic.messages.create(
        max_tokens=9,
        messages=USER,
        model="vertex_ai/claude-sonnet-4-5@20250929",
        system="Be brief",
        api_base=script.base,
        vertex_credentials=credentials,
    )
    assert message == CLAUDE
    assert script.last["messages"] == USER
    assert script.last["system"] == [{"type": "text", "text": "Be brief"}]


def test_partners(script: Scripted, credentials: Any) -> None:
    call(script, credentials, "meta/llama-3.1-405b-instruct-maas", OPENAI_REPLY, location="us-central1")
    assert script.asked[-1].path.endswith("/locations/us-central1/endpoints/openapi/chat/completions")
    call(script, credentials, "zai-org/glm-4.7-maas", OPENAI_REPLY, location="us-central1")
    assert "/locations/global/" in script.asked[-1].path  # the only place that has it
    call(script, credentials, "mistral-large@2407", OPENAI_REPLY, seed=3)
    assert script.asked[-1].path.endswith("/publishers/mistralai/models/mistral-large@2407:rawPredict")
    assert (script.last["model"], script.last["random_seed"]) == ("mistral-large", 3)


def test_partners_stream(script: Scripted, credentials: Any) -> None:
    script.will(Answer([OPENAI_STREAM], content_type="text/event-stream"))
    chunks = litellm.completion(
        "vertex_ai/mistral-large@2407", USER, stream=True, api_base=script.base, vertex_credentials=credentials
    )
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "Grüße"


def test_labels_are_the_callers_or_of_the_proxys_caller(script: Scripted, credentials: Any) -> None:
    metadata = {"requester_metadata": {"team": "a", "n": 1}}
    call(script, credentials, "gemini-2.5-flash", gemini_reply("ok", "STOP"), metadata=metadata)
    assert script.last["labels"] == {"team": "a"}


ENDPOINT = {"vertex_project": "p", "vertex_location": "us-central1"}


@pytest.mark.parametrize(
    ("model", "given", "reply", "sent"),
    [
        (
            "text-embedding-005",
            ["a"],
            {"predictions": [{"embeddings": {"values": [0.5], "statistics": {"token_count": 2}}}]},
            {"instances": [{"content": "a"}], "parameters": {"outputDimensionality": 8}},
        ),
        (
            "123",
            "a",
            {"predictions": [[[0.5]]]},
            {"instances": [{"inputs": "a"}], "parameters": {"outputDimensionality": 8}},
        ),
        (
            "gemini-embedding-2-preview",
            "a",
            {"embedding": {"values": [0.5]}, "usageMetadata": {"promptTokenCount": 2}},
            {"content": {"parts": [{"text": "a"}]}, "outputDimensionality": 8},
        ),
        (
            "multimodalembedding@001",
            "gs://b/a.mp4",
            {"predictions": [{"videoEmbeddings": [{"embedding": [0.5], "startOffsetSec": 0, "endOffsetSec": 3}]}]},
            {"instances": [{"video": {"gcsUri": "gs://b/a.mp4"}}], "parameters": {"dimension": 8}},
        ),
    ],
)  # fmt: skip
def test_embeddings(script: Scripted, credentials: Any, model: str, given: Any, reply: Any, sent: Any) -> None:
    script.will_say(reply)
    response = litellm.embedding(
        f"vertex_ai/{model}", given, dimensions=8, api_base=script.base, vertex_credentials=credentials, **ENDPOINT
    )
    assert response.data[0]["embedding"] == [0.5]
    assert script.last == sent


def test_images_ranking_and_speech(script: Scripted, credentials: Any) -> None:
    shared = {"api_base": script.base, "vertex_credentials": credentials, **ENDPOINT}
    script.will_say({"predictions": [{"bytesBase64Encoded": "QUJD"}]})
    image = litellm.image_generation("a cat", model="vertex_ai/imagen-4.0-generate-001", size="1792x1024", **shared)
    assert image.data[0].b64_json == "QUJD"
    assert script.last["parameters"] == {"aspectRatio": "16:9", "sampleCount": 1}
    script.will_say({"records": [{"id": "1", "score": 0.9, "content": "b"}]})
    ranked = litellm.rerank("vertex_ai/semantic-ranker-default@latest", "q", ["a", "b"], top_n=1, **shared)
    assert ranked.results[0]["index"] == 1
    assert script.asked[-1].path.startswith("/v1/projects/p/locations/global/rankingConfigs/")
    script.will_say({"audioContent": "QUJD"})
    assert litellm.speech("vertex_ai/chirp", input="hi", voice="alloy", **shared).content == b"ABC"
    script.will_say({"results": [{"alternatives": [{"transcript": "hi"}]}], "metadata": {"totalBilledDuration": "5s"}})
    assert litellm.transcription("vertex_ai/chirp_2", file=("a.wav", b"RIFF"), **shared).text == "hi"


def test_generate_content_and_its_stream(script: Scripted, credentials: Any) -> None:
    shared = {"api_base": script.base, "vertex_credentials": credentials}
    script.will(Answer([sse(gemini_reply("ok", "STOP"))], content_type="text/event-stream"))
    events = b"".join(litellm.generate_content_stream("vertex_ai/gemini-2.5-flash", "hi", **shared))
    assert json.loads(events.removeprefix(b"data: "))["candidates"][0]["content"]["parts"] == [{"text": "ok"}]
