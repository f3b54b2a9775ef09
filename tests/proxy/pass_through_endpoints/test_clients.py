"""The providers' own clients through the pass-through routes."""

from __future__ import annotations

from typing import Any

import anthropic
import botocore.session
import openai
import pytest
from google import genai
from google.genai import types

from tests.proxy.pass_through_endpoints.conftest import rows
from tests.support.gateway import Gateway

NOVA = "amazon.nova-pro-v1:0"
ASKED: Any = [{"role": "user", "content": [{"text": "hi"}]}]


def test_openai(gateway: Gateway, key: str) -> None:
    with openai.OpenAI(base_url=f"{gateway.base}/openai/v1", api_key=key, max_retries=0) as client:
        asked: Any = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
        assert client.chat.completions.create(**asked).choices[0].message.content == "hello"
        chunks = client.chat.completions.create(**asked, stream=True)
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == "hello"
    assert {row["model"] for row in rows(gateway, key)} == {"openai/gpt-4o"}


def test_anthropic(gateway: Gateway, key: str) -> None:
    with anthropic.Anthropic(base_url=f"{gateway.base}/anthropic", api_key=key, max_retries=0) as client:
        asked: Any = {"model": "claude-opus-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
        assert client.messages.create(**asked).usage.output_tokens == 4
        with client.messages.stream(**asked) as stream:
            assert "".join(stream.text_stream) == "hello"
    wrong = anthropic.Anthropic(base_url=f"{gateway.base}/anthropic", api_key="sk-no", max_retries=0)
    with wrong, pytest.raises(anthropic.AuthenticationError):
        wrong.messages.create(**asked)


def test_google(gateway: Gateway, key: str) -> None:
    options = types.HttpOptions(base_url=f"{gateway.base}/gemini")
    with genai.Client(api_key=key, http_options=options) as client:
        assert client.models.generate_content(model="gemini-2.5-flash", contents="hi").text == "hello"
        pieces = client.models.generate_content_stream(model="gemini-2.5-flash", contents="hi")
        assert "".join(piece.text or "" for piece in pieces) == "hello"


def test_bedrock(gateway: Gateway, key: str) -> None:
    """boto3's client, signing with keys of its own, with the gateway's key in a header."""
    session = botocore.session.Session()
    session.set_credentials("AKIAOFTHECLIENT00000", "of-the-client")
    client = session.create_client("bedrock-runtime", "us-east-1", endpoint_url=f"{gateway.base}/bedrock")
    client.meta.events.register(
        "before-send.bedrock-runtime.*", lambda request, **_: request.headers.__setitem__("x-litellm-api-key", key)
    )
    assert client.converse(modelId=NOVA, messages=ASKED)["output"]["message"]["content"] == [{"text": "hello"}]
    events = client.converse_stream(modelId=NOVA, messages=ASKED)["stream"]
    assert [next(iter(event)) for event in events][-1] == "metadata"
    assert b"hello" in client.invoke_model(modelId=NOVA, body=b"{}")["body"].read()
    streamed = client.invoke_model_with_response_stream(modelId=NOVA, body=b"{}")["body"]
    assert b"hello" in b"".join(event["chunk"]["bytes"] for event in streamed)
    client.close()
    found = rows(gateway, key)
    assert {row["model"] for row in found} == {f"bedrock/{NOVA}"}
