"""Pages: what list routes ask for and answer with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from fastapi import Query

from litellm.proxy.management_endpoints.common.context import bad_request

Page = Annotated[int, Query(ge=1, le=1_000_000)]
Size = Annotated[int, Query(ge=1, le=100)]
LargeSize = Annotated[int, Query(ge=1, le=1000)]


def sorting(sort_by: str | None, sort_order: str | None, allowed: Collection[str]) -> dict[str, Any]:
    """`Listing` arguments. Raises ProxyException 400 that names the columns there are."""
    if sort_by is not None and sort_by not in allowed:
        raise bad_request(f"sort_by: expected one of {', '.join(sorted(allowed))}", "sort_by")
    order = (sort_order or "desc").lower()
    if order not in ("asc", "desc"):
        raise bad_request("sort_order: expected asc or desc", "sort_order")
    return {"sort_by": sort_by, "descending": order == "desc"}


def pages(total: int, size: int) -> int:
    """How many pages `total` rows fill."""
    return -(-total // size)


def paged(name: str, rows: list[Any], total: int, page: int, size: int) -> Mapping[str, Any]:
    """A page as most of upstream's list routes answer it."""
    return {name: rows, "total": total, "page": page, "page_size": size, "total_pages": pages(total, size)}
