"""Cohere's chat API, version 1: one message, a history beside it, and tools described by their parameters.

Source: Cohere's API reference for `POST /v1/chat`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.chunks import token_usage
from litellm.llms.cohere.common import auth_headers, endpoint_url, model_name
from litellm.llms.cohere.params import map_params, supported_params
from litellm.llms.cohere.stream import CohereV1Chunks, tool_call
from litellm.llms.openai.messages import as_dict
from litellm.llms.wire import (
    ChatCall,
    ErrorDetails,
    Framing,
    WireError,
    WireRequest,
    decode_json,
    decode_object,
    encode_json,
    read_error,
)

PATH = "/v1/chat"
_ROLES: Mapping[str, str] = {"system": "SYSTEM", "developer": "SYSTEM", "assistant": "CHATBOT"}
_FINISH_REASONS: Mapping[str, str] = {"MAX_TOKENS": "length", "ERROR_TOXIC": "content_filter"}


class CohereV1Chat:
    """Version 1."""

    framing: Framing = "ndjson"
    shows_headers = False

    def supported_params(self, provider: str, model: str) -> tuple[str, ...]:
        """OpenAI parameter names that `model` takes."""
        return supported_params(provider, model)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Cohere's names, tools in its first form."""
        mapped = map_params(params)
        if "tools" in mapped:
            mapped["tools"] = [_tool(tool.get("function") or {}) for tool in mapped["tools"] if isinstance(tool, dict)]
        return mapped

    def shown_model(self, model: str) -> str:
        """`model` as responses name it."""
        return model_name(model)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the chat endpoint."""
        body: dict[str, Any] = {"model": model_name(call.model), **_conversation(call.messages), **call.params}
        if body.get("tool_results"):
            body["force_single_step"] = True
        body.update(body.pop("extra_body", None) or {})
        if call.stream:
            body["stream"] = True
        return WireRequest("POST", endpoint_url(call.api_base, PATH), auth_headers(call), encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no text."""
        data = decode_object(body, status=None)
        if not isinstance(data.get("text"), str):
            raise WireError("the provider's reply holds no 'text'", status=None)
        calls = [tool_call(given, index) for index, given in enumerate(data.get("tool_calls") or ())]
        message: dict[str, Any] = {"role": "assistant", "content": data["text"]}
        if calls:
            message["tool_calls"], message["content"] = calls, None
        made: dict[str, Any] = {
            "model": call.model,
            "choices": [{"index": 0, "finish_reason": _finish_reason(data.get("finish_reason")), "message": message}],
            "usage": _usage(data.get("meta")),
        }
        if data.get("citations"):
            made["citations"] = data["citations"]
        return made

    def stream_decoder(self, call: ChatCall) -> CohereV1Chunks:
        """A decoder for one streamed reply."""
        return CohereV1Chunks(_finish_reason, _usage)

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Cohere says about its refusal."""
        return read_error(body)


def _finish_reason(reason: str | None) -> str:
    return _FINISH_REASONS.get(reason or "", "stop")


def _usage(meta: Any) -> dict[str, Any]:
    units = (meta.get("billed_units") or {}) if isinstance(meta, dict) else {}
    prompt, completion = int(units.get("input_tokens") or 0), int(units.get("output_tokens") or 0)
    return token_usage(prompt, completion)


def _tool(function: Mapping[str, Any]) -> dict[str, Any]:
    schema = function.get("parameters") or {}
    required = schema.get("required") or ()
    definitions = {
        name: {
            "description": field.get("description", ""),
            "type": field.get("type", "string"),
            "required": name in required,
        }
        for name, field in (schema.get("properties") or {}).items()
        if isinstance(field, dict)
    }
    return {
        "name": function.get("name"),
        "description": function.get("description", ""),
        "parameter_definitions": definitions,
    }


def _conversation(messages: list[Any]) -> dict[str, Any]:
    """The last message by itself, or the tool results that end the conversation, and what went before as history."""
    plain = [message if isinstance(message, dict) else as_dict(message) for message in messages]
    calls: dict[str, dict[str, Any]] = {}
    history: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for message in plain:
        role = message.get("role")
        if role == "tool":
            results.append(_tool_result(message, calls))
            continue
        if results:
            history.append({"role": "TOOL", "tool_results": results})
            results = []
        history.append(_turn(message, calls))
    made: dict[str, Any] = {"message": ""}
    if results:
        made["tool_results"] = results
    elif history and history[-1]["role"] == "USER":
        made["message"] = history.pop()["message"]
    if history:
        made["chat_history"] = history
    return made


def _turn(message: Mapping[str, Any], calls: dict[str, dict[str, Any]]) -> dict[str, Any]:
    turn: dict[str, Any] = {"role": _ROLES.get(str(message.get("role")), "USER"), "message": _text(message)}
    made = []
    for call in message.get("tool_calls") or ():
        function = call.get("function") or {}
        given = {"name": function.get("name"), "parameters": _object(function.get("arguments"))}
        calls[str(call.get("id"))] = given
        made.append(given)
    if made:
        turn["tool_calls"] = made
    return turn


def _tool_result(message: Mapping[str, Any], calls: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    call = calls.get(str(message.get("tool_call_id"))) or {"name": message.get("name"), "parameters": {}}
    return {"call": call, "outputs": [_object(_text(message))]}


def _object(text: Any) -> dict[str, Any]:
    """`text` as the object that it is in JSON; wrapped in one when it is anything else."""
    try:
        value = decode_json(text or "{}")
    except ValueError:
        value = text
    return value if isinstance(value, dict) else {"content": value}


def _text(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return content or ""
