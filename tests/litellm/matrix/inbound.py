"""How each API is asked, and what its answer comes to: text, thoughts, calls and usage, whole and streamed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import litellm

from tests.litellm.matrix.outbound import ARGUMENTS, CALL_ID, SIGNATURE, THOUGHT, TOOL

SYSTEM, ASKED, RESULT = "You are terse.", "How is the weather?", "Nineteen degrees."
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
SCHEMA = {
    "type": "object",
    "properties": {"colour_of_it": {"type": "string"}},
    "required": ["colour_of_it"],
    "additionalProperties": False,
}
MARK = {"type": "ephemeral"}


@dataclass
class Said:
    """What an answer comes to, in no API's words."""

    text: str = ""
    thought: str = ""
    signature: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)
    prompt: int = 0
    cached: int = 0
    output: int = 0
    reasoning: int = 0
    finish: str | None = None


@dataclass(frozen=True)
class Inbound:
    """An API: `ask` names the scenario's arguments, `call` calls, `read` and `read_stream` say what came."""

    ask: Callable[[str], dict[str, Any]]
    call: Callable[..., Any]
    read: Callable[[Any], Said]
    read_stream: Callable[[Iterable[Any]], Said]
    tools: bool = True
    schemas: bool = False
    signs: bool = False
    """Whether it has signed thoughts, and marks of what to cache."""
    counts: frozenset[str] = frozenset({"cached", "reasoning"})
    """What its usage tells beside the prompt's and the answer's tokens."""


# --------------------------------------------------------------------------- OpenAI chat


def chat(scenario: str) -> dict[str, Any]:
    asked: list[Any] = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": ASKED}]
    function = {"name": TOOL, "description": "The weather", "parameters": PARAMETERS}
    tools = {"tools": [{"type": "function", "function": function}]}
    called = {"id": CALL_ID, "type": "function", "function": {"name": TOOL, "arguments": json.dumps(ARGUMENTS)}}
    turn: dict[str, Any] = {"role": "assistant", "content": None, "tool_calls": [called]}
    result = {"role": "tool", "tool_call_id": CALL_ID, "content": RESULT}
    if scenario == "tool":
        return {"messages": asked, **tools}
    if scenario == "result":
        return {"messages": [*asked, turn, result], **tools}
    if scenario == "thoughts back":
        thoughts = [{"type": "thinking", "thinking": THOUGHT, "signature": SIGNATURE}]
        thinking = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
        return {"messages": [*asked, {**turn, "thinking_blocks": thoughts}, result], **tools, **thinking}
    if scenario == "image":
        image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}}
        return {"messages": [{"role": "user", "content": [{"type": "text", "text": ASKED}, image]}]}
    if scenario == "schema":
        wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}}
        return {"messages": asked, "response_format": wanted}
    if scenario == "marks":
        system = {"role": "system", "content": [{"type": "text", "text": SYSTEM, "cache_control": MARK}]}
        return {"messages": [system, asked[1]]}
    return {"messages": asked}


def chat_said(response: Any) -> Said:
    choice = response.choices[0]
    message, usage = choice.message, response.usage
    said = Said(message.content or "", message.get("reasoning_content") or "", finish=choice.finish_reason)
    for block in message.get("thinking_blocks") or []:
        said.signature += block.get("signature") or ""
    for call in message.tool_calls or []:
        said.calls.append((call.function.name, json.loads(call.function.arguments)))
    said.prompt, said.output = usage.prompt_tokens, usage.completion_tokens
    details, made = usage.prompt_tokens_details, usage.completion_tokens_details
    said.cached = (details and details.cached_tokens) or 0
    said.reasoning = (made and made.reasoning_tokens) or 0
    return said


def chat_streamed(chunks: Iterable[Any]) -> Said:
    return chat_said(litellm.stream_chunk_builder(list(chunks)))


def call_chat(**kwargs: Any) -> Any:
    if kwargs.get("stream"):
        kwargs["stream_options"] = {"include_usage": True}
    return litellm.completion(**kwargs)


# --------------------------------------------------------------------------- OpenAI completions


def text(scenario: str) -> dict[str, Any]:
    return {"prompt": ASKED}


