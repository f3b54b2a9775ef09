"""A provider of every API, which says what it was sent; and a gateway that passes through to it."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from litellm.llms.aws.event_stream import encode_frame
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.proxy.serving import serving
from tests.support.gateway import Gateway

SECRET = "sk-upstream-0123456789"
OPENAI = {"prompt_tokens": 10, "completion_tokens": 4, "total_tokens": 14}
ANTHROPIC = {"input_tokens": 10, "output_tokens": 4}
GEMINI = {"promptTokenCount": 10, "candidatesTokenCount": 4, "totalTokenCount": 14}
BEDROCK = {"inputTokens": 10, "outputTokens": 4, "totalTokens": 14}
COHERE = {"billed_units": {"input_tokens": 10, "output_tokens": 4}, "tokens": {"input_tokens": 10, "output_tokens": 4}}


class Recorder:
    """A provider, and what it was asked, newest last."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.closed_early = 0

    async def __call__(self, request: Request) -> Response:
        raw = await request.body()
        sent = {
            "method": request.method, "path": request.scope["raw_path"].decode(), "query": request.url.query,
            "headers": dict(request.headers), "body": raw,
        }  # fmt: skip
        self.seen.append(sent)
        answer = self._answer(request, raw)
        return answer if answer is not None else JSONResponse({"path": sent["path"], "method": request.method})

    def _answer(self, request: Request, raw: bytes) -> Response | None:
        path = request.scope["path"]
        fields = json.loads(raw) if raw[:1] == b"{" and raw[-1:] == b"}" else {}
        if "/redirect" in path:
            return Response(status_code=302, headers={"location": "http://169.254.169.254/"})
        if "/leaky" in path:
            headers = {"set-cookie": "a=b", "x-echo": request.headers.get("authorization", ""), "x-fine": "yes"}
            return JSONResponse({"error": f"bad key {request.headers.get('authorization')}"}, 401, headers=headers)
        if "/slow" in path:
            return StreamingResponse(self._slowly(), media_type="text/event-stream")
        if "/big" in path:
            return Response(b"x" * (40 * 1024 * 1024), media_type="application/octet-stream")
        if path.endswith("/chat/completions"):
            return openai_chat(fields)
        if path.endswith("/messages"):
            return anthropic_messages(fields)
        if path.endswith(":generateContent"):
            return JSONResponse({"candidates": [gemini("hello")], "usageMetadata": GEMINI})
        if path.endswith(":streamGenerateContent"):
            return gemini_stream(sse=request.query_params.get("alt") == "sse")
        if path.endswith("/converse"):
            message = {"role": "assistant", "content": [{"text": "hello"}]}
            return JSONResponse({"output": {"message": message}, "stopReason": "end_turn", "usage": BEDROCK})
        if path.endswith("/converse-stream"):
            return converse_stream()
        if path.endswith("/invoke"):
            counts = {"x-amzn-bedrock-input-token-count": "10", "x-amzn-bedrock-output-token-count": "4"}
            return JSONResponse({"completion": "hello"}, headers=counts)
        if path.endswith("/invoke-with-response-stream"):
            return invoke_stream()
        if path.endswith("/images/generations"):
            return JSONResponse({"created": 1, "data": [{"url": "https://example.com/1.png"}]})
        if path.endswith("/audio/speech"):
            return Response(b"mp3", media_type="audio/mpeg")
        if path.endswith("/v2/chat"):
            return JSONResponse({"id": "c", "message": {"content": [{"type": "text", "text": "hi"}]}, "usage": COHERE})
        if path.endswith("/rerank"):
            meta = {"billed_units": {"search_units": 1}}
            return JSONResponse({"id": "r", "results": [{"index": 0, "relevance_score": 0.5}], "meta": meta})
        return None

    async def _slowly(self) -> AsyncIterator[bytes]:
        import asyncio

        try:
            for number in range(400):
                chunk = {"choices": [{"index": 0, "delta": {"content": f"word{number} "}}]}
                yield f"data: {json.dumps(chunk)}\n\n".encode()
                await asyncio.sleep(0.05)
        except (asyncio.CancelledError, GeneratorExit):
            self.closed_early += 1
            raise


def events(*data: Any, end: str = "") -> Response:
    names = [f"event: {item['type']}\n" if "type" in item else "" for item in data]
    lines = [f"{name}data: {json.dumps(item)}\n\n" for name, item in zip(names, data, strict=True)]
    return StreamingResponse(iter([*lines, end]), media_type="text/event-stream")


def openai_chat(fields: dict[str, Any]) -> Response:
    named = {"id": "c1", "object": "chat.completion", "created": 1, "model": "gpt-4o"}
    if not fields.get("stream"):
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hello"}}
        return JSONResponse({**named, "choices": [choice], "usage": OPENAI})
    chunk = {**named, "object": "chat.completion.chunk"}
    pieces: list[dict[str, Any]] = [
        {**chunk, "choices": [{"index": 0, "delta": {"role": "assistant", "content": "hel"}}]},
        {**chunk, "choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": "stop"}]},
    ]
    if (fields.get("stream_options") or {}).get("include_usage"):
        pieces.append({**chunk, "choices": [], "usage": OPENAI})
    return events(*pieces, end="data: [DONE]\n\n")


