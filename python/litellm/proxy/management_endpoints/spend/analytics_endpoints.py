"""Users of tags, insights into models, and spend beside a provider's bill."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from sqlalchemy import ColumnElement

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext
from litellm.proxy.management_endpoints.common.listing import LargeSize, Page
from litellm.proxy.management_endpoints.spend.capture_rate import capture_rate
from litellm.proxy.management_endpoints.spend.insights import Insights, Metric
from litellm.proxy.management_endpoints.spend.service import day
from litellm.proxy.management_endpoints.spend.tag_analytics import (
    DAY,
    MONTH,
    WEEK,
    TagAnalytics,
    tag_filter as filtered,
)

router = guarded_router("usage analytics")
Names = Annotated[list[str] | None, Query(max_length=250)]
Share = Annotated[float, Query(gt=0, le=1)]


@router.get("/tag/distinct")
async def distinct_tags(context: InContext) -> dict[str, Any]:
    """Tags of agents, and plain ones, by how much they are used."""
    return await TagAnalytics(context).distinct()


@router.get("/tag/dau")
async def daily_active_users(
    context: InContext, tag_filter: str | None = None, tag_filters: Names = None
) -> dict[str, Any]:
    """Users of each tag on each of the last days."""
    return await TagAnalytics(context).active(DAY, filtered(tag_filter, tag_filters))


@router.get("/tag/wau")
async def weekly_active_users(
    context: InContext, tag_filter: str | None = None, tag_filters: Names = None
) -> dict[str, Any]:
    """Users of each tag in each of the last seven weeks."""
    return await TagAnalytics(context).active(WEEK, filtered(tag_filter, tag_filters))


@router.get("/tag/mau")
async def monthly_active_users(
    context: InContext, tag_filter: str | None = None, tag_filters: Names = None
) -> dict[str, Any]:
    """Users of each tag in each of the last seven times thirty days."""
    return await TagAnalytics(context).active(MONTH, filtered(tag_filter, tag_filters))


@router.get("/tag/summary")
async def tag_summary(
    context: InContext, start_date: str, end_date: str, tag_filter: str | None = None, tag_filters: Names = None
) -> dict[str, Any]:
    """Users, requests, tokens and spend of each tag."""
    where: list[ColumnElement[bool]] = filtered(tag_filter, tag_filters)
    return await TagAnalytics(context).summary(day(start_date), day(end_date), where)


@router.get("/tag/user-agent/per-user-analytics")
async def per_user_analytics(
    context: InContext,
    tag_filter: str | None = None,
    tag_filters: Names = None,
    page: Page = 1,
    page_size: LargeSize = 50,
) -> dict[str, Any]:
    """What each user did in the last thirty days."""
    return await TagAnalytics(context).per_user(filtered(tag_filter, tag_filters), page, page_size)


@router.get("/model-insights")
async def model_insights(
    context: InContext, start_date: str | None = None, end_date: str | None = None, metric: Metric = "tokens"
) -> dict[str, Any]:
    """The models that did most, day by day."""
    return await Insights(context, start_date, end_date, metric).models()


@router.get("/model-insights/tasks")
async def model_insight_tasks(
    context: InContext, start_date: str | None = None, end_date: str | None = None, metric: Metric = "spend"
) -> dict[str, Any]:
    """What kinds of work the models did, by tags that begin with `task:`."""
    return await Insights(context, start_date, end_date, metric).tasks()


@router.get("/spend/capture_rate")
async def spend_capture_rate(
    context: InContext,
    start_date: str,
    end_date: str,
    provider: str = "openai",
    threshold: Share = 0.9,
    project_ids: Names = None,
) -> dict[str, Any]:
    """What was counted for a provider, beside its bill."""
    return await capture_rate(context, provider, start_date, end_date, threshold, project_ids)
