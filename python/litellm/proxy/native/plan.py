"""What the native front is told: for a key and a model, what a request is held to; for a model, where it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from litellm.pipeline.preview import OpenAIRequest
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.deployment_used import deployment_facts
from litellm.proxy.estimate import PriceBook
from litellm.proxy.metering import price, with_usage
from litellm.proxy.native.watchers import caller
from litellm.proxy.object_access import Guarded
from litellm.proxy.request_subject import Guest
from litellm.proxy.response_headers import key_headers, llm_headers
from litellm.proxy.spend_tracking.accounts import NO_BUDGET, Account
from litellm.proxy.spend_tracking.rate_limits import RateLimit, header_names
from litellm.proxy.spend_tracking.settlement import identity, settlement_row
from litellm.proxy.version import VERSION

ROUTE = "/chat/completions"
CALL_TYPE = "acompletion"
_OF_THE_END = frozenset({
    "request_id", "spend", "spend_pico", "prompt_tokens", "completion_tokens", "total_tokens", "startTime", "endTime",
    "completionStartTime", "request_duration_ms", "model", "model_id", "custom_llm_provider", "api_base",
    "requester_ip_address", "litellm_call_id", "session_id", "status",
})  # fmt: skip
"""Columns that are known when a request has ended."""
_GATEWAY_FIELDS = ("model", "messages", "stream", "stream_options", "metadata")
_SAMPLES = (
    (1, 0, 0, 0), (0, 1, 0, 0), (2, 0, 1, 0), (1000, 777, 333, 50), (130_000, 9_000, 1, 0),
    (300_000, 20_000, 250_000, 7),
)  # fmt: skip
"""(prompt, completion, cached, reasoning) tokens that prices are tried with: the first three tell them."""


def key_plan(
    auth: UserAPIKeyAuth, model: str, limits: Sequence[RateLimit], accounts: Sequence[Account]
) -> dict[str, Any]:
    """The plan of a key's requests to `model`."""
    who = identity(auth, accounts)
    details = {"call_type": CALL_TYPE, "model_group": model, "endpoint": ROUTE}
    row = settlement_row(who, auth, "", model, {}, 0, "success", details)
    template = {name: value for name, value in row.items() if name not in _OF_THE_END and name not in who}
    record = orjson.dumps({"model": model, "who": who, "row": template}).decode()
    headers = key_headers(auth, None)
    del headers["x-litellm-key-spend"]
    return {
        **_held(limits, accounts),
        "record": record[1:-1],
        "headers": list(headers.items()),
        "spent": float(auth.spend),
        "caller": caller(auth),
    }


def guest_plan(guest: Guest | None) -> dict[str, Any] | None:
    """What an end user or a tag adds to a plan; None where it may do less than others."""
    if guest is None:
        return _held((), ())
    if guest.blocked or guest.models or guest.guarded != Guarded() or any(one.watched_only for one in guest.limits):
        return None
    return _held(guest.limits, [guest.account] if guest.account else ())


def _held(limits: Sequence[RateLimit], accounts: Sequence[Account]) -> dict[str, Any]:
    return {
        "limits": [
            {"key": limit.key, "limit": limit.limit, "kind": limit.kind, "headers": header_names(limit)}
            for limit in limits
        ],
        "accounts": [account.name for account in accounts if account.base_pico < NO_BUDGET],
    }


async def group_plan(
    model: str, strategy: str, requests: Mapping[str, tuple[Mapping[str, Any], OpenAIRequest]], prices: PriceBook, *,
    always_usage: bool, limited_tokens: str,
) -> dict[str, Any]:  # fmt: skip
    """The plan of a model group: `requests` are its rows and how each is asked, by the deployments' ids."""
    params: set[str] | None = None
    deployments = {}
    for model_id, (row, request) in requests.items():
        params = set(request.params) if params is None else params & request.params
        deployments[model_id] = _deployment(row, request)
        await asyncio.sleep(0)  # there may be a thousand of them
    known = prices.of(model)
    return {
        "name": model,
        "strategy": strategy,
        "params": sorted({*_GATEWAY_FIELDS, *(params or ())}),
        "deployments": deployments,
        "encoding": known.counted_as.rsplit("/", 1)[-1],
        "input_pico": known.input_pico,
        "output_pico": known.output_pico,
        "reserved_output": prices.reserved_output_tokens,
        "max_output": known.max_output_tokens,
        "always_usage": always_usage,
        "limited_tokens": limited_tokens,
    }


def _deployment(row: Mapping[str, Any], request: OpenAIRequest) -> dict[str, Any]:
    model_id = row["model_info"]["id"]
    hidden = {**request.hidden, "model_id": model_id} | deployment_facts(row)
    shown = llm_headers(hidden, version=VERSION, cost_pico=None, duration_s=0.0)
    del shown["x-litellm-response-duration-ms"]
    shown |= {"x-litellm-attempted-retries": "0", "x-litellm-attempted-fallbacks": "0"}
    facts = ("litellm_model_name", "llm_provider", "api_base", "custom_cost_per_token")
    return {
        "url": request.url,
        "headers": request.headers,
        "model": request.model,
        "timeout_s": request.timeout_s,
        "stream_timeout_s": request.stream_timeout_s,
        "prices": linear_prices(hidden),
        "facts": {name: hidden[name] for name in facts if hidden.get(name) is not None},
        "answer_headers": list(shown.items()),
    }


def linear_prices(hidden: Mapping[str, Any]) -> dict[str, int] | None:
    """Pico-dollars of a token of the prompt, of the answer, and of the prompt where the provider had kept it.

    None where the price of a usage is more than their sum, as with tiers or with a price for reasoning.
    """
    told = [price(with_usage(_usage(*sample)), hidden) for sample in _SAMPLES]
    fresh, answer, cached = told[0], told[1], told[2] - told[0]
    sums = [(prompt - kept) * fresh + kept * cached + completion * answer for prompt, completion, kept, _ in _SAMPLES]
    return {"input": fresh, "output": answer, "cached": cached} if sums == told else None


def _usage(prompt: int, completion: int, cached: int, reasoning: int) -> dict[str, Any]:
    usage: dict[str, Any] = {
        "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
    }  # fmt: skip
    if cached:
        usage["prompt_tokens_details"] = {"cached_tokens": cached}
    if reasoning:
        usage["completion_tokens_details"] = {"reasoning_tokens": reasoning}
    return usage
