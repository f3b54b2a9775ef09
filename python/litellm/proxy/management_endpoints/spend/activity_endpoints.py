"""`*/daily/activity`, for each kind of entity."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.common.listing import LargeSize, Page
from litellm.proxy.management_endpoints.spend.activity import Activity

router = guarded_router("budget & spend tracking")

_ENTITIES = {
    "user": "user_id", "team": "team_id", "tag": "tag", "organization": "organization_id", "customer": "end_user_id",
}  # fmt: skip
"""Route → the days' column."""
Endpoint = Callable[..., Awaitable[dict[str, Any]]]


def _endpoint(column: str, *, whole: bool) -> Endpoint:
    async def activity(
        context: InContext,
        start_date: str | None = None,
        end_date: str | None = None,
        model: str | None = None,
        api_key: str | None = None,
        user_id: str | None = None,
        team_ids: str | None = None,
        tags: str | None = None,
        organization_ids: str | None = None,
        end_user_ids: str | None = None,
        page: Page = 1,
        page_size: LargeSize = 50,
    ) -> dict[str, Any]:
        """What was spent by day."""
        if not start_date or not end_date:
            raise bad_request("start_date, end_date: both are needed, as in 2026-01-31", "start_date")
        given = {
            "user_id": user_id, "team_id": team_ids, "tag": tags, "organization_id": organization_ids,
            "end_user_id": end_user_ids,
        }[column]  # fmt: skip
        ids = [name.strip() for name in given.split(",") if name.strip()] if given else None
        size = 1_000_000 if whole else page_size
        return await Activity(context, column).page(
            start_date, end_date, ids, model, api_key, 1 if whole else page, size
        )

    return activity


for _name, _column in _ENTITIES.items():
    router.add_api_route(f"/{_name}/daily/activity", _endpoint(_column, whole=False), name=f"{_name}_daily_activity")
    router.add_api_route(
        f"/{_name}/daily/activity/aggregated", _endpoint(_column, whole=True), name=f"{_name}_daily_activity_aggregated"
    )
