"""`/spend/capture_rate`: what was counted here for a provider, beside what the provider says that it charges."""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from typing import Any

import httpx

from litellm.proxy._types import ProxyException
from litellm.proxy.db.repository import Row
from litellm.proxy.db.spend_repository import DailyRepository
from litellm.proxy.management_endpoints.common.context import Context, bad_request

KEY, BASE = "OPENAI_ADMIN_KEY", "OPENAI_API_BASE"
_COSTS = "https://api.openai.com/v1/organization/costs"
_PROVIDERS = ["openai", "text-completion-openai"]
"""What is billed by OpenAI, by our names."""
MAX_DAYS = 180
"""Buckets of a day that OpenAI gives at once (`limit` of GET /v1/organization/costs)."""
TIMEOUT_S = 30.0


async def capture_rate(
    context: Context, provider: str, start: str, end: str, threshold: float, projects: Sequence[str] | None
) -> Row:
    """By day and in all. Raises ProxyException: 400 for other providers, 503 without a key, 502 for a useless one."""
    if provider != "openai":
        raise bad_request("provider: expected openai", "provider")
    first, last = _date(start, "start_date"), _date(end, "end_date")
    if not 0 <= (last - first).days < MAX_DAYS:
        raise bad_request(f"start_date, end_date: expected 1 to {MAX_DAYS} days", "start_date")
    billed = await _billed(first, last, projects)
    await context.flush()
    async with context.read() as connection:
        rows = await DailyRepository(connection, "user_id").sums(
            ["date"], first.isoformat(), last.isoformat(), custom_llm_provider=_PROVIDERS
        )
    captured = {row["date"]: row["spend"] for row in rows}
    dates = [(first + datetime.timedelta(days=number)).isoformat() for number in range((last - first).days + 1)]
    days = [{"date": day, **_compared(captured.get(day, 0.0), billed.get(day, 0.0))} for day in dates]
    whole = _compared(sum(captured.values()), sum(billed.values()))
    rate = whole["capture_rate"]
    return {
        "provider": provider, "start_date": first.isoformat(), "end_date": last.isoformat(), **whole,
        "threshold": threshold, "below_threshold": rate is not None and rate < threshold, "days": days,
    }  # fmt: skip


def _compared(captured: float, billed: float) -> Row:
    rate = captured / billed if billed > 0 else None
    return {"captured_spend": captured, "provider_spend": billed, "capture_rate": rate}


async def _billed(first: datetime.date, last: datetime.date, projects: Sequence[str] | None) -> dict[str, float]:
    """Day → USD, from https://platform.openai.com/docs/api-reference/usage/costs."""
    key = os.environ.get(KEY)
    if not key:
        raise ProxyException(f"the provider's bill cannot be read: set {KEY}", "service_unavailable", None, 503)
    base = os.environ.get(BASE)
    url = f"{base.rstrip('/')}/organization/costs" if base else _COSTS
    query: dict[str, Any] = {
        "start_time": _seconds(first), "end_time": _seconds(last + datetime.timedelta(days=1)), "bucket_width": "1d",
        "limit": MAX_DAYS, **({"project_ids": list(projects)} if projects else {}),
    }  # fmt: skip
    found: dict[str, float] = {}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, headers={"authorization": f"Bearer {key}"}) as client:
            for _ in range(MAX_DAYS):
                answer = await client.get(url, params=query)
                answer.raise_for_status()
                page = answer.json()
                for bucket in page["data"]:
                    began = datetime.datetime.fromtimestamp(bucket["start_time"], datetime.timezone.utc)
                    day = began.date().isoformat()
                    amounts = (float(result["amount"]["value"]) for result in bucket["results"])
                    found[day] = found.get(day, 0.0) + sum(amounts)
                if not page.get("has_more"):
                    break
                query["page"] = page["next_page"]
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        message = f"the provider's bill cannot be read: {type(error).__name__}"
        raise ProxyException(message, "bad_gateway", None, 502) from error
    return found


def _seconds(day: datetime.date) -> int:
    return int(datetime.datetime.combine(day, datetime.time(), datetime.timezone.utc).timestamp())


def _date(text: str, name: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise bad_request(f"{name}: expected a date as in 2026-01-31", name) from error
