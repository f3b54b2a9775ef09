"""The APIs that the gateway speaks over a chat completion: Cohere's chat, Ollama's chat and generate, Converse."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import litellm
from litellm.llms.aws.event_stream import AwsEventSplitter
from litellm.llms.inbound_formats import INBOUND_FORMATS, reach_of

from tests.litellm.matrix.inbound import ASKED, PARAMETERS, PIXEL, RESULT, SCHEMA, SYSTEM, Said
from tests.litellm.matrix.outbound import ARGUMENTS, CALL_ID, SIGNATURE, THOUGHT, TOOL


def through(name: str) -> Callable[..., Any]:
    """A call by the API `name`: a reply, or the bytes of its stream."""
    inbound = INBOUND_FORMATS[name]

    def call(*, request: dict[str, Any], model: str, stream: bool = False, **settings: Any) -> Any:
        plain, provider, _, _ = litellm.get_llm_provider(model)
        chat = inbound.to_chat(request, reach_of(inbound, [(provider, plain)]))
        chat |= {"model": model, "stream": stream, "drop_params": True}
        if stream:
            chat["stream_options"] = {"include_usage": True}
        answer = litellm.completion(**settings, **chat)
        if not stream:
            return inbound.to_reply(answer.model_dump(), 0.0)
        made = inbound.stream(model)
        return [*(made.feed(chunk.model_dump()) for chunk in answer), made.finish(0.0)]

    return call


def _function() -> dict[str, Any]:
    return {"type": "function", "function": {"name": TOOL, "description": "The weather", "parameters": PARAMETERS}}


# --------------------------------------------------------------------------- Cohere


def cohere(scenario: str) -> dict[str, Any]:
    """A request to `/v2/chat`."""
    asked: list[Any] = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": ASKED}]
    if scenario == "tool":
        return {"request": {"messages": asked, "tools": [_function()]}}
    if scenario == "result":
        called = {"id": CALL_ID, "type": "function", "function": {"name": TOOL, "arguments": json.dumps(ARGUMENTS)}}
        turn = {"role": "assistant", "tool_plan": "I ask.", "tool_calls": [called]}
        document = {"type": "document", "document": {"data": {"weather": RESULT}}}
        result = {"role": "tool", "tool_call_id": CALL_ID, "content": [document]}
        return {"request": {"messages": [*asked, turn, result], "tools": [_function()]}}
    if scenario == "image":
        image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
        return {"request": {"messages": [{"role": "user", "content": [{"type": "text", "text": ASKED}, image]}]}}
    if scenario == "schema":
        wanted = {"type": "json_object", "json_schema": SCHEMA}
        return {"request": {"messages": asked, "response_format": wanted}}
    return {"request": {"messages": asked}}


def cohere_said(reply: Any) -> Said:
    """What a reply says."""
    message, usage = reply["message"], reply["usage"]
    said = Said(finish=reply["finish_reason"], cached=usage.get("cached_tokens") or 0)
    for part in message.get("content") or ():
        said.text += part.get("text") or ""
        said.thought += part.get("thinking") or ""
    for call in message.get("tool_calls") or ():
        said.calls.append((call["function"]["name"], json.loads(call["function"]["arguments"])))
    said.prompt, said.output = usage["tokens"]["input_tokens"], usage["tokens"]["output_tokens"]
    return said


def cohere_streamed(pieces: Iterable[bytes]) -> Said:
    """What a stream says; every block is opened and closed."""
    content: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    opened: list[tuple[str, int]] = []
    last: dict[str, Any] = {}
    for line in b"".join(pieces).decode().splitlines():
        event = json.loads(line[5:]) if line.startswith("data:") else {"type": ""}
        kind, inner = event["type"], (event.get("delta") or {}).get("message") or {}
        if kind.endswith("-end") and kind != "message-end":
            assert opened.pop() == (kind.removesuffix("-end"), event["index"])
        elif kind.endswith("-start") and kind != "message-start":
            opened.append((kind.removesuffix("-start"), event["index"]))
        if kind in ("content-start", "content-delta"):
            content.append({name: text for name, text in inner["content"].items() if name != "type"})
        elif kind == "tool-call-start":
            calls.append(inner["tool_calls"])
        elif kind == "tool-call-delta":
            calls[-1]["function"]["arguments"] += inner["tool_calls"]["function"]["arguments"]
        elif kind == "message-end":
            last = event["delta"]
    assert not opened
    return cohere_said({"message": {"content": content, "tool_calls": calls}, **last})


# --------------------------------------------------------------------------- Ollama


def ollama_chat(scenario: str) -> dict[str, Any]:
    """A request to `/api/chat`."""
    asked: list[Any] = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": ASKED}]
    if scenario == "tool":
        return {"request": {"messages": asked, "tools": [_function()]}}
    if scenario == "result":
        turn = {"role": "assistant", "tool_calls": [{"function": {"name": TOOL, "arguments": ARGUMENTS}}]}
        result = {"role": "tool", "tool_name": TOOL, "content": RESULT}
        return {"request": {"messages": [*asked, turn, result], "tools": [_function()]}}
    if scenario == "image":
        return {"request": {"messages": [{"role": "user", "content": ASKED, "images": [PIXEL]}]}}
    if scenario == "schema":
        return {"request": {"messages": asked, "format": SCHEMA}}
    return {"request": {"messages": asked, "options": {"num_ctx": 512}}}


def ollama_generate(scenario: str) -> dict[str, Any]:
    """A request to `/api/generate`."""
    asked = {"prompt": ASKED, "system": SYSTEM}
    more = {"image": {"images": [PIXEL]}, "schema": {"format": SCHEMA}}
    return {"request": {**asked, **more.get(scenario, {})}}


def ollama_said(reply: Any) -> Said:
    """What a reply says."""
    return ollama_streamed([json.dumps(reply).encode()])


def ollama_streamed(pieces: Iterable[bytes]) -> Said:
    """What a stream's lines say; the last one, and no other, is the end."""
    said = Said()
    lines = [json.loads(line) for line in b"".join(pieces).splitlines()]
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
    for line in lines:
        inner = line.get("message") or line
        said.text += inner.get("content") or line.get("response") or ""
        said.thought += inner.get("thinking") or ""
        said.calls += [(call["function"]["name"], call["function"]["arguments"])
                       for call in inner.get("tool_calls") or ()]  # fmt: skip
    last = lines[-1]
    said.finish, said.prompt, said.output = last["done_reason"], last["prompt_eval_count"], last["eval_count"]
    return said


