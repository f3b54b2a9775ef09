"""What callbacks are told of a call whose messages they must not see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm

REDACTED = "redacted-by-litellm"
_OF_KEYS = "user_api_key"
_MESSAGES = [{"role": "user", "content": REDACTED}]
_STREAMED = ("complete_streaming_response", "async_complete_streaming_response")
_SAID = ("reasoning_content", "thinking_blocks", "audio", "images", "annotations", "provider_specific_fields")


def redacts(arguments: Mapping[str, Any]) -> bool:
    """Whether no callback may see what a call with `arguments` says: its own `turn_off_message_logging`, or the
    package's."""
    own = arguments.get("turn_off_message_logging")
    return bool(litellm.turn_off_message_logging if own is None else own)


def redacted_for(callback: Any) -> bool:
    """Whether this logger asked not to see messages."""
    return bool(getattr(callback, "turn_off_message_logging", False)) or not getattr(callback, "message_logging", True)


def redacted_details(details: Mapping[str, Any]) -> dict[str, Any]:
    """A record of a call without what was asked and answered; `details` is not changed."""
    shown = dict(details)
    shown["messages"] = list(_MESSAGES)
    shown["input"] = ""
    extra = shown.get("additional_args")
    if isinstance(extra, dict) and "complete_input_dict" in extra:
        shown["additional_args"] = {**extra, "complete_input_dict": {}}
    if shown.get("original_response") is not None:
        shown["original_response"] = REDACTED
    for name in _STREAMED:
        if shown.get(name) is not None:
            shown[name] = redacted_response(shown[name])
    payload = shown.get("standard_logging_object")
    if payload:
        shown["standard_logging_object"] = redacted_payload(payload)
    return shown


def redacted_payload(payload: Mapping[str, Any]) -> dict[str, Any]:
    """A standard logging payload without what was asked and answered."""
    said = payload.get("response")
    response: Any = said
    if isinstance(said, dict) and said:
        response = _redacted_chat(said) if said.get("choices") is not None else {"text": REDACTED}
    return {**payload, "messages": list(_MESSAGES), "response": response}


def withheld(payload: dict[str, Any]) -> dict[str, Any]:
    """A standard logging payload without what `litellm.standard_logging_payload_excluded_fields` names, and with
    `litellm.redact_user_api_key_info` without whose key it was."""
    excluded = litellm.standard_logging_payload_excluded_fields
    if litellm.redact_user_api_key_info and isinstance(payload.get("metadata"), dict):
        own = {name: None if name.startswith(_OF_KEYS) else value for name, value in payload["metadata"].items()}
        payload = {**payload, "metadata": own}
    return {name: value for name, value in payload.items() if name not in excluded} if excluded else payload


def redacted_response(response: Any) -> Any:
    """A copy of a response without its words; for one that is neither a chat nor a text, only that there was one."""
    choices = getattr(response, "choices", None)
    if choices is None:
        if response is None:
            return None
        if getattr(response, "data", None) is not None and hasattr(response, "model_copy"):
            return response.model_copy(update={"data": []})
        return {"text": REDACTED}
    return type(response)(**_redacted_chat(response.model_dump()))


def _redacted_chat(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "choices": [_redacted_choice(choice) for choice in body.get("choices") or ()]}


def _redacted_choice(choice: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in choice.items() if name != "logprobs"}
    if "text" in shown:
        shown["text"] = REDACTED
    message = shown.get("message")
    if isinstance(message, dict):
        message = {name: value for name, value in message.items() if name not in _SAID}
        message["content"] = REDACTED
        message["tool_calls"] = [_redacted_call(call) for call in message.get("tool_calls") or ()] or None
        if message.get("function_call"):
            message["function_call"] = {**message["function_call"], "arguments": REDACTED}
        shown["message"] = message
    return shown


def _redacted_call(call: dict[str, Any]) -> dict[str, Any]:
    return {**call, "function": {**(call.get("function") or {}), "arguments": REDACTED}}