def text_said(response: Any) -> Said:
    choice, usage = response.choices[0], response.usage
    return Said(choice.text, prompt=usage.prompt_tokens, output=usage.completion_tokens, finish=choice.finish_reason)


def text_streamed(chunks: Iterable[Any]) -> Said:
    said = Said()
    for chunk in chunks:
        for choice in chunk.choices:
            said.text += choice.text or ""
            said.finish = choice.finish_reason or said.finish
    return said


# --------------------------------------------------------------------------- OpenAI responses


def responses(scenario: str) -> dict[str, Any]:
    asked: dict[str, Any] = {"role": "user", "content": ASKED}
    tools = {"tools": [{"type": "function", "name": TOOL, "description": "The weather", "parameters": PARAMETERS}]}
    called = {"type": "function_call", "call_id": CALL_ID, "name": TOOL, "arguments": json.dumps(ARGUMENTS)}
    result = {"type": "function_call_output", "call_id": CALL_ID, "output": RESULT}
    if scenario == "tool":
        return {"input": [asked], "instructions": SYSTEM, **tools}
    if scenario in ("result", "thoughts back"):
        return {"input": [asked, called, result], "instructions": SYSTEM, **tools}
    if scenario == "image":
        image = {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}"}
        return {"input": [{"role": "user", "content": [{"type": "input_text", "text": ASKED}, image]}]}
    if scenario == "schema":
        wanted = {"format": {"type": "json_schema", "name": "answer", "schema": SCHEMA, "strict": True}}
        return {"input": [asked], "instructions": SYSTEM, "text": wanted}
    return {"input": [asked], "instructions": SYSTEM}


def responses_said(response: Any) -> Said:
    said, usage = Said(), response.usage
    for item in response.output:
        item = item if isinstance(item, dict) else item.model_dump()
        if item["type"] == "message":
            said.text += "".join(part.get("text") or "" for part in item["content"])
        elif item["type"] == "function_call":
            said.calls.append((item["name"], json.loads(item["arguments"])))
        elif item["type"] == "reasoning":
            parts = [*(item.get("summary") or []), *(item.get("content") or [])]
            said.thought += "".join(part.get("text") or "" for part in parts)
    said.prompt, said.output = usage.input_tokens, usage.output_tokens
    details, made = usage.input_tokens_details, usage.output_tokens_details
    said.cached = (details and details.cached_tokens) or 0
    said.reasoning = (made and made.reasoning_tokens) or 0
    said.finish = response.status
    return said


def responses_streamed(events: Iterable[Any]) -> Said:
    seen = list(events)
    deltas = "".join(event.delta for event in seen if event.type == "response.output_text.delta")
    said = responses_said(seen[-1].response)
    assert deltas == said.text
    return said


# --------------------------------------------------------------------------- Anthropic messages


