"""What is answered in a model's place: the words of a guardrail or a hook, as a successful answer of the route."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from litellm.integrations.custom_guardrail import ModifyResponseException
from litellm.llms.inbound_formats import INBOUND_FORMATS
from litellm.proxy.endpoints.routes import LLMRoute
from litellm.proxy.guardrails.refusals import APPLIED_HEADER, GuardrailRefusal

_NO_USAGE = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


def said_instead(said: ModifyResponseException, route: LLMRoute, model: str, *, streams: bool) -> Response:
    """The answer. Raises GuardrailRefusal on routes whose answers are no texts."""
    headers = {APPLIED_HEADER: said.guardrail_name} if said.guardrail_name else {}
    if route.call_type not in ("acompletion", "atext_completion", "anthropic_messages"):
        raise GuardrailRefusal(said.message, 400)
    if route.shape == "anthropic":
        whole = _anthropic(said.message, model)
        events = b"".join(
            b"event: %b\ndata: %b\n\n" % (event["type"].encode(), orjson.dumps(event))
            for event in _anthropic_events(whole, said.message)
        )
    else:
        reason = "content_filter" if said.guardrail_name else "stop"
        whole = _openai(said.message, model, reason, chat=route.call_type == "acompletion")
        events = b"".join(b"data: %b\n\n" % orjson.dumps(chunk) for chunk in _chunks(whole)) + b"data: [DONE]\n\n"
    if route.inbound is not None:
        return _of_another_api(route.inbound, whole, model, headers, streams=streams)
    if streams:
        return Response(events, headers=headers, media_type="text/event-stream")
    return Response(orjson.dumps(whole), headers=headers, media_type="application/json")


def _of_another_api(
    inbound: str, whole: Mapping[str, Any], model: str, headers: Mapping[str, str], *, streams: bool
) -> Response:
    made = INBOUND_FORMATS[inbound]
    if not streams:
        return Response(orjson.dumps(made.to_reply(whole, 0.0)), headers=headers, media_type="application/json")
    stream = made.stream(model)
    events = b"".join([*(stream.feed(chunk) for chunk in _chunks(whole)), stream.finish(0.0)])
    return Response(events, headers=headers, media_type=made.media_type)


def _openai(message: str, model: str, reason: str, *, chat: bool) -> dict[str, Any]:
    choice: dict[str, Any] = {"index": 0, "finish_reason": reason}
    choice |= {"message": {"role": "assistant", "content": message}} if chat else {"text": message}
    return {
        "id": f"chatcmpl-{uuid.uuid4()}", "object": "chat.completion" if chat else "text_completion",
        "created": int(time.time()), "model": model, "choices": [choice], "usage": _NO_USAGE,
    }  # fmt: skip


def _chunks(whole: Mapping[str, Any]) -> list[dict[str, Any]]:
    base = {name: whole[name] for name in ("id", "created", "model")}
    choice = whole["choices"][0]
    if "message" not in choice:
        return [{**base, "object": "text_completion", "choices": [choice]}]
    kind = {"object": "chat.completion.chunk"}
    return [
        {**base, **kind, "choices": [{"index": 0, "delta": choice["message"]}]},
        {**base, **kind, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]},
    ]


def _anthropic(message: str, model: str) -> dict[str, Any]:
    return {
        "id": f"msg_{uuid.uuid4()}", "type": "message", "role": "assistant", "model": model, "stop_reason": "end_turn",
        "stop_sequence": None, "content": [{"type": "text", "text": message}],
        "usage": {"input_tokens": 0, "output_tokens": 0},
    }  # fmt: skip


def _anthropic_events(whole: Mapping[str, Any], message: str) -> list[dict[str, Any]]:
    start = {**whole, "content": [], "stop_reason": None}
    return [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": message}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None},
         "usage": {"output_tokens": 0}},
        {"type": "message_stop"},
    ]  # fmt: skip
