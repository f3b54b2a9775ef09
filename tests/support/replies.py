"""What the scripted provider answers: OpenAI's and Anthropic's wire formats, computed from the request alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

CREATED = 1_700_000_000
JSON = dict[str, Any]


def words(text: str) -> int:
    """The provider's own idea of a token: a word."""
    return len(text.split())


def text_of(content: Any) -> str:
    """The text of a message's content, in either format."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(
            str(part.get("text", "")) for part in content if isinstance(part, dict) and part.get("type") == "text"
        )
    return ""


def images_in(messages: list[JSON]) -> int:
    """How many images the messages hold, in either format."""
    parts = [part for message in messages if isinstance(message.get("content"), list) for part in message["content"]]
    return sum(isinstance(part, dict) and part.get("type") in ("image", "image_url") for part in parts)


def sample(schema: JSON) -> Any:
    """A value that fits a JSON schema."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        return {name: sample(part) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema.get("items", {"type": "string"}))]
    return {"string": "Paris", "integer": 7, "number": 1.5, "boolean": True}.get(kind)


def prompt_tokens(body: JSON) -> int:
    """Words of all messages, and of Anthropic's system prompt."""
    system = text_of(body.get("system"))
    return words(system) + sum(words(text_of(message.get("content"))) for message in body.get("messages", []))


def answer_text(body: JSON, options: JSON) -> str:
    """An echo of the last message, or `words=N` words, or JSON that fits the asked schema."""
    response_format = body.get("response_format") or {}
    if response_format.get("type") == "json_schema":
        return json.dumps(sample(response_format["json_schema"]["schema"]))
    output_format = (body.get("output_config") or {}).get("format") or body.get("output_format") or {}
    if output_format.get("type") == "json_schema":
        return json.dumps(sample(output_format["schema"]))
    if response_format.get("type") == "json_object":
        return '{"city": "Paris"}'
    if "words" in options:
        return " ".join(f"word{index}" for index in range(int(options["words"])))
    messages = body.get("messages") or [{}]
    seen = images_in(messages)
    return f"Echo: {text_of(messages[-1].get('content')) or messages[-1].get('role')}" + (
        f" (images: {seen})" if seen else ""
    )


def wanted_tool(body: JSON) -> tuple[str, JSON] | None:
    """The tool to call, with arguments that fit: the forced one, else the first, unless results are already there."""
    tools = body.get("tools") or []
    last = (body.get("messages") or [{}])[-1]
    content = last.get("content")
    has_result = last.get("role") == "tool" or (
        isinstance(content, list) and any(isinstance(p, dict) and p.get("type") == "tool_result" for p in content)
    )
    choice = body.get("tool_choice")
    if not tools or has_result or choice == "none" or (isinstance(choice, dict) and choice.get("type") == "none"):
        return None
    flat = [
        tool.get("function") or {"name": tool.get("name"), "parameters": tool.get("input_schema")} for tool in tools
    ]
    forced = (choice.get("function") or choice).get("name") if isinstance(choice, dict) else None
    tool = next((t for t in flat if t["name"] == forced), flat[0])
    return tool["name"], sample(tool.get("parameters") or {})


def pieces(text: str) -> list[str]:
    """The text cut at words, as a stream sends it."""
    parts = text.split(" ")
    return [part if index == 0 else f" {part}" for index, part in enumerate(parts)]


# --- OpenAI


def openai_usage(body: JSON, produced: str) -> JSON:
    prompt, completion = prompt_tokens(body), words(produced) or 1
    usage: JSON = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if body.get("reasoning_effort"):
        usage["prompt_tokens_details"] = {"cached_tokens": min(prompt, 1), "audio_tokens": 0}
        usage["completion_tokens_details"] = {"reasoning_tokens": 1}
    return usage


def openai_chat(body: JSON, options: JSON) -> JSON:
    """A chat.completion object."""
    tool = wanted_tool(body)
    text = "" if tool else answer_text(body, options)
    message: JSON = {"role": "assistant", "content": None if tool else text}
    if tool:
        call = {"id": "call_1", "type": "function", "function": {"name": tool[0], "arguments": json.dumps(tool[1])}}
        message["tool_calls"] = [call]
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if tool else "stop"}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": CREATED, "model": body.get("model"),
            "choices": [choice], "usage": openai_usage(body, text)}  # fmt: skip


