"""What guardrails and policies did by day, as the API tells of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from litellm.proxy.db.repository import Row
from litellm.proxy.guardrails.run_log import ACTIONS, runs_page
from litellm.proxy.guardrails.usage import GUARDRAIL, chart, days_of, span, summed
from litellm.proxy.management_endpoints.common.context import Context, bad_request

_TITLES = {GUARDRAIL: "Guardrail"}


async def days_within(
    context: Context, start: str | None, end: str | None, name: str | None = None, *, kind: str = GUARDRAIL
) -> list[Row]:
    """The days of one guardrail or policy, or of all, what was counted last included. Raises ProxyException 400."""
    first, last = await _written(context, start, end)
    async with context.read() as connection:
        return await days_of(connection, first, last, name, kind=kind)


async def runs_within(
    context: Context, start: str | None, end: str | None, page: int, size: int, **which: str | None
) -> Row:
    """One page of single runs; `which`: `guardrail_id`, `policy_id` and `action`. Raises ProxyException 400."""
    action = which.get("action")
    if action is not None and action not in ACTIONS.values():
        raise bad_request(f"action: expected one of {', '.join(ACTIONS.values())}", "action")
    days = await _written(context, start, end)
    async with context.read() as connection:
        rows, total = await runs_page(
            connection, days, page, size, guardrail_id=which.get("guardrail_id"), policy_id=which.get("policy_id"),
            action=action,
        )  # fmt: skip
    return {"logs": rows, "total": total, "page": page, "page_size": size}


async def _written(context: Context, start: str | None, end: str | None) -> tuple[str, str]:
    """The days that are meant, once what was counted last is written."""
    try:
        days = span(start, end)
    except ValueError as error:
        raise bad_request("start_date, end_date: expected days, as in 2026-01-31", "start_date") from error
    if context.state.guardrail_counts is not None:
        await context.state.guardrail_counts.flush()
    return days


def overview(rows: Sequence[Row], kind: str, named: Mapping[str, tuple[str, str]]) -> Row:
    """How often each ran and refused; `named`: the name and the provider of each id that is known."""
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        by_id.setdefault(row[f"{kind}_id"], []).append(row)
    shown = []
    for key, days in by_id.items():
        name, provider = named.get(key, (key, "unknown"))
        shown.append({
            "id": key, "name": name, "type": _TITLES.get(kind, "Policy"), "provider": provider, **summed(days),
            "usageUnits": {}, "cost": None, "untrackedUsageUnits": {},
        })  # fmt: skip
    runs = sum(row["requests_evaluated"] for row in rows)
    blocked = sum(row["blocked_count"] for row in rows)
    return {
        "rows": shown, "chart": chart(rows), "totalRequests": runs, "totalBlocked": blocked,
        "passRate": round(100.0 * (runs - blocked) / runs, 1) if runs else 100.0, "totalUsageUnits": {},
        "totalCost": None, "totalUntrackedUsageUnits": {},
    }  # fmt: skip
