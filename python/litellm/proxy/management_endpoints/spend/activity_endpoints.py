"""`*/daily/activity…`, for each kind of entity."""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Query
from starlette.responses import Response

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.common.listing import LargeSize, Page, Size
from litellm.proxy.management_endpoints.spend.activity import Activity, Wanted
from litellm.proxy.management_endpoints.spend.activity_keys import ExportType, FileFormat, KeyActivity, as_file
from litellm.proxy.management_endpoints.spend.service import day

router = guarded_router("budget & spend tracking")

_ENTITIES = {
    "user": "user_id", "team": "team_id", "tag": "tag", "organization": "organization_id", "customer": "end_user_id",
    "agent": "agent_id",
}  # fmt: skip
"""Route → the days' column."""
Endpoint = Callable[..., Awaitable[Any]]
Skipped = Annotated[int, Query(ge=0, le=1_000_000)]
Offset = Annotated[int, Query(ge=-16 * 60, le=16 * 60)]
Text = Annotated[str, Query(min_length=1, max_length=256)]
_ALL = 1_000_000


def _ids(given: str | None) -> list[str] | None:
    return [name.strip() for name in given.split(",") if name.strip()] if given else None


def _with_today(end: str, offset: int) -> str:
    """The last day, or UTC's today where that is the caller's today; `offset`: minutes from its time to UTC."""
    now = datetime.datetime.now(datetime.timezone.utc)
    local = (now - datetime.timedelta(minutes=offset)).date().isoformat()
    return max(end, now.date().isoformat()) if end >= local else end


def _wanted_of(column: str) -> Callable[..., Wanted]:
    def wanted(
        start_date: str | None = None,
        end_date: str | None = None,
        model: str | None = None,
        api_key: str | None = None,
        user_id: str | None = None,
        team_ids: str | None = None,
        tags: str | None = None,
        organization_ids: str | None = None,
        end_user_ids: str | None = None,
        agent_ids: str | None = None,
        exclude_team_ids: str | None = None,
        exclude_organization_ids: str | None = None,
        exclude_end_user_ids: str | None = None,
        exclude_agent_ids: str | None = None,
        timezone: Offset = 0,
        include_current_utc_day: bool = False,
    ) -> Wanted:
        if not start_date or not end_date:
            raise bad_request("start_date, end_date: both are needed, as in 2026-01-31", "start_date")
        given = {
            "user_id": user_id, "team_id": team_ids, "tag": tags, "organization_id": organization_ids,
            "end_user_id": end_user_ids, "agent_id": agent_ids,
        }[column]  # fmt: skip
        left_out = {
            "team_id": exclude_team_ids, "organization_id": exclude_organization_ids,
            "end_user_id": exclude_end_user_ids, "agent_id": exclude_agent_ids,
        }  # fmt: skip
        end = day(end_date)
        if include_current_utc_day:
            end = _with_today(end, timezone)
        without = frozenset(_ids(left_out.get(column)) or ())
        return Wanted(day(start_date), end, _ids(given), model, api_key, without)

    return wanted


def _endpoints(entity: str, column: str) -> dict[str, Endpoint]:
    """Path below `/<entity>/daily/activity` → what answers it."""
    asked = Depends(_wanted_of(column))

    async def activity(context: InContext, wanted: Wanted = asked, page: Page = 1, page_size: LargeSize = 50) -> Any:
        """What was spent by day."""
        return await Activity(context, column).page(wanted, page, page_size)

    async def aggregated(context: InContext, wanted: Wanted = asked) -> Any:
        """What was spent by day, on one page."""
        return await Activity(context, column).page(wanted, 1, _ALL)

    async def keys(context: InContext, wanted: Wanted = asked, offset: Skipped = 0, limit: Size = 50) -> Any:
        """The keys that spent most."""
        return await KeyActivity(context, column).keys(wanted, offset, limit)

    async def model_top_keys(
        context: InContext, model_group: Text, wanted: Wanted = asked, by_model_group: bool = True, limit: Size = 5
    ) -> Any:
        """The keys that spent most on a model."""
        return await KeyActivity(context, column).top_of_model(
            wanted, model_group, by_group=by_model_group, limit=limit
        )

    async def search(context: InContext, search: Text, wanted: Wanted = asked, limit: Size = 100) -> Any:
        """Keys by a part of their hash, alias, user or address, with what they spent."""
        return await KeyActivity(context, column).search(wanted, search, limit)

    async def export(
        context: InContext, wanted: Wanted = asked, export_type: ExportType = "daily", format: FileFormat = "csv"
    ) -> Response:
        """The days as a file."""
        rows = await KeyActivity(context, column).export(wanted, export_type)
        name = f"{entity}-usage-{wanted.start}-{wanted.end}-{export_type}.{format}"
        kind = "text/csv" if format == "csv" else "application/json"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(as_file(rows, format), headers=headers, media_type=kind)

    async def cache_leakage_keys(context: InContext, wanted: Wanted = asked, limit: Size = 20) -> Any:
        """The keys with most prompt tokens that were in no cache."""
        return await KeyActivity(context, column).cache_leakage(wanted, limit)

    found: dict[str, Endpoint] = {
        "": activity, "/aggregated": aggregated, "/aggregated/keys": keys,
        "/aggregated/model_top_keys": model_top_keys, "/aggregated/search": search, "/export": export,
    }  # fmt: skip
    return found | ({"/aggregated/cache_leakage_keys": cache_leakage_keys} if entity == "user" else {})


for _name, _column in _ENTITIES.items():
    for _path, _endpoint in _endpoints(_name, _column).items():
        router.add_api_route(
            f"/{_name}/daily/activity{_path}", _endpoint, name=f"{_name}_daily_activity{_path.replace('/', '_')}"
        )