def openai_chunks(body: JSON, options: JSON) -> Iterator[str]:
    """The data lines of a chat.completion.chunk stream, [DONE] included."""
    base = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": CREATED, "model": body.get("model")}

    def chunk(delta: JSON, finish: str | None = None) -> str:
        return json.dumps({**base, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    tool = wanted_tool(body)
    text = "" if tool else answer_text(body, options)
    yield chunk({"role": "assistant", "content": None if tool else ""})
    if tool:
        arguments = json.dumps(tool[1])
        head = {"index": 0, "id": "call_1", "type": "function", "function": {"name": tool[0], "arguments": ""}}
        yield chunk({"tool_calls": [head]})
        for start in range(0, len(arguments), 8):
            yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": arguments[start : start + 8]}}]})
    else:
        for piece in pieces(text):
            yield chunk({"content": piece})
    yield chunk({}, "tool_calls" if tool else "stop")
    if (body.get("stream_options") or {}).get("include_usage") and "no_usage" not in options:
        yield json.dumps({**base, "choices": [], "usage": openai_usage(body, text)})
    yield "[DONE]"


def openai_completion(body: JSON) -> JSON:
    """A text_completion object."""
    text = f"Echo: {body.get('prompt')}"
    usage = {"prompt_tokens": words(str(body.get("prompt"))), "completion_tokens": words(text)}
    choice = {"index": 0, "text": text, "finish_reason": "stop", "logprobs": None}
    usage["total_tokens"] = sum(usage.values())
    head = {"id": "cmpl-1", "object": "text_completion", "created": CREATED, "model": body.get("model")}
    return {**head, "choices": [choice], "usage": usage}


def openai_embeddings(body: JSON) -> JSON:
    """An embeddings list: three numbers for each input."""
    inputs = body.get("input")
    items = inputs if isinstance(inputs, list) else [inputs]
    data = [
        {"object": "embedding", "index": i, "embedding": [0.1, 0.2, float(len(str(v)))]} for i, v in enumerate(items)
    ]
    tokens = sum(words(str(item)) for item in items)
    return {
        "object": "list",
        "data": data,
        "model": body.get("model"),
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    }


# --- Anthropic


def _anthropic_blocks(body: JSON, options: JSON) -> tuple[list[JSON], str, JSON]:
    tool = wanted_tool(body)
    text = "" if tool else answer_text(body, options)
    block = (
        {"type": "tool_use", "id": "toolu_1", "name": tool[0], "input": tool[1]}
        if tool
        else {"type": "text", "text": text}
    )
    usage = {"input_tokens": prompt_tokens(body), "output_tokens": words(text) or 1}
    return [block], "tool_use" if tool else "end_turn", usage


def anthropic_message(body: JSON, options: JSON) -> JSON:
    """A message object."""
    blocks, stop, usage = _anthropic_blocks(body, options)
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": body.get("model"), "content": blocks,
            "stop_reason": stop, "stop_sequence": None, "usage": usage}  # fmt: skip


def anthropic_events(body: JSON, options: JSON) -> Iterator[tuple[str, JSON]]:
    """The events of a message stream, as (name, data)."""
    blocks, stop, usage = _anthropic_blocks(body, options)
    start = {
        **anthropic_message(body, options),
        "content": [],
        "stop_reason": None,
        "usage": {**usage, "output_tokens": 1},
    }
    yield "message_start", {"type": "message_start", "message": start}
    yield "ping", {"type": "ping"}
    for index, block in enumerate(blocks):
        empty = {**block, "input": {}} if block["type"] == "tool_use" else {"type": "text", "text": ""}
        yield "content_block_start", {"type": "content_block_start", "index": index, "content_block": empty}
        if block["type"] == "tool_use":
            raw = json.dumps(block["input"])
            deltas = [{"type": "input_json_delta", "partial_json": raw[i : i + 8]} for i in range(0, len(raw), 8)]
        else:
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces(block["text"])]
        for delta in deltas:
            yield "content_block_delta", {"type": "content_block_delta", "index": index, "delta": delta}
        yield "content_block_stop", {"type": "content_block_stop", "index": index}
    delta = {"stop_reason": stop, "stop_sequence": None}
    yield "message_delta", {"type": "message_delta", "delta": delta, "usage": {"output_tokens": usage["output_tokens"]}}
    yield "message_stop", {"type": "message_stop"}
