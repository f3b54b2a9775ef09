"""The spend routes."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from fastapi import Query

from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.context import InContext, bad_request
from litellm.proxy.management_endpoints.common.fields import Fields
from litellm.proxy.management_endpoints.common.listing import LargeSize, Page, Size
from litellm.proxy.management_endpoints.key.service import token_of
from litellm.proxy.management_endpoints.spend.service import SpendService

router = guarded_router("budget & spend tracking")
Limit = Annotated[int, Query(ge=1, le=10_000)]


@router.get("/spend/logs")
async def spend_logs(
    context: InContext,
    api_key: str | None = None,
    user_id: str | None = None,
    request_id: str | None = None,
    start_date: str | None = None,
    end_date: str | None = None,
    summarize: bool = True,
    limit: Limit = 1000,
) -> list[dict[str, Any]]:
    """Rows of the log, newest first; with both dates, and unless `summarize` is false, a row a day."""
    filters = {name: value for name, value in locals().items() if name not in ("context", "limit", "summarize")}
    if start_date and end_date and summarize:
        return await SpendService(context).summary(filters)
    return await SpendService(context).logs(filters, limit)


@router.get("/spend/logs/v2")
async def spend_logs_in_pages(
    context: InContext,
    page: Page = 1,
    page_size: Size = 50,
    api_key: str | None = None,
    user_id: str | None = None,
    request_id: str | None = None,
    team_id: str | None = None,
    end_user: str | None = None,
    key_alias: str | None = None,
    model: str | None = None,
    model_group: str | None = None,
    model_id: str | None = None,
    session_id: str | None = None,
    status_filter: str | None = None,
    min_spend: float | None = None,
    max_spend: float | None = None,
    start_date: str | None = None,
    end_date: str | None = None,
    sort_by: str | None = None,
    sort_order: str = "desc",
) -> dict[str, Any]:
    """One page of the log."""
    return await SpendService(context).page({name: value for name, value in locals().items() if name != "context"})


@router.get("/spend/tags")
@router.get("/global/spend/tags")
async def spend_by_tag(
    context: InContext, start_date: str | None = None, end_date: str | None = None, tags: str | None = None
) -> list[dict[str, Any]]:
    """What was spent on each tag, or on those of `tags`, parted by commas."""
    wanted = [tag.strip() for tag in tags.split(",")] if tags else None
    rows = await SpendService(context).sums("tag", ["tag"], start_date, end_date)
    return [
        {"individual_request_tag": row["tag"], "log_count": row["api_requests"], "total_spend": row["spend"]}
        for row in rows
        if wanted is None or row["tag"] in wanted
    ]


class CalculateRequest(Fields):
    """POST /spend/calculate: a model with messages, or a response."""

    model: str | None = None
    messages: list[dict[str, Any]] | None = None
    completion_response: dict[str, Any] | None = None


@router.post("/spend/calculate")
async def calculate_spend(body: CalculateRequest, context: InContext) -> dict[str, float]:
    """What a call costs, in USD: that of a response, or that of sending messages."""
    from litellm import ModelResponse, completion_cost, cost_per_token, token_counter

    try:
        if body.completion_response is not None:
            return {"cost": completion_cost(completion_response=ModelResponse(**body.completion_response))}
        if body.model and body.messages:
            tokens = token_counter(model=body.model, messages=body.messages)
            return {"cost": sum(cost_per_token(model=body.model, prompt_tokens=tokens, completion_tokens=0))}
    except (ValueError, KeyError) as error:
        raise bad_request(f"model: its price is not known: {error}", "model") from error
    raise bad_request("model: send model and messages, or completion_response", "model")


@router.get("/global/spend")
async def global_spend(context: InContext) -> dict[str, Any]:
    """What was spent in all."""
    return await SpendService(context).total()


@router.get("/global/spend/keys")
async def global_spend_of_keys(context: InContext, limit: LargeSize = 10) -> list[dict[str, Any]]:
    """The keys that spent most."""
    return await SpendService(context).keys(limit)


@router.get("/global/spend/models")
async def global_spend_of_models(context: InContext, limit: LargeSize = 10) -> list[dict[str, Any]]:
    """The models that were spent most on."""
    rows = await SpendService(context).sums("user_id", ["model"])
    return [{"model": row["model"], "total_spend": row["spend"]} for row in rows[:limit]]


@router.get("/global/spend/provider")
async def global_spend_of_providers(
    context: InContext, start_date: str | None = None, end_date: str | None = None
) -> list[dict[str, Any]]:
    """What was spent at each provider."""
    rows = await SpendService(context).sums("user_id", ["custom_llm_provider"], start_date, end_date)
    return [{"provider": row["custom_llm_provider"], "spend": row["spend"]} for row in rows]


@router.get("/global/spend/teams")
async def global_spend_of_teams(
    context: InContext, start_date: str | None = None, end_date: str | None = None
) -> dict[str, Any]:
    """What was spent by day and team."""
    return await SpendService(context).teams(start_date, end_date)


@router.get("/global/spend/logs")
async def global_spend_by_day(
    context: InContext, start_date: str | None = None, end_date: str | None = None, api_key: str | None = None
) -> list[dict[str, Any]]:
    """What was spent each day, in all or by one key."""
    key = token_of(api_key) if api_key else None
    rows = await SpendService(context).sums("user_id", ["date"], start_date, end_date, api_key=key)
    return sorted(({"date": row["date"], "spend": row["spend"]} for row in rows), key=lambda row: str(row["date"]))


@router.get("/global/spend/all_tag_names")
async def tag_names(context: InContext) -> dict[str, Any]:
    """Every tag that something was spent on."""
    return {"tag_names": [row["tag"] for row in await SpendService(context).sums("tag", ["tag"])]}


@router.get("/global/activity")
async def global_activity(
    context: InContext, start_date: str | None = None, end_date: str | None = None
) -> dict[str, Any]:
    """Requests and tokens each day."""
    rows = await SpendService(context).sums("user_id", ["date"], start_date, end_date)
    days = [
        {
            "date": row["date"], "api_requests": row["api_requests"],
            "total_tokens": row["prompt_tokens"] + row["completion_tokens"],
        }
        for row in sorted(rows, key=lambda row: str(row["date"]))
    ]  # fmt: skip
    sums = {f"sum_{name}": sum(day[name] for day in days) for name in ("api_requests", "total_tokens")}
    return {"daily_data": days} | sums


@router.get("/global/spend/report")
async def spend_report(
    context: InContext, start_date: str | None = None, end_date: str | None = None, group_by: str = "team"
) -> list[dict[str, Any]]:
    """What was spent by day and team, customer, key or user."""
    return await SpendService(context).report(group_by, start_date, end_date)


@router.post("/global/spend/reset")
async def reset_spend(context: InContext) -> dict[str, str]:
    """Set the spend of every key, team and user to nothing; the log stays."""
    await SpendService(context).reset()
    return {"message": "the spend of all keys, teams and users was reset", "status": "success"}


@router.get("/provider/budgets")
async def provider_budgets(context: InContext) -> dict[str, Any]:
    """The router's budgets of providers: what they allow, what is spent, when they start anew."""
    limiting = context.state.router.router_budget_logger
    return {
        "providers": {
            name: {
                "budget_limit": budget.max_budget, "time_period": budget.budget_duration,
                "spend": limiting.get_current_provider_spend(name) or 0.0,
                "budget_reset_at": _time(limiting.reset_at(name)),
            }
            for name, budget in limiting.provider_budget_config.items()
        }
    }  # fmt: skip


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).isoformat()