def messages(scenario: str) -> dict[str, Any]:
    asked: dict[str, Any] = {"role": "user", "content": ASKED}
    tools = {"tools": [{"name": TOOL, "description": "The weather", "input_schema": PARAMETERS}]}
    use = {"type": "tool_use", "id": CALL_ID, "name": TOOL, "input": ARGUMENTS}
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": CALL_ID, "content": RESULT}]}
    base: dict[str, Any] = {"max_tokens": 2048, "system": SYSTEM}
    if scenario == "tool":
        return {**base, "messages": [asked], **tools}
    if scenario == "result":
        return {**base, "messages": [asked, {"role": "assistant", "content": [use]}, result], **tools}
    if scenario == "thoughts back":
        thought = {"type": "thinking", "thinking": THOUGHT, "signature": SIGNATURE}
        turns = [asked, {"role": "assistant", "content": [thought, use]}, result]
        return {**base, "messages": turns, **tools, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    if scenario == "image":
        source = {"type": "base64", "media_type": "image/png", "data": PIXEL}
        content = [{"type": "text", "text": ASKED}, {"type": "image", "source": source}]
        return {"max_tokens": 2048, "messages": [{"role": "user", "content": content}]}
    if scenario == "marks":
        marked = [{"type": "text", "text": SYSTEM, "cache_control": MARK}]
        return {**base, "system": marked, "messages": [asked]}
    return {**base, "messages": [asked]}


def message_said(message: Any) -> Said:
    said, usage = Said(finish=message["stop_reason"]), message["usage"]
    for block in message["content"]:
        if block["type"] == "text":
            said.text += block["text"]
        elif block["type"] == "thinking":
            said.thought += block["thinking"]
            said.signature += block.get("signature") or ""
        elif block["type"] == "tool_use":
            said.calls.append((block["name"], block["input"]))
    said.cached = usage.get("cache_read_input_tokens") or 0
    said.prompt, said.output = usage["input_tokens"] + said.cached, usage["output_tokens"]
    return said


def sse(pieces: Iterable[bytes]) -> list[dict[str, Any]]:
    lines = b"".join(pieces).decode().splitlines()
    return [json.loads(line[5:]) for line in lines if line.startswith("data:") and "[DONE]" not in line]


def message_streamed(pieces: Iterable[bytes]) -> Said:
    message: dict[str, Any] = {}
    for event in sse(pieces):
        if event["type"] == "message_start":
            message = {**event["message"], "content": []}
        elif event["type"] == "content_block_start":
            assert event["index"] == len(message["content"])
            message["content"].append({**event["content_block"], "_json": ""})
        elif event["type"] == "content_block_delta":
            block, delta = message["content"][event["index"]], event["delta"]
            for name in ("text", "thinking", "signature"):
                if name in delta:
                    block[name] = (block.get(name) or "") + delta[name]
            block["_json"] += delta.get("partial_json", "")
        elif event["type"] == "message_delta":
            message["stop_reason"] = event["delta"]["stop_reason"]
            message["usage"] = {**message["usage"], **event["usage"]}
    for block in message["content"]:
        if block["type"] == "tool_use":
            block["input"] = json.loads(block["_json"] or "{}")
    return message_said(message)


# --------------------------------------------------------------------------- Gemini generateContent


def generate(scenario: str) -> dict[str, Any]:
    asked: dict[str, Any] = {"role": "user", "parts": [{"text": ASKED}]}
    config: dict[str, Any] = {"systemInstruction": {"parts": [{"text": SYSTEM}]}}
    declared = {"name": TOOL, "description": "The weather", "parameters": PARAMETERS}
    tools = {"tools": [{"functionDeclarations": [declared]}]}
    called = {"role": "model", "parts": [{"functionCall": {"name": TOOL, "args": ARGUMENTS}}]}
    answer = {"functionResponse": {"name": TOOL, "response": {"result": RESULT}}}
    if scenario == "tool":
        return {"contents": [asked], "config": {**config, **tools}}
    if scenario in ("result", "thoughts back"):
        contents = [asked, called, {"role": "user", "parts": [answer]}]
        return {"contents": contents, "config": {**config, **tools}}
    if scenario == "image":
        image = {"inlineData": {"mimeType": "image/png", "data": PIXEL}}
        return {"contents": [{"role": "user", "parts": [{"text": ASKED}, image]}]}
    if scenario == "schema":
        wanted = {"responseMimeType": "application/json", "responseSchema": SCHEMA}
        return {"contents": [asked], "config": {**config, **wanted}}
    return {"contents": [asked], "config": config}


def call_generate(*, stream: bool = False, **kwargs: Any) -> Any:
    api = litellm.google_genai
    return api.generate_content_stream(**kwargs) if stream else api.generate_content(**kwargs)


def generated(replies: list[Any]) -> Said:
    said = Said()
    for reply in replies:
        reply = reply if isinstance(reply, dict) else reply.model_dump(by_alias=True)
        for candidate in reply.get("candidates") or []:
            for part in (candidate.get("content") or {}).get("parts") or []:
                if part.get("functionCall"):
                    said.calls.append((part["functionCall"]["name"], part["functionCall"]["args"]))
                elif part.get("thought"):
                    said.thought += part.get("text") or ""
                else:
                    said.text += part.get("text") or ""
                said.signature = part.get("thoughtSignature") or said.signature
            said.finish = candidate.get("finishReason") or said.finish
        if usage := reply.get("usageMetadata"):
            said.prompt = usage.get("promptTokenCount") or 0
            said.cached = usage.get("cachedContentTokenCount") or 0
            said.reasoning = usage.get("thoughtsTokenCount") or 0
            said.output = (usage.get("candidatesTokenCount") or 0) + said.reasoning
    return said
