"""A chat completion as a reply of Ollama's `POST /api/chat` and `POST /api/generate`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from litellm.llms.anthropic.inbound.response import tool_input


def to_chat_reply(completion: Mapping[str, Any], took_s: float) -> dict[str, Any]:
    """`completion`, a chat.completion dict, which took so long, as a reply of `/api/chat`: its first choice."""
    choice = (completion.get("choices") or [{}])[0]
    named = opening(completion.get("model"), completion.get("created"))
    said = {"role": "assistant", "content": "", **message_of(choice.get("message") or {})}
    return {**named, "message": said, **_logprobs(choice), **ending(choice, completion, took_s)}


def to_generate_reply(completion: Mapping[str, Any], took_s: float) -> dict[str, Any]:
    """The same as a reply of `/api/generate`."""
    choice = (completion.get("choices") or [{}])[0]
    named = opening(completion.get("model"), completion.get("created"))
    said = generated(choice.get("message") or {})
    return {**named, "response": "", **said, **_logprobs(choice), **ending(choice, completion, took_s)}


def opening(model: Any, created: Any) -> dict[str, Any]:
    """What every reply and line begins with; `created` is in seconds since 1970."""
    at = datetime.fromtimestamp(created if isinstance(created, (int, float)) else 0, timezone.utc)
    return {"model": model or "", "created_at": at.isoformat().replace("+00:00", "Z")}


def message_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a message or a delta says, without its role: text, thoughts, images and whole calls."""
    made: dict[str, Any] = {}
    if said.get("content"):
        made["content"] = said["content"]
    if said.get("reasoning_content"):
        made["thinking"] = said["reasoning_content"]
    images = [_base64(image) for image in said.get("images") or ()]
    if any(images):
        made["images"] = [image for image in images if image]
    calls = [_call(call) for call in said.get("tool_calls") or ()]
    if calls:
        made["tool_calls"] = calls
    return made


def generated(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a message or a delta says, as a prompt's continuation."""
    made = message_of(said)
    return {ours: made[theirs] for theirs, ours in _GENERATED.items() if theirs in made}


_GENERATED: Mapping[str, str] = {"content": "response", "thinking": "thinking"}


def _base64(image: Mapping[str, Any]) -> str:
    url = str((image.get("image_url") or {}).get("url") or "")
    return url.partition(",")[2] if url.startswith("data:") else ""


def _call(call: Mapping[str, Any]) -> dict[str, Any]:
    function = call.get("function") or {}
    told = {"function": {"name": function.get("name"), "arguments": tool_input(function.get("arguments"))}}
    return {"id": call["id"], **told} if call.get("id") else told


def _logprobs(choice: Mapping[str, Any]) -> dict[str, Any]:
    tokens = (choice.get("logprobs") or {}).get("content") or ()
    made = [
        {**_logprob(token), "top_logprobs": [_logprob(other) for other in token.get("top_logprobs") or ()]}
        for token in tokens
    ]
    return {"logprobs": made} if made else {}


def _logprob(token: Mapping[str, Any]) -> dict[str, Any]:
    return {"token": token.get("token"), "logprob": token.get("logprob")}


def ending(choice: Mapping[str, Any], completion: Mapping[str, Any], took_s: float) -> dict[str, Any]:
    """What the last line says: why, how many tokens, and how long in nanoseconds."""
    usage = completion.get("usage") or {}
    took = int(took_s * 1e9)
    return {
        "done": True,
        "done_reason": "length" if choice.get("finish_reason") == "length" else "stop",
        "total_duration": took,
        "load_duration": 0,
        "prompt_eval_count": usage.get("prompt_tokens") or 0,
        "prompt_eval_duration": 0,
        "eval_count": usage.get("completion_tokens") or 0,
        "eval_duration": took,
    }
