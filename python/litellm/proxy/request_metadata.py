"""What the router and the callbacks are told of a request: who asked, from where, under which id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.endpoints.routes import LLMRoute
from litellm.proxy.request_context import headers_of

_AUTH_FIELDS = {
    "user_api_key": "token", "user_api_key_alias": "key_alias", "user_api_key_user_id": "user_id",
    "user_api_key_team_id": "team_id", "user_api_key_team_alias": "team_alias", "user_api_key_org_id": "org_id",
    "user_api_key_user_email": "user_email", "user_api_key_end_user_id": "end_user_id",
    "user_api_key_max_budget": "max_budget", "user_api_key_spend": "spend",
}  # fmt: skip
_HIDDEN_HEADERS = frozenset(
    {"authorization", "x-api-key", "api-key", "cookie", "proxy-authorization", "x-goog-api-key"}
)
_OWN_PREFIX = "user_api_key"


def add_metadata(body: dict[str, Any], route: LLMRoute, auth: UserAPIKeyAuth, call_id: str, request: Request) -> None:
    """Add the gateway's metadata to `body`, in place. A client cannot speak for another key in it."""
    theirs = body.get(route.metadata_field) or {}
    metadata = {name: value for name, value in theirs.items() if not name.startswith(_OWN_PREFIX)}
    metadata |= {name: getattr(auth, field, None) for name, field in _AUTH_FIELDS.items()}
    metadata["requester_metadata"] = theirs
    metadata["endpoint"] = request.scope["path"]
    headers = headers_of(request)
    metadata["headers"] = visible_headers(headers)
    if tags := headers.get("x-litellm-tags"):
        given = [tag.strip() for tag in tags.split(",") if tag.strip()]
        metadata["tags"] = [*(theirs.get("tags") or ()), *given]
    body[route.metadata_field] = metadata
    body["litellm_call_id"] = call_id
    _per_request_settings(body, headers)
    if route.shape == "anthropic" and (beta := headers.get("anthropic-beta")):
        body["extra_headers"] = {**(body.get("extra_headers") or {}), "anthropic-beta": beta}


def _per_request_settings(body: dict[str, Any], headers: Mapping[str, str]) -> None:
    for header, name in (("x-litellm-timeout", "timeout"), ("x-litellm-stream-timeout", "stream_timeout")):
        seconds = _positive(headers.get(header))
        if seconds is not None:
            body[name] = seconds
    retries = headers.get("x-litellm-num-retries", "")
    if retries.isdigit():
        body["num_retries"] = min(int(retries), 10)


def _positive(text: str | None) -> float | None:
    try:
        seconds = float(text) if text else 0.0
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None


def visible_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers without those that carry credentials."""
    return {name: value for name, value in headers.items() if name not in _HIDDEN_HEADERS}
