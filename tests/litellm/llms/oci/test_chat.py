"""Oracle Cloud: signatures, both chat formats, embeddings."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import litellm
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.litellm.llms.samples import OCI, SAMPLES
from tests.support.scripted import Scripted

TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "f",
            "description": "d",
            "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
        },
    }
]
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}
CONVERSATION: list[dict[str, Any]] = [
    {"role": "system", "content": "S"},
    {"role": "user", "content": "U"},
    {"role": "assistant", "content": None, "tool_calls": [CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "r"},
    {"role": "user", "content": "U2"},
]


def ask(script: Scripted, name: str, **more: Any) -> Any:
    script.will_say(SAMPLES[name].reply)
    given = {"model": SAMPLES[name].model, "messages": CONVERSATION, "api_base": script.base}
    return litellm.completion(**{**given, **OCI, **more})


def test_the_signature_holds(script: Scripted) -> None:
    ask(script, "oci")
    request = script.asked[0]
    said = dict(re.findall(r'(\w+)="([^"]*)"', request.headers["authorization"]))
    assert said["keyId"] == "t/u/f"
    assert request.headers["x-content-sha256"] == base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    values = {**request.headers, "(request-target)": f"post {request.path}"}
    text = "\n".join(f"{name}: {values[name]}" for name in said["headers"].split())
    key = load_pem_private_key(OCI["oci_key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    public = key.public_key()
    public.verify(base64.b64decode(said["signature"]), text.encode(), padding.PKCS1v15(), hashes.SHA256())


@pytest.mark.parametrize("missing", ["oci_key", "oci_user", "oci_compartment_id"])
def test_what_is_missing_is_named(script: Scripted, missing: str) -> None:
    with pytest.raises(litellm.AuthenticationError, match=missing):
        ask(script, "oci", **{missing: None})


def test_a_key_that_is_none_is_not_repeated(script: Scripted) -> None:
    with pytest.raises(litellm.AuthenticationError) as raised:
        ask(script, "oci", oci_key="very-secret")
    assert "very-secret" not in str(raised.value)


def test_generic_request(script: Scripted) -> None:
    ask(script, "oci", tools=TOOLS, tool_choice="required", max_tokens=5, top_p=0.5, stop="x")
    assert script.asked[0].path == "/20231130/actions/chat"
    assert script.last["servingMode"] == {"servingType": "ON_DEMAND", "modelId": "meta.llama-3.3-70b-instruct"}
    chat = script.last["chatRequest"]
    assert [message["role"] for message in chat["messages"]] == ["SYSTEM", "USER", "ASSISTANT", "TOOL", "USER"]
    assert chat["messages"][2]["toolCalls"] == [{"id": "c1", "type": "FUNCTION", "name": "f", "arguments": '{"a": 1}'}]
    assert chat["tools"] == [{"type": "FUNCTION", **TOOLS[0]["function"]}]  # type: ignore[dict-item]
    assert (chat["toolChoice"], chat["maxTokens"], chat["stop"]) == ({"type": "REQUIRED"}, 5, ["x"])


def test_cohere_request(script: Scripted) -> None:
    ask(script, "oci-cohere", tools=TOOLS, oci_serving_mode="DEDICATED", oci_endpoint_id="e")
    assert script.last["servingMode"] == {"servingType": "DEDICATED", "endpointId": "e"}
    chat = script.last["chatRequest"]
    assert (chat["message"], chat["preambleOverride"]) == ("U2", "S")
    call = {"name": "f", "parameters": {"a": 1}}
    assert chat["chatHistory"][1]["toolCalls"] == [call]
    assert chat["chatHistory"][2]["toolResults"] == [{"call": call, "outputs": [{"output": "r"}]}]
    definition = {"type": "int", "description": "", "isRequired": True}
    assert chat["tools"][0]["parameterDefinitions"] == {"a": definition}


def test_embeddings(script: Scripted) -> None:
    script.will_say({"embeddings": [[0.1]], "usage": {"promptTokens": 3}})
    response = litellm.embedding("oci/cohere.embed-english-v3.0", "a", api_base=script.base, **OCI)
    assert script.asked[0].path == "/20231130/actions/embedText"
    assert script.last["inputs"] == ["a"]
    assert (response.data[0]["embedding"], response.usage.prompt_tokens) == ([0.1], 3)
