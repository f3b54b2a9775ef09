"""Lists that are paged, sorted, searched and filtered by the query: `page`, `page_size`, `sort`, `q`, `filter[…][…]`.

As LiteLLM's `/v1` lists have it; a query that is wrong is told as an RFC 9457 problem with what would have been right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.responses import JSONResponse, Response

Row = Mapping[str, Any]
PROBLEM_TYPE = "application/problem+json"
PROBLEM: dict[int | str, dict[str, Any]] = {
    400: {"description": "The query cannot be answered.", "content": {PROBLEM_TYPE: {"schema": {"type": "object"}}}}
}
"""What the OpenAPI document says of a list's refusals."""
DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 50, 100


class QueryProblem(Exception):
    """A query that cannot be answered; `allowed` is what could be asked instead."""

    def __init__(self, kind: str, detail: str, allowed: Sequence[str] | None = None) -> None:
        super().__init__(detail)
        self.kind, self.detail, self.allowed = kind, detail, allowed


def answered(make: Callable[[], dict[str, Any]]) -> Response:
    """What `make` gives as JSON, or the problem that it raises, with status 400."""
    try:
        return JSONResponse(make())
    except QueryProblem as problem:
        body = {
            "type": f"urn:litellm:error:{problem.kind}", "title": problem.kind.replace("-", " ").capitalize(),
            "status": 400, "detail": problem.detail,
        }  # fmt: skip
        if problem.allowed is not None:
            body["allowed"] = sorted(problem.allowed)
        return JSONResponse(body, 400, media_type=PROBLEM_TYPE)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list can be asked for: fields to sort by, the one that `q` searches, and filters with their operators.

    Operators are `eq`, `in` (of a comma-separated list) and `contains`; of a field with several values one is enough.
    """

    sortable: frozenset[str]
    searched: str
    filters: Mapping[str, tuple[str, ...]]

    def page(self, request: Request, rows: Sequence[Row]) -> dict[str, Any]:
        """One page of `rows`, with totals and links. Raises QueryProblem."""
        given = self._given(request, sorts=True)
        page, size = self._page_of(given)
        found = self._sorted(self._found(given, rows), given.get("sort", self.searched))
        pages = math.ceil(len(found) / size)
        last = max(pages, 1)
        return {
            "data": found[(page - 1) * size : page * size],
            "meta": {"total_count": len(found), "page": page, "page_size": size, "total_pages": pages},
            "links": {
                **_links(request, page, more=page < last), "first": _link(request, 1), "last": _link(request, last)
            },
        }  # fmt: skip

    def values(self, request: Request, rows: Sequence[Row], field: str) -> dict[str, Any]:
        """One page of the values that `field` has in the rows that the query finds. Raises QueryProblem."""
        given = self._given(request, sorts=False)
        page, size = self._page_of(given)
        found = sorted({value for row in self._found(given, rows) for value in _values(row, field) if value})
        more = len(found) > page * size
        return {
            "data": found[(page - 1) * size : page * size],
            "meta": {"page": page, "page_size": size, "has_more": more},
            "links": _links(request, page, more=more),
        }

    def _given(self, request: Request, *, sorts: bool) -> dict[str, str]:
        allowed = {"page", "page_size", "q", *(("sort",) if sorts else ())}
        for field, operators in self.filters.items():
            allowed |= {_filter(field, operator) for operator in operators}
        names = [name for name, _ in request.query_params.multi_items()]
        unknown = sorted({_plain(name) for name in names} - allowed)
        if unknown:
            raise QueryProblem("unknown-query-parameter", f"unknown: {', '.join(unknown)}", sorted(allowed))
        if len(set(map(_plain, names))) < len(names):
            raise QueryProblem("duplicate-query-parameter", "each parameter may be given once, lists with commas")
        return {_plain(name): value for name, value in request.query_params.items()}

    def _page_of(self, given: Mapping[str, str]) -> tuple[int, int]:
        page, size = _positive(given, "page", 1), _positive(given, "page_size", DEFAULT_PAGE_SIZE)
        return page, min(size, MAX_PAGE_SIZE)

    def _found(self, given: Mapping[str, str], rows: Sequence[Row]) -> list[Row]:
        found = [row for row in rows if given.get("q", "").casefold() in str(row[self.searched]).casefold()]
        for field, operators in self.filters.items():
            for operator in operators:
                if (wanted := given.get(_filter(field, operator))) is not None:
                    found = [row for row in found if _holds(_values(row, field), operator, wanted)]
        return found

    def _sorted(self, rows: list[Row], order: str) -> list[Row]:
        names = [name.strip() for name in order.split(",")]
        fields = [name.removeprefix("-") for name in names]
        if not self.sortable.issuperset(fields):
            raise QueryProblem("invalid-sort-field", "sort: there is no such field", sorted(self.sortable))
        if len(set(fields)) < len(fields):
            raise QueryProblem("duplicate-sort-field", "sort: a field may be given once", sorted(self.sortable))
        for name in [self.searched, *reversed(names)]:  # a sort keeps the order of what it finds equal
            field = name.removeprefix("-")
            known = [row for row in rows if row.get(field) is not None]
            unknown = [row for row in rows if row.get(field) is None]
            rows = sorted(known, key=itemgetter(field), reverse=name.startswith("-")) + unknown
        return rows


def _plain(name: str) -> str:
    """`filter[mode][eq]` is `filter[mode]`."""
    return name.removesuffix("[eq]") if name.startswith("filter[") else name


def _filter(field: str, operator: str) -> str:
    return f"filter[{field}]" if operator == "eq" else f"filter[{field}][{operator}]"


def _values(row: Row, field: str) -> Sequence[Any]:
    value = row.get(field)
    return value if isinstance(value, (list, tuple)) else (value,)


def _holds(values: Sequence[Any], operator: str, wanted: str) -> bool:
    if operator == "contains":
        return any(wanted.casefold() in str(value).casefold() for value in values if value is not None)
    choices = [item.strip() for item in wanted.split(",")] if operator == "in" else [wanted]
    return any(value in choices for value in values)


def _positive(given: Mapping[str, str], name: str, default: int) -> int:
    try:
        value = int(given.get(name, default))
    except ValueError:
        value = 0
    if value < 1:
        raise QueryProblem("invalid-query-parameter", f"{name}: expected a whole number from 1")
    return value


def _links(request: Request, page: int, *, more: bool) -> dict[str, str | None]:
    return {
        "self": _link(request, page), "prev": _link(request, page - 1) if page > 1 else None,
        "next": _link(request, page + 1) if more else None,
    }  # fmt: skip


def _link(request: Request, page: int) -> str:
    others = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    return f"{request.url.path}?{urlencode([*others, ('page', page)])}"