# --------------------------------------------------------------------------- Bedrock Converse


def converse(scenario: str) -> dict[str, Any]:
    """A Converse request."""
    asked: dict[str, Any] = {"role": "user", "content": [{"text": ASKED}]}
    spec = {"name": TOOL, "description": "The weather", "inputSchema": {"json": PARAMETERS}}
    tools = {"toolConfig": {"tools": [{"toolSpec": spec}]}}
    use = {"toolUse": {"toolUseId": CALL_ID, "name": TOOL, "input": ARGUMENTS}}
    result = {"role": "user", "content": [{"toolResult": {"toolUseId": CALL_ID, "content": [{"text": RESULT}]}}]}
    base: dict[str, Any] = {"system": [{"text": SYSTEM}], "inferenceConfig": {"maxTokens": 2048}}
    if scenario == "tool":
        return {"request": {**base, "messages": [asked], **tools}}
    if scenario == "result":
        return {"request": {**base, "messages": [asked, {"role": "assistant", "content": [use]}, result], **tools}}
    if scenario == "thoughts back":
        thought = {"reasoningContent": {"reasoningText": {"text": THOUGHT, "signature": SIGNATURE}}}
        turns = [asked, {"role": "assistant", "content": [thought, use]}, result]
        thinking = {"additionalModelRequestFields": {"thinking": {"type": "enabled", "budget_tokens": 1024}}}
        return {"request": {**base, "messages": turns, **tools, **thinking}}
    if scenario == "image":
        image = {"image": {"format": "png", "source": {"bytes": PIXEL}}}
        return {"request": {"messages": [{"role": "user", "content": [{"text": ASKED}, image]}]}}
    if scenario == "schema":
        structure = {"jsonSchema": {"name": "answer", "schema": json.dumps(SCHEMA)}}
        output = {"textFormat": {"type": "json_schema", "structure": structure}}
        return {"request": {**base, "messages": [asked], "outputConfig": output}}
    if scenario == "marks":
        return {"request": {**base, "system": [{"text": SYSTEM}, {"cachePoint": {"type": "default"}}],
                            "messages": [asked]}}  # fmt: skip
    return {"request": {**base, "messages": [asked]}}


def converse_said(reply: Any) -> Said:
    """What a reply says."""
    said, usage = Said(finish=reply["stopReason"]), reply["usage"]
    for block in reply["output"]["message"]["content"]:
        said.text += block.get("text") or ""
        thought = (block.get("reasoningContent") or {}).get("reasoningText") or {}
        said.thought += thought.get("text") or ""
        said.signature += thought.get("signature") or ""
        if "toolUse" in block:
            said.calls.append((block["toolUse"]["name"], block["toolUse"]["input"]))
    said.cached = usage.get("cacheReadInputTokens") or 0
    said.prompt, said.output = usage["inputTokens"] + said.cached, usage["outputTokens"]
    return said


def converse_streamed(pieces: Iterable[bytes]) -> Said:
    """What a stream's frames say."""
    said = Said()
    inputs: dict[int, list[str]] = {}
    splitter = AwsEventSplitter()
    events = [json.loads(payload) for payload in splitter.feed(b"".join(pieces))]
    assert not splitter.finish()
    for event in events:
        delta = event.get("delta") or {}
        said.text += delta.get("text") or ""
        thought = delta.get("reasoningContent") or {}
        said.thought += thought.get("text") or ""
        said.signature += thought.get("signature") or ""
        if "start" in event:
            inputs[event["contentBlockIndex"]] = [event["start"]["toolUse"]["name"], ""]
        if "toolUse" in delta:
            inputs[event["contentBlockIndex"]][1] += delta["toolUse"]["input"]
        said.finish = event.get("stopReason") or said.finish
        if usage := event.get("usage"):
            said.cached = usage.get("cacheReadInputTokens") or 0
            said.prompt, said.output = usage["inputTokens"] + said.cached, usage["outputTokens"]
    said.calls = [(name, json.loads(given)) for name, given in inputs.values()]
    return said
