"""A settlement's row: as the journal keeps it (plain JSON, times in seconds) and as the database has it."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping, Sequence
from typing import Any

from litellm.litellm_core_utils.usage_counts import bounded_count, countable
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.money import pico_to_usd
from litellm.proxy.spend_tracking.accounts import Account

MAX_TEXT = 2048
MAX_USAGE_FIELDS = 32
"""Of a provider's usage; more are not kept."""
_TIMES = ("startTime", "endTime", "completionStartTime")


def identity(auth: UserAPIKeyAuth, accounts: Sequence[Account]) -> dict[str, Any]:
    """Whom a call is counted for."""
    return {
        "api_key": auth.token or "",
        "user": auth.user_id or "",
        "team_id": auth.team_id,
        "organization_id": auth.org_id,
        "end_user": auth.end_user_id or "",
        "request_tags": list(auth.request_tags),
        "windows": [account.entity_id for account in accounts if account.kind == "window"],
    }


def settlement_row(
    who: Mapping[str, Any], auth: UserAPIKeyAuth, request_id: str, model: str, usage: Mapping[str, Any],
    cost_pico: int, status: str, details: Mapping[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """The row of a call that ended. `details`: what the request path knows of it."""
    hidden: Mapping[str, Any] = details.get("hidden_params") or {}
    prompt, completion = bounded_count(usage.get("prompt_tokens")), bounded_count(usage.get("completion_tokens"))
    started, ended = float(details.get("started") or time.time()), time.time()
    return {
        **who,
        "request_id": request_id,
        "call_type": str(details.get("call_type") or "acompletion"),
        "spend": pico_to_usd(cost_pico),
        "spend_pico": cost_pico,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": bounded_count(usage.get("total_tokens")) or bounded_count(prompt + completion),
        "startTime": started,
        "endTime": ended,
        "completionStartTime": details.get("first_piece_at"),
        "request_duration_ms": int((ended - started) * 1000),
        "model": clean(hidden.get("litellm_model_name") or model),
        "model_id": clean(hidden.get("model_id") or ""),
        "model_group": clean(details.get("model_group") or model),
        "custom_llm_provider": clean(hidden.get("llm_provider") or ""),
        "api_base": clean(hidden.get("api_base") or ""),
        "metadata": _metadata(auth, usage, status, details),
        "cache_hit": str(bool(hidden.get("cache_hit"))),
        "cache_key": clean(hidden.get("cache_key") or ""),
        "requester_ip_address": clean(details.get("ip_address") or ""),
        "litellm_call_id": clean(details.get("call_id") or ""),
        "session_id": clean(details.get("session_id") or details.get("call_id") or ""),
        "endpoint": clean(details.get("endpoint") or ""),
        "agent_id": details.get("agent_id"),
        "status": "failure" if status == "failure" else "success",
        **(details.get("payload") or {}),
    }


def _metadata(
    auth: UserAPIKeyAuth, usage: Mapping[str, Any], status: str, details: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "status": status,
        "user_api_key": auth.token,
        "user_api_key_alias": auth.key_alias,
        "user_api_key_user_id": auth.user_id,
        "user_api_key_team_id": auth.team_id,
        "user_api_key_team_alias": auth.team_alias,
        "user_api_key_org_id": auth.org_id,
    }
    if counted := _counted(usage):
        found["usage_object"] = counted
    if (error := details.get("error")) is not None:
        found["error_information"] = {"error_class": type(error).__name__}
    if details.get("spend_logs_metadata"):
        found["spend_logs_metadata"] = dict(details["spend_logs_metadata"])
    return found


def _counted(usage: Mapping[str, Any], depth: int = 2) -> dict[str, Any]:
    """What a usage counts, without what is nothing: cached and reasoning tokens among it, in their groups.

    What it cost, which the SDK adds to a stream's, is a column of its own.
    """
    found: dict[str, Any] = {}
    for name, value in list(usage.items())[:MAX_USAGE_FIELDS]:
        if name == "cost":
            continue
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value:
            found[clean(name, 64)] = value
        elif isinstance(value, Mapping) and depth > 1 and (inner := _counted(value, depth - 1)):
            found[clean(name, 64)] = inner
    return found


def batch_row(
    who: Mapping[str, Any], request_id: str, model: str, provider: str, usage: Mapping[str, Any], cost_pico: int,
    began: float,
) -> dict[str, Any]:  # fmt: skip
    """The row of a provider's batch that has ended: what all of its requests cost. `began` in seconds."""
    auth = UserAPIKeyAuth(
        token=who.get("api_key"), user_id=who.get("user") or None, team_id=who.get("team_id"),
        org_id=who.get("organization_id"),
    )  # fmt: skip
    details = {"call_type": "aretrieve_batch", "started": began, "endpoint": "/batches", "model_group": model}
    details["hidden_params"] = {"litellm_model_name": model, "llm_provider": provider}
    return settlement_row(who, auth, request_id, model, usage, cost_pico, "success", details)


def recovered_row(record: Mapping[str, Any]) -> dict[str, Any]:
    """The row of a call whose process was killed: it cost what was last known of it."""
    return {
        **record["who"],
        **_asked(record.get("asked") or {}),
        "request_id": record["id"],
        "call_type": "acompletion",
        "spend": pico_to_usd(record["pico"]),
        "spend_pico": record["pico"],
        "startTime": record["started"],
        "endTime": time.time(),
        "model": record["model"],
        "model_group": record["model"],
        "metadata": {"status": "failure", "error_information": {"error_class": "GatewayKilled"}},
        "status": "failure",
    }


def ended_row(request_id: str, record: Mapping[str, Any], end: Mapping[str, Any], cost_pico: int) -> dict[str, Any]:
    """The row of a request that the native front has ended: `record` of its reservation, `end` of its end."""
    usage, facts, asked = countable(end["usage"]) or {}, end["facts"], end.get("asked") or {}
    prompt, completion = bounded_count(usage.get("prompt_tokens")), bounded_count(usage.get("completion_tokens"))
    metadata = {**record["row"]["metadata"], "status": end["status"]}
    if counted := _counted(usage):
        metadata["usage_object"] = counted
    if end.get("error"):
        metadata["error_information"] = {"error_class": end["error"]}
    if asked.get("noted"):
        metadata["spend_logs_metadata"] = asked["noted"]
    call_id = asked.get("call_id") or request_id
    return {
        **record["row"],
        **record["who"],
        **_asked(asked),
        "request_id": request_id,
        "spend": pico_to_usd(cost_pico),
        "spend_pico": cost_pico,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": bounded_count(usage.get("total_tokens")) or bounded_count(prompt + completion),
        "startTime": end["started"],
        "endTime": end["ended"],
        "completionStartTime": end["first"],
        "request_duration_ms": int((end["ended"] - end["started"]) * 1000),
        "model": clean(facts.get("litellm_model_name") or record["model"]),
        "model_id": clean(end["model_id"]),
        "custom_llm_provider": clean(facts.get("llm_provider") or ""),
        "api_base": clean(facts.get("api_base") or ""),
        "requester_ip_address": end["ip"],
        "litellm_call_id": call_id,
        "session_id": asked.get("session") or call_id,
        "metadata": metadata,
        "status": "failure" if end["status"] == "failure" else "success",
    }


def _asked(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Whom a request that the native front took said it is for."""
    given = {"end_user": asked.get("end_user"), "request_tags": asked.get("tags")}
    return {name: value for name, value in given.items() if value}


def typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """A journal's row with the columns' own types; every row of a batch has the same columns."""
    times = {name: _time(row.get(name)) for name in _TIMES}
    return {**_DEFAULTS, **row, **times, "metadata": _with_billing(row, row["metadata"])}


def bare(row: Mapping[str, Any]) -> dict[str, Any]:
    """A typed row without anything that a database could refuse: what was spent, by whom and when."""
    kept = {name: row[name] for name in _MONEY if name in row}
    texts = {name: clean(value, 256) for name, value in kept.items() if isinstance(value, str)}
    metadata = _with_billing(row, {"status": "stripped"})
    return {**_DEFAULTS, **kept, **texts, "model": "", "metadata": metadata}


def _with_billing(row: Mapping[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    """Whom a call is billed to is kept with its log."""
    return {**metadata, "billing": row["billing"]} if row.get("billing") else metadata


def _time(seconds: float | None) -> datetime.datetime | None:
    if seconds is None:
        return None
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).replace(tzinfo=None)


def clean(value: Any, most: int = MAX_TEXT) -> str:
    """Text that every database takes: without NUL and lone surrogates, which PostgreSQL refuses, and not endless."""
    text = str(value)[:most]
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


_MONEY = (
    "request_id", "call_type", "api_key", "user", "team_id", "organization_id", "end_user", "request_tags", "windows",
    "spend", "spend_pico", "prompt_tokens", "completion_tokens", "total_tokens", "startTime", "endTime", "status",
    "billing", "agent_id",
)  # fmt: skip
_DEFAULTS: Mapping[str, Any] = {
    "prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "model_id": "", "custom_llm_provider": "",
    "api_base": "", "cache_hit": "False", "cache_key": "", "end_user": "", "organization_id": None, "team_id": None,
    "request_tags": [], "windows": [], "endpoint": "", "requester_ip_address": "", "litellm_call_id": "",
    "session_id": "", "messages": {}, "response": {}, "proxy_server_request": {},
    "request_duration_ms": None, "completionStartTime": None, "model_group": "", "agent_id": None,
}  # fmt: skip
