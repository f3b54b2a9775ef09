"""What each wire format answers: the same thoughts, text, tool call and usage, in its own words, whole and streamed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.litellm.llms.samples import OCI, ndjson, sse
from tests.support import aws
from tests.support.scripted import Answer

TEXT, THOUGHT, SIGNATURE = "Grüße aus Köln", "They greet me.", "c2lnbmVk"
CALL_ID, TOOL, ARGUMENTS = "call_1", "get_weather", {"city": "Cologne"}
PROMPT, CACHED, OUTPUT, REASONING = 20, 8, 9, 4
"""Tokens. `PROMPT` includes `CACHED`, `OUTPUT` includes `REASONING`."""
EVENTS = "text/event-stream"


@dataclass(frozen=True)
class Reply:
    """What the provider says: text, a tool call or both, after thoughts or not."""

    text: str | None = TEXT
    call: bool = False
    thought: bool = False


@dataclass(frozen=True)
class Native:
    """The answers of one more endpoint."""

    whole: Callable[[Reply], Any]
    stream: Callable[[Reply], Answer]
    thinks: bool = False
    streams: bool = True
    """Whether it is asked for a stream: LiteLLM makes one of a whole response of models that it does not know."""


@dataclass(frozen=True)
class Outbound:
    """A wire format: how to call it, what it says, what it can say."""

    model: str
    whole: Callable[[Reply], Any]
    stream: Callable[[Reply], Answer]
    path: str = ""
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    tools: bool = True
    """Whether it has tools of its own."""
    images: bool = True
    counts: bool = True
    """Whether it tells how many tokens there were."""
    thinks: bool = False
    signs: bool = False
    schemas: bool = True
    streams: bool = True
    caches: bool = True
    """Whether its usage tells of cached tokens."""
    reasons: bool = False
    """Whether its usage tells of reasoning tokens."""
    native: Mapping[str, Native] = field(default_factory=dict)
    """What it answers on the endpoints of other APIs, which it has itself, by the API."""
    marks: str | None = None
    """What stands in the request where the caller marked what to cache."""


def _pieces(text: str) -> Iterator[str]:
    for at in range(0, len(text), 5):
        yield text[at : at + 5]


# --------------------------------------------------------------------------- OpenAI chat


def _openai_usage() -> dict[str, Any]:
    return {
        "prompt_tokens": PROMPT,
        "completion_tokens": OUTPUT,
        "total_tokens": PROMPT + OUTPUT,
        "prompt_tokens_details": {"cached_tokens": CACHED},
        "completion_tokens_details": {"reasoning_tokens": REASONING},
    }


def _openai_call() -> dict[str, Any]:
    return {"id": CALL_ID, "type": "function", "function": {"name": TOOL, "arguments": json.dumps(ARGUMENTS)}}


def openai_whole(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text}
    if reply.thought:
        message["reasoning_content"] = THOUGHT
    if reply.call:
        message["tool_calls"] = [_openai_call()]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if reply.call else "stop"}
    named = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m"}
    return {**named, "choices": [choice], "usage": _openai_usage()}


def openai_stream(reply: Reply) -> Answer:
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if reply.thought:
        deltas += [{"reasoning_content": piece} for piece in _pieces(THOUGHT)]
    deltas += [{"content": piece} for piece in _pieces(reply.text or "")]
    if reply.call:
        start = {**_openai_call(), "index": 0, "function": {"name": TOOL, "arguments": ""}}
        deltas.append({"tool_calls": [start]})
        deltas += [
            {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]} for piece in _pieces(json.dumps(ARGUMENTS))
        ]
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls" if reply.call else "stop"})
    named = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    chunks: list[Any] = [{**named, "choices": [choice]} for choice in choices]
    return Answer(sse(*chunks, {**named, "choices": [], "usage": _openai_usage()}, "[DONE]"), content_type=EVENTS)


# --------------------------------------------------------------------------- OpenAI responses


def _responses_whole(reply: Reply) -> dict[str, Any]:
    output: list[dict[str, Any]] = []
    if reply.text:
        part = {"type": "output_text", "text": reply.text, "annotations": []}
        output.append({"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [part]})
    if reply.call:
        called = {"type": "function_call", "id": "f1", "call_id": CALL_ID, "name": TOOL, "status": "completed"}
        output.append({**called, "arguments": json.dumps(ARGUMENTS)})
    usage = {
        "input_tokens": PROMPT,
        "output_tokens": OUTPUT,
        "total_tokens": PROMPT + OUTPUT,
        "input_tokens_details": {"cached_tokens": CACHED},
        "output_tokens_details": {"reasoning_tokens": REASONING},
    }
    return {
        "id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": "m",
        "output": output, "usage": usage, "parallel_tool_calls": True, "tools": [], "tool_choice": "auto",
    }  # fmt: skip


def _responses_stream(reply: Reply) -> Answer:
    done = _responses_whole(reply)
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": {**done, "output": [], "usage": None, "status": "in_progress"}}
    ]
    for index, item in enumerate(done["output"]):
        here = {"output_index": index, "item_id": item["id"]}
        empty = {**item, "content": []} if item["type"] == "message" else {**item, "arguments": ""}
        events.append({"type": "response.output_item.added", "output_index": index, "item": empty})
        if item["type"] == "message":
            events += [
                {"type": "response.output_text.delta", **here, "content_index": 0, "delta": piece}
                for piece in _pieces(item["content"][0]["text"])
            ]
        else:
            events += [
                {"type": "response.function_call_arguments.delta", **here, "delta": piece}
                for piece in _pieces(item["arguments"])
            ]
            events.append({"type": "response.function_call_arguments.done", **here, "arguments": item["arguments"]})
        events.append({"type": "response.output_item.done", "output_index": index, "item": item})
    events.append({"type": "response.completed", "response": done})
    return Answer(sse(*events), content_type=EVENTS)


# --------------------------------------------------------------------------- OpenAI completions


def _completion(text: str, reason: str | None) -> dict[str, Any]:
    choice = {"index": 0, "text": text, "finish_reason": reason, "logprobs": None}
    return {"id": "c1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}


def _completions_whole(reply: Reply) -> dict[str, Any]:
    return {**_completion(reply.text or "", "stop"), "usage": _openai_usage()}


def _completions_stream(reply: Reply) -> Answer:
    pieces = [_completion(piece, None) for piece in _pieces(reply.text or "")]
    return Answer(sse(*pieces, _completion("", "stop"), "[DONE]"), content_type=EVENTS)


# --------------------------------------------------------------------------- Anthropic


def _anthropic_usage() -> dict[str, Any]:
    return {
        "input_tokens": PROMPT - CACHED,
        "cache_read_input_tokens": CACHED,
        "cache_creation_input_tokens": 0,
        "output_tokens": OUTPUT,
    }


def _anthropic_blocks(reply: Reply) -> list[dict[str, Any]]:
    blocks: list[dict[str, Any]] = []
    if reply.thought:
        blocks.append({"type": "thinking", "thinking": THOUGHT, "signature": SIGNATURE})
    if reply.text:
        blocks.append({"type": "text", "text": reply.text})
    if reply.call:
        blocks.append({"type": "tool_use", "id": CALL_ID, "name": TOOL, "input": ARGUMENTS})
    return blocks


def anthropic_whole(reply: Reply) -> dict[str, Any]:
    reason = "tool_use" if reply.call else "end_turn"
    named = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_sequence": None}
    return {**named, "content": _anthropic_blocks(reply), "stop_reason": reason, "usage": _anthropic_usage()}


def _anthropic_events(reply: Reply) -> list[dict[str, Any]]:
    start = {**anthropic_whole(reply), "content": [], "stop_reason": None}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": start}]
    for index, block in enumerate(_anthropic_blocks(reply)):
        kind = block["type"]
        empty = {
            "thinking": {"type": "thinking", "thinking": "", "signature": ""},
            "text": {"type": "text", "text": ""},
            "tool_use": {**block, "input": {}},
        }[kind]
        deltas: list[dict[str, Any]]
        if kind == "thinking":
            deltas = [{"type": "thinking_delta", "thinking": piece} for piece in _pieces(THOUGHT)]
            deltas.append({"type": "signature_delta", "signature": SIGNATURE})
        elif kind == "text":
            deltas = [{"type": "text_delta", "text": piece} for piece in _pieces(block["text"])]
        else:
            deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in _pieces(json.dumps(ARGUMENTS))]
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    reason = "tool_use" if reply.call else "end_turn"
    ended = {"stop_reason": reason, "stop_sequence": None}
    events.append({"type": "message_delta", "delta": ended, "usage": {"output_tokens": OUTPUT}})
    return [*events, {"type": "message_stop"}]


def anthropic_stream(reply: Reply) -> Answer:
    events = _anthropic_events(reply)
    body = "".join(f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n" for event in events)
    return Answer(body.encode(), content_type=EVENTS)


def _invoke_stream(reply: Reply) -> Answer:
    frames = [
        aws.event("chunk", {"bytes": base64.b64encode(json.dumps(event).encode()).decode()})
        for event in _anthropic_events(reply)
    ]
    return Answer(b"".join(frames), content_type="application/vnd.amazon.eventstream")


# --------------------------------------------------------------------------- Gemini


def _gemini_reply(parts: list[dict[str, Any]], reason: str | None = "STOP") -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    if reason:
        candidate["finishReason"] = reason
    usage = {
        "promptTokenCount": PROMPT,
        "cachedContentTokenCount": CACHED,
        "candidatesTokenCount": OUTPUT - REASONING,
        "thoughtsTokenCount": REASONING,
        "totalTokenCount": PROMPT + OUTPUT,
    }
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "m", "responseId": "r1"}


def _gemini_parts(reply: Reply) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if reply.thought:
        parts.append({"text": THOUGHT, "thought": True})
    if reply.text:
        parts.append({"text": reply.text})
    if reply.call:
        part: dict[str, Any] = {"functionCall": {"name": TOOL, "args": ARGUMENTS}}
        parts.append({**part, "thoughtSignature": SIGNATURE} if reply.thought else part)
    return parts


def gemini_whole(reply: Reply) -> dict[str, Any]:
    return _gemini_reply(_gemini_parts(reply))


def gemini_stream(reply: Reply) -> Answer:
    replies: list[Any] = []
    for part in _gemini_parts(reply):
        if "text" in part:
            replies += [_gemini_reply([{**part, "text": piece}], None) for piece in _pieces(part["text"])]
        else:
            replies.append(_gemini_reply([part], None))
    return Answer(sse(*replies, _gemini_reply([{"text": ""}])), content_type=EVENTS)


# --------------------------------------------------------------------------- Bedrock Converse


def _converse_usage() -> dict[str, int]:
    return {
        "inputTokens": PROMPT - CACHED,
        "cacheReadInputTokens": CACHED,
        "outputTokens": OUTPUT,
        "totalTokens": PROMPT + OUTPUT,
    }


def _converse_whole(reply: Reply) -> dict[str, Any]:
    blocks: list[dict[str, Any]] = []
    if reply.thought:
        blocks.append({"reasoningContent": {"reasoningText": {"text": THOUGHT, "signature": SIGNATURE}}})
    if reply.text:
        blocks.append({"text": reply.text})
    if reply.call:
        blocks.append({"toolUse": {"toolUseId": CALL_ID, "name": TOOL, "input": ARGUMENTS}})
    return {
        "output": {"message": {"role": "assistant", "content": blocks}},
        "stopReason": "tool_use" if reply.call else "end_turn",
        "usage": _converse_usage(),
    }


def _converse_stream(reply: Reply) -> Answer:
    frames = [aws.event("messageStart", {"role": "assistant"})]
    for index, block in enumerate(_converse_whole(reply)["output"]["message"]["content"]):
        here = {"contentBlockIndex": index}
        deltas: list[dict[str, Any]]
        if "text" in block:
            deltas = [{"text": piece} for piece in _pieces(block["text"])]
        elif "toolUse" in block:
            start = {"toolUse": {"toolUseId": CALL_ID, "name": TOOL}}
            frames.append(aws.event("contentBlockStart", {**here, "start": start}))
            deltas = [{"toolUse": {"input": piece}} for piece in _pieces(json.dumps(ARGUMENTS))]
        else:
            deltas = [{"reasoningContent": {"text": piece}} for piece in _pieces(THOUGHT)]
            deltas.append({"reasoningContent": {"signature": SIGNATURE}})
        frames += [aws.event("contentBlockDelta", {**here, "delta": delta}) for delta in deltas]
        frames.append(aws.event("contentBlockStop", here))
    frames.append(aws.event("messageStop", {"stopReason": "tool_use" if reply.call else "end_turn"}))
    frames.append(aws.event("metadata", {"usage": _converse_usage()}))
    return Answer(b"".join(frames), content_type="application/vnd.amazon.eventstream")


# --------------------------------------------------------------------------- Cohere, Ollama


def _cohere_usage() -> dict[str, Any]:
    tokens = {"input_tokens": PROMPT, "output_tokens": OUTPUT}
    return {"billed_units": tokens, "tokens": tokens}


def _cohere_whole(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": [{"type": "text", "text": reply.text or ""}]}
    if reply.call:
        message["tool_calls"] = [_openai_call()]
    reason = "TOOL_CALL" if reply.call else "COMPLETE"
    return {"id": "x", "finish_reason": reason, "message": message, "usage": _cohere_usage()}


def _cohere_stream(reply: Reply) -> Answer:
    events: list[Any] = [{"type": "message-start", "id": "x", "delta": {"message": {"role": "assistant"}}}]
    events.append(
        {"type": "content-start", "index": 0, "delta": {"message": {"content": {"type": "text", "text": ""}}}}
    )
    events += [
        {"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": piece}}}}
        for piece in _pieces(reply.text or "")
    ]
    events.append({"type": "content-end", "index": 0})
    if reply.call:
        start = {**_openai_call(), "function": {"name": TOOL, "arguments": ""}}
        events.append({"type": "tool-call-start", "index": 0, "delta": {"message": {"tool_calls": start}}})
        events += [
            {
                "type": "tool-call-delta",
                "index": 0,
                "delta": {"message": {"tool_calls": {"function": {"arguments": piece}}}},
            }
            for piece in _pieces(json.dumps(ARGUMENTS))
        ]
        events.append({"type": "tool-call-end", "index": 0})
    reason = "TOOL_CALL" if reply.call else "COMPLETE"
    events.append({"type": "message-end", "delta": {"finish_reason": reason, "usage": _cohere_usage()}})
    return Answer(sse(*events), content_type=EVENTS)


def _ollama_message(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.text or ""}
    if reply.thought:
        message["thinking"] = THOUGHT
    if reply.call:
        message["tool_calls"] = [{"function": {"name": TOOL, "arguments": ARGUMENTS}}]
    return message


def _ollama_done(message: dict[str, Any]) -> dict[str, Any]:
    counts = {"prompt_eval_count": PROMPT, "eval_count": OUTPUT}
    return {"model": "m", "created_at": "2024-01-01T00:00:00Z", "message": message, "done": True,
            "done_reason": "stop", **counts}  # fmt: skip


def _ollama_whole(reply: Reply) -> dict[str, Any]:
    return _ollama_done(_ollama_message(reply))


def _ollama_stream(reply: Reply) -> Answer:
    lines: list[Any] = []
    if reply.thought:
        lines += [{"thinking": piece, "content": ""} for piece in _pieces(THOUGHT)]
    lines += [{"content": piece} for piece in _pieces(reply.text or "")]
    if reply.call:
        lines.append({"content": "", "tool_calls": [{"function": {"name": TOOL, "arguments": ARGUMENTS}}]})
    frames = [{"model": "m", "message": {"role": "assistant", **line}, "done": False} for line in lines]
    ended = _ollama_done({"role": "assistant", "content": ""})
    return Answer(ndjson(*frames, ended), content_type="application/x-ndjson")


# --------------------------------------------------------------------------- SageMaker, OCI, Triton, Replicate


def _sagemaker_stream(reply: Reply) -> Answer:
    data = openai_stream(reply).body
    frames = [aws.event("PayloadPart", data[at : at + 50]) for at in range(0, len(data), 50)]
    return Answer(b"".join(frames), content_type="application/vnd.amazon.eventstream")


_OCI_USAGE = {
    "promptTokens": PROMPT,
    "completionTokens": OUTPUT,
    "promptTokensDetails": {"cachedTokens": CACHED},
    "completionTokensDetails": {"reasoningTokens": REASONING},
}


def _oci_call() -> dict[str, Any]:
    return {"id": CALL_ID, "type": "FUNCTION", "name": TOOL, "arguments": json.dumps(ARGUMENTS)}


def _oci_whole(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "ASSISTANT", "content": [{"type": "TEXT", "text": reply.text or ""}]}
    if reply.call:
        message["toolCalls"] = [_oci_call()]
    choice = {"index": 0, "message": message, "finishReason": "tool_calls" if reply.call else "stop"}
    return {"modelId": "m", "chatResponse": {"choices": [choice], "usage": _OCI_USAGE}}


def _oci_stream(reply: Reply) -> Answer:
    events: list[Any] = [
        {"index": 0, "message": {"content": [{"type": "TEXT", "text": piece}]}} for piece in _pieces(reply.text or "")
    ]
    if reply.call:
        events.append({"index": 0, "message": {"toolCalls": [_oci_call()]}})
    ended = {"finishReason": "tool_calls" if reply.call else "stop", "usage": _OCI_USAGE}
    return Answer(sse(*events, ended), content_type=EVENTS)


def _triton_whole(reply: Reply) -> dict[str, Any]:
    return {"model_name": "m", "text_output": reply.text}


def _triton_stream(reply: Reply) -> Answer:
    return Answer(sse(*({"text_output": piece} for piece in _pieces(reply.text or ""))), content_type=EVENTS)


def _replicate_whole(reply: Reply) -> dict[str, Any]:
    metrics = {"input_token_count": PROMPT, "output_token_count": OUTPUT}
    return {"id": "p", "status": "succeeded", "output": list(_pieces(reply.text or "")), "metrics": metrics}


def _replicate_stream(reply: Reply) -> Answer:
    return Answer(json.dumps(_replicate_whole(reply)).encode(), content_type="application/json")


# --------------------------------------------------------------------------- all


def _like_openai(model: str, path: str = "", **more: Any) -> Outbound:
    return Outbound(model, openai_whole, openai_stream, path, **{"thinks": True, "reasons": True, **more})


_AWS = dict(aws.ARGUMENTS)
_VERTEX = {"vertex_project": "p", "vertex_location": "us-central1"}
_RESPONSES = Native(_responses_whole, _responses_stream)
_UNSTREAMED = Native(_responses_whole, _responses_stream, streams=False)
_COMPLETIONS = Native(_completions_whole, _completions_stream)
_MARK = "cache_control"
_ONE_NATIVE = {"responses": _RESPONSES}
_ALL_NATIVE = {"responses": _RESPONSES, "messages": _RESPONSES, "text": _COMPLETIONS}
_ALL_UNSTREAMED = {"responses": _UNSTREAMED, "messages": _UNSTREAMED, "text": _COMPLETIONS}
OUTBOUND: Mapping[str, Outbound] = {
    "openai": _like_openai("openai/gpt-4o", "/v1", marks=_MARK, native=_ALL_NATIVE),
    "openai responses": Outbound(
        "openai/responses/gpt-4o", _responses_whole, _responses_stream, "/v1", reasons=True, native=_ALL_UNSTREAMED
    ),
    "azure": _like_openai("azure/gpt-4o", kwargs={"api_version": "2024-10-21"}, marks=_MARK, native=_ONE_NATIVE),
    "anthropic": Outbound(
        "anthropic/claude-sonnet-4-5", anthropic_whole, anthropic_stream, thinks=True, signs=True, marks=_MARK
    ),
    "azure_ai claude": Outbound(
        "azure_ai/claude-sonnet-4-5", anthropic_whole, anthropic_stream, thinks=True, signs=True, marks=_MARK
    ),
    "gemini": Outbound("gemini/gemini-2.5-flash", gemini_whole, gemini_stream, thinks=True, reasons=True),
    "bedrock converse": Outbound(
        "bedrock/converse/anthropic.claude-sonnet-4-5-20250929-v1:0", _converse_whole, _converse_stream,
        kwargs=_AWS, thinks=True, signs=True, marks="cachePoint",
    ),
    "bedrock invoke claude": Outbound(
        "bedrock/invoke/anthropic.claude-sonnet-4-5-20250929-v1:0", anthropic_whole, _invoke_stream,
        kwargs=_AWS, thinks=True, signs=True, marks=_MARK,
    ),
    "cohere": Outbound("cohere_chat/v2/command-a-03-2025", _cohere_whole, _cohere_stream, caches=False, schemas=False),
    "ollama": Outbound("ollama_chat/llama3.1", _ollama_whole, _ollama_stream, caches=False, thinks=True),
    "databricks": _like_openai("databricks/databricks-meta-llama-3-3-70b-instruct", "/serving-endpoints"),
    "huggingface": _like_openai("huggingface/a/b", marks=_MARK),
    "watsonx": _like_openai("watsonx/ibm/granite-3-8b-instruct", kwargs={"token": "t", "project_id": "p"}),
    "mistral": _like_openai("mistral/mistral-large-latest", "/v1"),
    "groq": _like_openai("groq/llama-3.3-70b-versatile", "/v1"),
    "hosted_vllm": _like_openai("hosted_vllm/m", "/v1", native={"responses": _UNSTREAMED, "text": _COMPLETIONS}),
    "openrouter": _like_openai("openrouter/anthropic/claude-sonnet-4.5", "/v1", marks=_MARK, native=_ONE_NATIVE),
    "snowflake": _like_openai("snowflake/mistral-7b", schemas=False),
    "snowflake claude": Outbound(
        "snowflake/claude-3-5-sonnet", anthropic_whole, anthropic_stream,
        thinks=True, signs=True, schemas=False, marks=_MARK,
    ),
    "cloudflare": _like_openai("cloudflare/@cf/meta/llama", "/client/v4/accounts/a/ai/run"),
    "vertex": Outbound(
        "vertex_ai/gemini-2.5-flash", gemini_whole, gemini_stream, kwargs=_VERTEX, thinks=True, reasons=True
    ),
    "vertex claude": Outbound(
        "vertex_ai/claude-sonnet-4-5@20250929", anthropic_whole, anthropic_stream,
        kwargs=_VERTEX, thinks=True, signs=True, marks=_MARK,
    ),
    "vertex llama": _like_openai("vertex_ai/meta/llama-4-scout-17b-16e-instruct-maas", kwargs=_VERTEX),
    "sagemaker chat": Outbound(
        "sagemaker_chat/e", openai_whole, _sagemaker_stream, "/e", kwargs=_AWS, thinks=True, reasons=True
    ),
    "oci": Outbound(
        "oci/meta.llama-3.3-70b-instruct", _oci_whole, _oci_stream, kwargs=OCI, reasons=True, schemas=False
    ),
    "triton": Outbound(
        "triton/m", _triton_whole, _triton_stream, "/v2/models/m/generate",
        tools=False, images=False, counts=False, schemas=False,
    ),
    "replicate": Outbound(
        "replicate/meta/llama", _replicate_whole, _replicate_stream, tools=False, images=False, caches=False,
        schemas=False,
    ),
}  # fmt: skip
