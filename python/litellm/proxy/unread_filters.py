"""Filters of LiteLLM's list routes that are not read here: a list that passes over them would tell something else."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from litellm.proxy._types import ProxyException
from litellm.proxy.auth.route_table import plain

_DAYS = ("", "/aggregated", "/aggregated/keys", "/aggregated/model_top_keys", "/aggregated/search", "/export")
_EXCLUDED = {"customer": "exclude_end_user_ids", "organization": "exclude_organization_ids", "team": "exclude_team_ids"}

UNREAD: Mapping[str, frozenset[str]] = {
    "/audit": frozenset({"search", "object_key_hash", "object_team_id"}),
    "/key/aliases": frozenset({"team_id"}),
    "/key/list": frozenset({"access_group_id"}),
    "/user/list": frozenset({"organization_ids", "team"}),
    "/tag/list": frozenset({"start_date", "end_date"}),
    "/global/spend/report": frozenset({"api_key", "customer_id", "internal_user_id", "team_id"}),
    "/spend/logs/v2": frozenset({
        "cache_hit_filter", "error_code", "error_message", "group_by_session", "key_alias", "search", "session_cursor",
        "span_type", "used_client_oauth_token",
    }),
    **{f"/{entity}/daily/activity{path}": frozenset({name}) for entity, name in _EXCLUDED.items() for path in _DAYS},
}  # fmt: skip
"""Route → parameters. What only adds to a list, and `timezone`, is passed over."""


def refuse_unread(request: Request, path: str) -> None:
    """Raises ProxyException 400 for a filter that is not read, where one is given."""
    unread = UNREAD.get(plain(path))
    if unread is None:
        return
    for name in unread & request.query_params.keys():
        if request.query_params[name]:
            raise ProxyException(f"{name}: this route does not filter by it here", "bad_request_error", name, 400)
