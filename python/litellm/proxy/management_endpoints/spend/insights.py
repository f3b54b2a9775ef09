"""`/model-insights` and `/model-insights/tasks`: which models did most, and for which kind of work."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Literal

from litellm.proxy.db.repository import Row
from litellm.proxy.db.spend_repository import DailyRepository
from litellm.proxy.db.tables import DAILY
from litellm.proxy.management_endpoints.common.context import Context, bad_request
from litellm.proxy.spend_tracking.budget_windows import utc_now

Metric = Literal["requests", "spend", "tokens"]
MAX_DAYS = 365
TOP_MODELS = 10
TASK_TAG = "task:"
"""A tag that begins so names the kind of work that a request is for."""
_MODEL = ["model_group", "model", "custom_llm_provider"]
_VALUES: dict[Metric, Callable[[Row], float]] = {
    "requests": lambda row: row["api_requests"],
    "spend": lambda row: row["spend"],
    "tokens": lambda row: row["prompt_tokens"] + row["completion_tokens"],
}


class Insights:
    """Models, ranked by a metric. Dates are ISO; without them, the last 365 days."""

    def __init__(self, context: Context, start: str | None, end: str | None, metric: Metric) -> None:
        self._context, self._value = context, _VALUES[metric]
        self._start, self._end = _window(start, end)

    async def models(self) -> Row:
        """The models that did most, each day of theirs, and the days' sums over all models."""
        await self._context.flush()
        async with self._context.read() as connection:
            days = DailyRepository(connection, "user_id")
            rows = await days.sums(_MODEL, self._start, self._end)
            daily = await days.sums(["date", *_MODEL], self._start, self._end)
            totals = await days.sums(["date"], self._start, self._end)
        top = sorted(rows, key=self._value, reverse=True)[:TOP_MODELS]
        names = {_name(row) for row in top}
        return {
            "start_date": self._start, "end_date": self._end, "top_models": [_metric(row) for row in top],
            "daily": [
                _metric(row) | {"date": row["date"]}
                for row in sorted(daily, key=lambda row: row["date"])
                if _name(row) in names
            ],
            "daily_totals": [
                {
                    "date": row["date"], "spend": row["spend"], "prompt_tokens": row["prompt_tokens"],
                    "completion_tokens": row["completion_tokens"], "requests": row["api_requests"],
                }
                for row in sorted(totals, key=lambda row: row["date"])
            ],
        }  # fmt: skip

    async def tasks(self) -> Row:
        """Each kind of work's share in percent, and the model that does most of it."""
        await self._context.flush()
        async with self._context.read() as connection:
            tagged = DAILY["tag"].c.tag.startswith(TASK_TAG)
            rows = await DailyRepository(connection, "tag").sums(["tag", *_MODEL], self._start, self._end, tagged)
        kinds: dict[str, list[Row]] = {}
        for row in rows:
            kinds.setdefault(row["tag"].removeprefix(TASK_TAG), []).append(row)
        values = {task: sum(self._value(row) for row in found) for task, found in kinds.items()}
        whole = sum(values.values())
        return {
            "start_date": self._start, "end_date": self._end,
            "tasks": [
                {
                    "task_type": task, "label": task.replace("_", " ").capitalize(), "category": "General",
                    "value": values[task], "share": values[task] / whole * 100 if whole else 0.0,
                    "leader": leader["model_group"] or "", "provider": leader["custom_llm_provider"] or "",
                }
                for task in sorted(values, key=lambda task: -values[task])
                if (leader := max(kinds[task], key=self._value))
            ],
        }  # fmt: skip


def _window(start: str | None, end: str | None) -> tuple[str, str]:
    try:
        last = datetime.date.fromisoformat(end) if end else utc_now().date()
        first = datetime.date.fromisoformat(start) if start else last - datetime.timedelta(days=MAX_DAYS - 1)
    except ValueError as error:
        raise bad_request("start_date, end_date: expected dates as in 2026-01-31", "start_date") from error
    if not 0 <= (last - first).days < MAX_DAYS:
        raise bad_request(f"start_date, end_date: expected 1 to {MAX_DAYS} days", "start_date")
    return first.isoformat(), last.isoformat()


def _name(row: Row) -> tuple[str, ...]:
    return tuple(row[name] or "" for name in _MODEL)


def _metric(row: Row) -> Row:
    return {
        "model_group": row["model_group"] or "", "model": row["model"] or "",
        "provider": row["custom_llm_provider"] or "", "spend": row["spend"], "prompt_tokens": row["prompt_tokens"],
        "completion_tokens": row["completion_tokens"], "requests": row["api_requests"],
        "successful_requests": row["successful_requests"], "failed_requests": row["failed_requests"],
    }  # fmt: skip
