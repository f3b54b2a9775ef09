"""Counting tokens without calling a provider."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from litellm.proxy.estimate import count_prompt
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.model_access import acting, check_model
from litellm.proxy.request_body import check_body, parse_body
from litellm.proxy.request_context import authenticated, state_of

router = guarded_router("tokens")


@router.post("/v1/messages/count_tokens")
async def count_tokens(request: Request) -> dict[str, int]:
    """Anthropic's count: `input_tokens` of messages, system prompt and tools."""
    auth = await authenticated(request, "/v1/messages/count_tokens")
    state = state_of(request)
    body = parse_body(await request.body())
    check_body(body, {"messages": (list,)})
    check_model(state, acting(state, auth, body["model"]), body)
    return {"input_tokens": count_prompt(state.prices.of(body["model"]).counted_as or body["model"], body)}


@router.post("/v1beta/models/{model:path}:countTokens")
@router.post("/v1/models/{model:path}:countTokens")
@router.post("/models/{model:path}:countTokens")
async def gemini_count_tokens(request: Request, model: str) -> dict[str, int]:
    """Gemini's count: `totalTokens` of contents, system instruction and tools."""
    auth = await authenticated(request, "/models/{model}:countTokens")
    state = state_of(request)
    body = parse_body(await request.body())
    inner = body.get("generateContentRequest")
    body = {**(inner if isinstance(inner, dict) else body), "model": model}
    check_body(body, {"contents": (list, dict, str)})
    check_model(state, acting(state, auth, body["model"]), body)
    return {"totalTokens": count_prompt(state.prices.of(model).counted_as or model, body)}


@router.post("/utils/token_counter")
async def token_counter(request: Request) -> dict[str, Any]:
    """LiteLLM's count of `messages` or of `prompt`."""
    auth = await authenticated(request, "/utils/token_counter")
    state = state_of(request)
    body = parse_body(await request.body())
    check_body(body, {"messages": (list,)} if "messages" in body else {"prompt": (str, list)})
    check_model(state, acting(state, auth, body["model"]), body)
    used = state.prices.of(body["model"]).counted_as or body["model"]
    total = count_prompt(used, body)
    return {"total_tokens": total, "request_model": body["model"], "model_used": used.split("/", 1)[-1]}