def anthropic_messages(fields: dict[str, Any]) -> Response:
    message = {"id": "m1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5", "stop_sequence": None}
    if not fields.get("stream"):
        content = [{"type": "text", "text": "hello"}]
        return JSONResponse({**message, "content": content, "stop_reason": "end_turn", "usage": ANTHROPIC})
    start: dict[str, Any] = {
        **message,
        "content": [],
        "stop_reason": None,
        "usage": {"input_tokens": 10, "output_tokens": 1},
    }
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    return events(
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hello"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 4}},
        {"type": "message_stop"},
    )


def gemini(text: str) -> dict[str, Any]:
    return {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}


def gemini_stream(*, sse: bool) -> Response:
    pieces: list[dict[str, Any]] = [
        {"candidates": [gemini("hel")], "usageMetadata": {"promptTokenCount": 10, "totalTokenCount": 10}},
        {"candidates": [gemini("lo")], "usageMetadata": GEMINI},
    ]
    if sse:
        return events(*pieces)
    return StreamingResponse(iter(["[", json.dumps(pieces[0]), ",\n", json.dumps(pieces[1]), "]"]),
                             media_type="application/json")  # fmt: skip


def frame(kind: str, payload: dict[str, Any]) -> bytes:
    head = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    return encode_frame(head, json.dumps(payload).encode())


def converse_stream() -> Response:
    frames = [
        frame("messageStart", {"role": "assistant"}),
        frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "hello"}}),
        frame("messageStop", {"stopReason": "end_turn"}),
        frame("metadata", {"usage": BEDROCK, "metrics": {"latencyMs": 5}}),
    ]
    return StreamingResponse(iter(frames), media_type="application/vnd.amazon.eventstream")


def invoke_stream() -> Response:
    metrics = {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 10, "outputTokenCount": 4}}
    inner = [{"type": "content_block_delta", "delta": {"text": "hello"}}, {"type": "message_stop", **metrics}]
    frames = [frame("chunk", {"bytes": base64.b64encode(json.dumps(event).encode()).decode()}) for event in inner]
    return StreamingResponse(iter(frames), media_type="application/vnd.amazon.eventstream")


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def recorder_url(recorder: Recorder) -> Iterator[str]:
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

    async def everything(request: Request) -> Response:
        return await recorder(request)

    with serving(Starlette(routes=[Route("/{path:path}", everything, methods=methods)])) as url:
        yield url


@pytest.fixture(scope="module")
def gateway(recorder_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    models = {
        "my-gpt": {"model": "openai/gpt-4o", "api_base": f"{recorder_url}/lent/v1", "api_key": "sk-lent-012345678"},
        "my-nova": {"model": "bedrock/amazon.nova-pro-v1:0", "aws_bedrock_runtime_endpoint": f"{recorder_url}/aws",
                    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG",
                    "aws_region_name": "eu-west-1"},
        "my-azure": {"model": "azure/gpt-4o", "api_base": f"{recorder_url}/az", "api_key": "az-key-012345678",
                     "api_version": "2024-10-21"},
    }  # fmt: skip
    config = {
        "model_list": [{"model_name": name, "litellm_params": params} for name, params in models.items()],
        "general_settings": {"max_request_size_mb": 4},
    }
    names = (
        "OPENAI", "ANTHROPIC", "GEMINI", "COHERE", "MISTRAL", "AZURE", "VLLM", "OPENROUTER", "NVIDIA_NIM", "CURSOR",
        "ASSEMBLYAI", "FAL_AI", "TINYFISH", "TYPESAFE", "MILVUS", "AZURE_SPEECH", "AZURE_AI",
    )  # fmt: skip
    env = {f"{name}_API_BASE": recorder_url for name in names} | {f"{name}_API_KEY": SECRET for name in names}
    env |= {"LANGFUSE_HOST": recorder_url, "LANGFUSE_PUBLIC_KEY": "pk-lf", "LANGFUSE_SECRET_KEY": SECRET,
            "AWS_BEDROCK_RUNTIME_ENDPOINT": f"{recorder_url}/aws", "AWS_BEARER_TOKEN_BEDROCK": SECRET,
            "AWS_REGION_NAME": "us-east-1"}  # fmt: skip
    with Gateway(tmp_path_factory.mktemp("pass"), config, env=env) as running:
        yield running


@pytest.fixture
def key(gateway: Gateway) -> str:
    made: str = gateway.request("POST", "/key/generate", json={"max_budget": 5}).json()["key"]
    return made


def rows(gateway: Gateway, key: str) -> list[dict[str, Any]]:
    """The key's spend logs, once there are any: a stream is settled when its end has been sent."""
    deadline = time.monotonic() + 10
    while True:
        found: list[dict[str, Any]] = gateway.request("GET", "/spend/logs", params={"api_key": key}).json()
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.02)
