"""A call, a reply and a stream for each wire format that is its own."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support import aws


def sse(*events: Any) -> bytes:
    """Server-sent events of JSON values; text is sent as it is."""
    lines = [event if isinstance(event, str) else json.dumps(event, ensure_ascii=False) for event in events]
    return "".join(f"data: {line}\n\n" for line in lines).encode()


def ndjson(*lines: Any) -> bytes:
    """JSON values, one a line."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def openai_chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    """One chunk as OpenAI sends it."""
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def gemini_reply(text: str, reason: str | None = None) -> dict[str, Any]:
    """A reply of Gemini's, or a piece of one."""
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}
    if reason:
        candidate["finishReason"] = reason
    usage = {"promptTokenCount": 3, "candidatesTokenCount": 2, "totalTokenCount": 5}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m", "responseId": "r1"}


OPENAI_REPLY = {
    "id": "c1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Grüße"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
}
OPENAI_STREAM = sse(
    openai_chunk({"role": "assistant", "content": ""}),
    openai_chunk({"content": "Grü"}),
    openai_chunk({"content": "ße"}),
    openai_chunk({}, "stop"),
    "[DONE]",
)


@dataclass(frozen=True)
class Sample:
    """One format: `path` goes behind the server's address, `kwargs` to the call."""

    model: str
    reply: Any
    stream: bytes
    path: str = ""
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def _ollama(**fields: Any) -> dict[str, Any]:
    return {"model": "m", "created_at": "2024-01-01T00:00:00Z", **fields}


def rsa_key() -> str:
    """A private key in PEM."""
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


