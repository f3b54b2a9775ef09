"""Ollama's generate endpoint as the far side of a chat completion: the chat becomes one prompt.

Tools are described in the prompt, and a reply that is a call in JSON becomes one.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any

from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.ollama.common import ollama_headers, ollama_url, reply_failure, usage_of
from litellm.llms.ollama.messages import prompt_of, split_content
from litellm.llms.ollama.params import GENERATE_PARAMS, body_fields, map_params
from litellm.llms.ollama.stream import OllamaChunks
from litellm.llms.openai.messages import read_reasoning
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    WireRequest,
    decode_json,
    decode_object,
    encode_json,
    read_error,
)

PATH = "/api/generate"
PROMPT_TOOLS = "prompt_tools"
"""Name among the mapped parameters for the tools that the prompt describes."""


class OllamaGenerate:
    """`POST /api/generate`."""

    framing: Framing = "ndjson"
    shows_headers = False
    prompted_params = ("tools", "tool_choice", "functions", "function_call")
    """OpenAI parameters that are said in the prompt instead."""

    def supported_params(self, provider: str, model: str) -> tuple[str, ...]:
        """OpenAI parameter names that `model` takes by itself."""
        return GENERATE_PARAMS

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` in Ollama's terms, tools set aside for the prompt."""
        mapped = map_params(model, params, penalty="frequency_penalty")
        tools = mapped.pop("tools", None)
        if tools:
            mapped[PROMPT_TOOLS], mapped["format"] = tools, "json"
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the generate endpoint."""
        params = dict(call.params)
        tools = params.pop(PROMPT_TOOLS, None)
        body: dict[str, Any] = {"model": call.model, "stream": call.stream}
        if call.options.get("text_completion"):
            body["prompt"] = raw_prompt(call.messages)
        else:
            body["prompt"], body["images"] = prompt_of(call.messages, tools)
        body.update(body_fields(params))
        return WireRequest("POST", ollama_url(call.api_base, PATH), ollama_headers(call), encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no text."""
        data = decode_object(body, status=None)
        text = data.get("response")
        if not isinstance(text, str):
            raise reply_failure(data, "response")
        message: dict[str, Any] = {"role": "assistant", "content": text}
        if data.get("thinking"):
            message["reasoning_content"] = data["thinking"]
        read_reasoning(message)
        reason = str(data.get("done_reason") or "stop")
        tool = called_tool(text) if call.params.get(PROMPT_TOOLS) else None
        if tool is not None:
            tool.pop("index")
            message["content"], message["tool_calls"], reason = None, [tool], "tool_calls"
        return {
            "model": f"{call.provider}/{call.model}",
            "choices": [{"index": 0, "finish_reason": reason, "message": message}],
            "usage": usage_of(data, lambda: count_text_tokens(prompt_of(call.messages)[0])),
        }

    def stream_decoder(self, call: ChatCall) -> OllamaChunks:
        """A decoder for one streamed reply. What may be a call of a tool is held until it is whole."""
        return OllamaChunks(called_tool if call.params.get(PROMPT_TOOLS) else None)

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Ollama says about its refusal."""
        return read_error(body)


def raw_prompt(messages: list[Any]) -> str:
    """The prompt of a text completion, which came as a message."""
    return "\n".join(split_content(message.get("content"))[0] for message in messages)


def called_tool(text: str) -> dict[str, Any] | None:
    """The call that `text` is in JSON; None when it is none."""
    try:
        said = decode_json(text)
    except ValueError:
        return None
    if not isinstance(said, dict) or "name" not in said or "arguments" not in said:
        return None
    function = {"name": str(said["name"]), "arguments": json.dumps(said["arguments"])}
    return {"index": 0, "id": f"call_{uuid.uuid4()}", "type": "function", "function": function}
