"""The spend routes."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from litellm.proxy.auth.user_api_key_auth import hash_token
from litellm.proxy.db.spend_repository import SpendRepository
from litellm.proxy.request_context import authenticated, state_of

router = APIRouter(tags=["budget & spend tracking"])


@router.get("/spend/logs")
async def spend_logs(
    request: Request,
    api_key: str | None = None,
    request_id: str | None = None,
    start_date: datetime.date | None = None,
    end_date: datetime.date | None = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> list[dict[str, Any]]:
    """Spend log rows, newest first; `end_date` is the last day that is shown."""
    await authenticated(request)
    token = hash_token(api_key) if api_key and api_key.startswith("sk-") else api_key
    midnight = datetime.time()
    start = datetime.datetime.combine(start_date, midnight) if start_date else None
    end = datetime.datetime.combine(end_date, midnight) + datetime.timedelta(days=1) if end_date else None
    repository = SpendRepository(state_of(request).database)
    return await repository.logs(api_key=token, request_id=request_id, start=start, end=end, limit=limit)