OCI = {
    "oci_tenancy": "t",
    "oci_user": "u",
    "oci_fingerprint": "f",
    "oci_compartment_id": "c",
    "oci_key": rsa_key(),
}
_OCI_USAGE = {"promptTokens": 3, "completionTokens": 2}
_COHERE_USAGE = {"billed_units": {"input_tokens": 1}, "tokens": {"input_tokens": 3, "output_tokens": 2}}
_WATSONX = {"token": "t", "project_id": "p"}
_RESULT = {"generated_token_count": 2, "input_token_count": 3}
_ANTHROPIC = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "m",
    "stop_reason": None,
    "usage": {"input_tokens": 3, "output_tokens": 2},
}
SAMPLES: Mapping[str, Sample] = {
    "cohere": Sample(
        "cohere_chat/v2/command-a-03-2025",
        {
            "id": "x",
            "finish_reason": "COMPLETE",
            "message": {"role": "assistant", "content": [{"type": "text", "text": "Grüße"}]},
            "usage": _COHERE_USAGE,
        },
        sse(
            {"type": "message-start", "id": "x", "delta": {"message": {"role": "assistant"}}},
            {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}},
            {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "Grü"}}}},
            {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": "ße"}}}},
            {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": _COHERE_USAGE}},
        ),
    ),
    "cohere-v1": Sample(
        "cohere_chat/v1/command-r",
        {
            "text": "Grüße",
            "finish_reason": "COMPLETE",
            "meta": {"billed_units": {"input_tokens": 3, "output_tokens": 2}},
        },
        ndjson(
            {"event_type": "stream-start", "is_finished": False},
            {"event_type": "text-generation", "text": "Grü"},
            {"event_type": "text-generation", "text": "ße"},
            {
                "event_type": "stream-end",
                "finish_reason": "COMPLETE",
                "response": {"meta": {"billed_units": {"input_tokens": 3, "output_tokens": 2}}},
            },
        ),
    ),
    "ollama": Sample(
        "ollama/llama3",
        _ollama(response="Grüße", done=True, done_reason="stop", prompt_eval_count=3, eval_count=2),
        ndjson(
            _ollama(response="Grü", done=False),
            _ollama(response="ße", done=False),
            _ollama(response="", done=True, done_reason="stop", prompt_eval_count=3, eval_count=2),
        ),
    ),
    "ollama_chat": Sample(
        "ollama_chat/llama3",
        _ollama(message={"role": "assistant", "content": "Grüße"}, done=True, prompt_eval_count=3, eval_count=2),
        ndjson(
            _ollama(message={"role": "assistant", "content": "Grü"}, done=False),
            _ollama(message={"role": "assistant", "content": "ße"}, done=False),
            _ollama(message={"role": "assistant", "content": ""}, done=True, prompt_eval_count=3, eval_count=2),
        ),
    ),
    "databricks": Sample("databricks/dbrx", OPENAI_REPLY, OPENAI_STREAM, "/serving-endpoints"),
    "huggingface": Sample("huggingface/a/b", OPENAI_REPLY, OPENAI_STREAM),
    "watsonx": Sample("watsonx/ibm/granite-3-8b-instruct", OPENAI_REPLY, OPENAI_STREAM, kwargs=_WATSONX),
    "watsonx_text": Sample(
        "watsonx_text/ibm/granite-13b-chat-v2",
        {"results": [{"generated_text": "Grüße", "stop_reason": "eos_token", **_RESULT}]},
        sse(
            {"results": [{"generated_text": "Grü", "stop_reason": "not_finished", "input_token_count": 3}]},
            {"results": [{"generated_text": "ße", "stop_reason": "eos_token", **_RESULT}]},
        ),
        kwargs=_WATSONX,
    ),
    "anthropic_text": Sample(
        "anthropic_text/claude-2",
        {"completion": "Grüße", "stop_reason": "stop_sequence", "model": "claude-2"},
        sse(
            {"completion": "Grü", "stop_reason": None},
            {"completion": "ße", "stop_reason": None},
            {"completion": "", "stop_reason": "stop_sequence"},
        ),
    ),
    "nlp_cloud": Sample(
        "nlp_cloud/dolphin",
        {"generated_text": "Grüße", "nb_input_tokens": 3, "nb_generated_tokens": 2},
        sse({"generated_text": "Grü"}, {"generated_text": "ße"}),
        "/v1/gpu",
    ),
    "triton": Sample(
        "triton/llama",
        {"model_name": "llama", "text_output": "Grüße"},
        sse({"text_output": "Grü"}, {"text_output": "ße"}),
        "/v2/models/llama/generate",
    ),
    "predibase": Sample(
        "predibase/llama",
        {
            "generated_text": "Grüße",
            "details": {"finish_reason": "eos_token", "prompt_tokens": 3, "generated_tokens": 2},
        },
        sse(
            {"token": {"text": "Grü", "special": False}},
            {"token": {"text": "ße", "special": False}},
            {"token": {"text": "</s>", "special": True}, "details": {"finish_reason": "eos_token"}},
        ),
        kwargs={"tenant_id": "t"},
    ),
    "petals": Sample(
        "petals/x", {"ok": True, "outputs": "Grüße"}, b'{"ok": true, "outputs": "Gr\\u00fc\\u00dfe"}', "/generate"
    ),
    "custom": Sample(
        "custom/m", {"data": [{"output": ["Grüße"]}]}, b'{"data": [{"output": ["Gr\\u00fc\\u00dfe"]}]}', "/generate"
    ),
    "langgraph": Sample(
        "langgraph/agent",
        {"messages": [{"type": "human", "content": "Hi"}, {"type": "ai", "content": "Grüße"}]},
        sse(
            [{"type": "AIMessageChunk", "content": "Grü"}, {}],
            [{"type": "AIMessageChunk", "content": "ße"}, {}],
        ),
    ),
    "oci": Sample(
        "oci/meta.llama-3.3-70b-instruct",
        {
            "modelId": "m",
            "chatResponse": {
                "timeCreated": "2024-01-01T00:00:00Z",
                "choices": [{"message": {"content": [{"type": "TEXT", "text": "Grüße"}]}, "finishReason": "stop"}],
                "usage": _OCI_USAGE,
            },
        },
        sse(
            {"index": 0, "message": {"content": [{"type": "TEXT", "text": "Grü"}]}},
            {"index": 0, "message": {"content": [{"type": "TEXT", "text": "ße"}]}},
            {"finishReason": "stop", "usage": _OCI_USAGE},
        ),
        kwargs=OCI,
    ),
    "oci-cohere": Sample(
        "oci/cohere.command-a-03-2025",
        {"chatResponse": {"text": "Grüße", "finishReason": "COMPLETE", "usage": _OCI_USAGE}},
        sse({"text": "Grü"}, {"text": "ße"}, {"text": "Grüße", "finishReason": "COMPLETE"}),
        kwargs=OCI,
    ),
    "snowflake": Sample("snowflake/mistral-7b", OPENAI_REPLY, OPENAI_STREAM),
    "cloudflare": Sample("cloudflare/@cf/meta/llama", OPENAI_REPLY, OPENAI_STREAM, "/client/v4/accounts/a/ai/run"),
    "ragflow": Sample("ragflow/chat/c1/m", OPENAI_REPLY, OPENAI_STREAM),
    "maritalk": Sample("maritalk/sabia-3", OPENAI_REPLY, OPENAI_STREAM),
    "gemini": Sample(
        "gemini/gemini-2.5-flash",
        gemini_reply("Grüße", "STOP"),
        sse(gemini_reply("Grü"), gemini_reply("ße"), gemini_reply("", "STOP")),
    ),
    "openai": Sample("openai/m", OPENAI_REPLY, OPENAI_STREAM, "/v1"),
    "azure": Sample("azure/m", OPENAI_REPLY, OPENAI_STREAM, kwargs={"api_version": "2024-10-21"}),
    "anthropic": Sample(
        "anthropic/claude-sonnet-4-5",
        {**_ANTHROPIC, "content": [{"type": "text", "text": "Grüße"}], "stop_reason": "end_turn"},
        sse(
            {"type": "message_start", "message": {**_ANTHROPIC, "content": []}},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Grü"}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "ße"}},
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
            {"type": "message_stop"},
        ),
    ),
    "azure_ai-claude": Sample(
        "azure_ai/claude-sonnet-4-5",
        {**_ANTHROPIC, "content": [{"type": "text", "text": "Grüße"}], "stop_reason": "end_turn"},
        sse(
            {"type": "message_start", "message": {**_ANTHROPIC, "content": []}},
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Grüße"}},
            {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
        ),
    ),
    "text-completion-openai": Sample(
        "text-completion-openai/m",
        {
            "id": "x",
            "model": "m",
            "choices": [{"index": 0, "text": "Grüße", "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
        },
        sse(
            {"id": "x", "model": "m", "choices": [{"index": 0, "text": "Grüße", "finish_reason": None}]},
            {"id": "x", "model": "m", "choices": [{"index": 0, "text": "", "finish_reason": "stop"}]},
            "[DONE]",
        ),
        "/v1",
    ),
    "a2a": Sample(
        "a2a/agent",
        {"result": {"kind": "message", "role": "agent", "parts": [{"kind": "text", "text": "Grüße"}]}},
        '{"result": {"parts": [{"kind": "text", "text": "Grüße"}]}}'.encode(),
    ),
    "langflow": Sample(
        "langflow/flow",
        {"outputs": [{"outputs": [{"results": {"message": {"text": "Grüße"}}}]}]},
        '{"outputs": [{"outputs": [{"results": {"message": {"text": "Grüße"}}}]}]}'.encode(),
    ),
    "clarifai": Sample("clarifai/u.a.m", OPENAI_REPLY, OPENAI_STREAM, "/v1"),
    "github_copilot": Sample("github_copilot/gpt-4o", OPENAI_REPLY, OPENAI_STREAM),
    "amazon_nova": Sample("amazon_nova/nova-micro-v1", OPENAI_REPLY, OPENAI_STREAM, "/v1"),
    "bedrock_mantle": Sample("bedrock_mantle/openai.gpt-oss-20b", OPENAI_REPLY, OPENAI_STREAM, "/v1"),
    "replicate": Sample(
        "replicate/meta/llama",
        {"id": "p", "status": "succeeded", "output": ["Grü", "ße"]},
        '{"id": "p", "status": "succeeded", "output": ["Grü", "ße"]}'.encode(),
    ),
}
TEXT = "Grüße"


def _payload_parts(body: bytes, size: int) -> bytes:
    """`body` in the frames of a SageMaker stream, `size` bytes of it in each."""
    return b"".join(aws.event("PayloadPart", body[at : at + size]) for at in range(0, len(body), size))


_TOKENS = sse(
    {"token": {"text": "Grü", "special": False}},
    {"token": {"text": "ße", "special": False}, "details": {"finish_reason": "eos_token"}},
)
_COMPLETIONS = sse(
    {"id": "c", "object": "text_completion", "choices": [{"index": 0, "text": "Grü"}]},
    {"id": "c", "object": "text_completion", "choices": [{"index": 0, "text": "ße", "finish_reason": "stop"}]},
    "[DONE]",
)
_RESPONSES = sse(
    {"type": "response.created", "response": {"id": "r"}},
    {"type": "response.output_text.delta", "delta": "Grü"},
    {"type": "response.output_text.delta", "delta": "ße"},
    {"type": "response.completed", "response": {"id": "r", "output": [], "usage": {"input_tokens": 3}}},
)
_CONVERSE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("messageStart", {"role": "assistant"}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "Grü"}}),
    ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "ße"}}),
    ("contentBlockStop", {"contentBlockIndex": 0}),
    ("messageStop", {"stopReason": "end_turn"}),
    ("metadata", {"usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}}),
)


def b64(text: str) -> str:
    """`text` in base64."""
    return base64.b64encode(text.encode()).decode()


def _events(named: Sequence[tuple[str, Any]]) -> bytes:
    """Frames of AWS events."""
    return b"".join(aws.event(name, payload) for name, payload in named)


def _chunks(*pieces: Any) -> bytes:
    """Frames of InvokeModel's stream."""
    return b"".join(aws.chunk(piece) for piece in pieces)


def _data(stream: bytes) -> list[Any]:
    """The JSON values of server-sent events."""
    lines = (line.removeprefix("data: ") for line in stream.decode().splitlines() if line.startswith("data: "))
    return [json.loads(line) for line in lines if line != "[DONE]"]


def _messages() -> list[Any]:
    return _data(SAMPLES["anthropic"].stream)


def _openai_chunks() -> list[Any]:
    return _data(OPENAI_STREAM)


_FAMILIES: Mapping[str, tuple[Any, ...]] = {
    "llama": ("meta.llama3-8b-instruct-v1:0", {"generation": "Grü"}, {"generation": "ße", "stop_reason": "stop"}),
    "mistral": (
        "mistral.mistral-7b-instruct-v0:2",
        {"outputs": [{"text": "Grü"}]},
        {"outputs": [{"text": "ße", "stop_reason": "stop"}]},
    ),
    "titan": (
        "amazon.titan-text-express-v1", {"outputText": "Grü"}, {"outputText": "ße", "completionReason": "FINISH"},
    ),
    "cohere": ("cohere.command-text-v14", {"text": "Grü"}, {"text": "ße", "finish_reason": "COMPLETE"}),
}  # fmt: skip
STREAMS: Mapping[str, Sample] = {
    **SAMPLES,
    "bytez": Sample("bytez/a/b", None, TEXT.encode()),
    "gigachat": Sample("gigachat/GigaChat", None, OPENAI_STREAM),
    "sagemaker": Sample("sagemaker/e", None, _payload_parts(_TOKENS, 11)),
    "sagemaker_chat": Sample("sagemaker_chat/e", None, _payload_parts(OPENAI_STREAM, 50)),
    "sagemaker_nova": Sample("sagemaker_nova/e", None, _payload_parts(OPENAI_STREAM, 150)),
    "azure_ai": Sample("azure_ai/m", None, OPENAI_STREAM),
    "azure_text": Sample("azure_text/m", None, _COMPLETIONS),
    "codestral text": Sample("text-completion-codestral/m", None, OPENAI_STREAM),
    "oobabooga": Sample("oobabooga/m", None, OPENAI_STREAM),
    "datarobot": Sample("datarobot/m", None, OPENAI_STREAM),
    "gradient_ai": Sample("gradient_ai/m", None, OPENAI_STREAM),
    "heroku": Sample("heroku/m", None, OPENAI_STREAM),
    "mantle claude": Sample("bedrock_mantle/anthropic.claude-haiku-4-5", None, SAMPLES["anthropic"].stream),
    "snowflake claude": Sample("snowflake/claude-3-5-sonnet", None, SAMPLES["anthropic"].stream),
    "vertex": Sample("vertex_ai/gemini-2.5-flash", None, SAMPLES["gemini"].stream),
    "vertex claude": Sample("vertex_ai/claude-sonnet-4-5", None, SAMPLES["anthropic"].stream),
    "vertex llama": Sample("vertex_ai/meta/llama-4-scout-17b-16e-instruct-maas", None, OPENAI_STREAM),
    "gdc": Sample("gdc/m", None, OPENAI_STREAM),
    "sap": Sample("sap/m", None, sse(*({"request_id": "r", "final_result": each} for each in _openai_chunks()))),
    "responses": Sample("openai/responses/m", None, _RESPONSES),
    "chatgpt": Sample("chatgpt/m", None, _RESPONSES),
    "converse": Sample("bedrock/converse/m", None, _events(_CONVERSE)),
    "invoke claude": Sample("bedrock/invoke/anthropic.claude-v2", None, _chunks(*_messages())),
    "invoke nova": Sample("bedrock/invoke/amazon.nova-pro-v1:0", None, _chunks(*({k: v} for k, v in _CONVERSE))),
    "invoke openai": Sample("bedrock/invoke/openai.gpt-oss-20b-1:0", None, _chunks(*_openai_chunks())),
    "invoke command-r": Sample(
        "bedrock/invoke/cohere.command-r-v1:0",
        None,
        _chunks(
            {"event_type": "text-generation", "text": "Grü"},
            {"event_type": "text-generation", "text": "ße"},
            {"event_type": "stream-end", "finish_reason": "COMPLETE", "is_finished": True},
        ),
    ),
    "agent": Sample("bedrock/agent/a/b", None, b"".join(aws.event("chunk", {"bytes": b64(t)}) for t in ("Grü", "ße"))),
    "agentcore": Sample(
        "bedrock/agentcore/arn:aws:bedrock-agentcore:us-east-1:1:runtime/r",
        None,
        sse(*({"event": {"contentBlockDelta": {"delta": {"text": text}}}} for text in ("Grü", "ße"))),
    ),
    **{
        f"invoke {family}": Sample(f"bedrock/invoke/{model}", None, _chunks(*pieces))
        for family, (model, *pieces) in _FAMILIES.items()
    },
}
"""All whose streams are read; of those beyond `SAMPLES` a call needs more than one answer, or a signed one."""
