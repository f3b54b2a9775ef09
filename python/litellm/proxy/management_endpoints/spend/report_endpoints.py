"""`/key|user|team|organization/spend/report`: what the caller's own entities spent, by day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import Query

from litellm.proxy.auth.user_api_key_auth import hash_token
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.spend.activity import Activity, Wanted
from litellm.proxy.management_endpoints.spend.service import day

router = guarded_router("budget & spend tracking")

_ENTITIES = {
    "key": ("user_id", "api_keys"), "user": ("user_id", "entities"), "team": ("team_id", "entities"),
    "organization": ("organization_id", "entities"),
}  # fmt: skip
"""Route → the days' column, and the part of the breakdown that the report shows."""
_ONLY = {"key": "api_key", "user": "internal_user_id", "team": "team_id", "organization": "organization_id"}
"""The parameter that leaves one of them."""
_ALL = 1_000_000


def _endpoint(name: str, column: str, part: str) -> Callable[..., Awaitable[list[dict[str, Any]]]]:
    async def report(
        context: InContext, start_date: str | None = None, end_date: str | None = None,
        only: str | None = Query(None, alias=_ONLY[name]),
    ) -> list[dict[str, Any]]:  # fmt: skip
        """What was spent by day, by all or by one of them."""
        wanted = hash_token(only) if only and only.startswith("sk-") else only
        if not start_date or not end_date:
            raise bad_request("start_date, end_date: both are needed, as in 2026-01-31", "start_date")
        found = await Activity(context, column).page(Wanted(day(start_date), day(end_date)), 1, _ALL)
        return [
            {name: key, "group_by_day": day["date"], "total_spend": entry["metrics"]["spend"], **entry["metrics"]}
            for day in found["results"]
            for key, entry in day["breakdown"][part].items()
            if wanted in (None, key)
        ]

    return report


for _name, (_column, _part) in _ENTITIES.items():
    router.add_api_route(f"/{_name}/spend/report", _endpoint(_name, _column, _part), name=f"{_name}_spend_report")
