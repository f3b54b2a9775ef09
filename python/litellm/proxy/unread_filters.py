"""Filters of LiteLLM's list routes that are not read here: a list that passes over them would tell something else."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import Request

from litellm.proxy._types import ProxyException
from litellm.proxy.auth.route_table import plain

_MODELS, _DEPLOYMENTS = frozenset({"team_id", "scope", "healthy_only"}), frozenset({
    "teamId", "include_team_models", "healthy_only",
})  # fmt: skip
UNREAD: Mapping[str, frozenset[str]] = {
    "/audit": frozenset({"search", "object_key_hash", "object_team_id"}),
    "/v1/agents": frozenset({"top_k"}),
    "/v2/team/list": frozenset({"status"}),
    "/models": _MODELS, "/v1/models": _MODELS, "/models/{model_id}": _MODELS, "/v1/models/{model_id}": _MODELS,
    "/model/info": _DEPLOYMENTS, "/v1/model/info": _DEPLOYMENTS,
    "/tag/list": frozenset({"start_date", "end_date"}),
    "/global/spend/report": frozenset({"api_key", "customer_id", "internal_user_id", "team_id"}),
    "/spend/logs/v2": frozenset({
        "cache_hit_filter", "error_code", "error_message", "group_by_session", "search", "session_cursor",
        "span_type", "used_client_oauth_token",
    }),
}  # fmt: skip
"""Route → parameters. One that is false asks for nothing."""


def refuse_unread(request: Request, path: str) -> None:
    """Raises ProxyException 400 for a filter that is not read, where one is given."""
    unread = UNREAD.get(plain(path))
    if unread is None:
        return
    for name in unread & request.query_params.keys():
        if request.query_params[name].lower() not in ("", "false", "0"):
            raise ProxyException(f"{name}: this route does not filter by it here", "bad_request_error", name, 400)
