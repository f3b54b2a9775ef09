"""What the router and the callbacks are told of a request: who asked, from where, under which id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.requests import HTTPConnection

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.endpoints.routes import LLMRoute
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.request_context import headers_of

AUTH_FIELDS = {
    "user_api_key": "token", "user_api_key_alias": "key_alias", "user_api_key_user_id": "user_id",
    "user_api_key_team_id": "team_id", "user_api_key_team_alias": "team_alias", "user_api_key_org_id": "org_id",
    "user_api_key_user_email": "user_email", "user_api_key_end_user_id": "end_user_id",
    "user_api_key_max_budget": "max_budget", "user_api_key_spend": "spend",
}  # fmt: skip
"""What callbacks are told of who asks, and the fields of `UserAPIKeyAuth` that it is."""
_HIDDEN_HEADERS = frozenset(
    {"authorization", "x-api-key", "api-key", "cookie", "proxy-authorization", "x-goog-api-key"}
)
_CREDENTIALS = frozenset({"api_key", "headers", "extra_headers"})
"""Fields of a body that carry credentials."""
_OWN_PREFIX = "user_api_key"
_NOTED = "x-litellm-spend-logs-metadata"
MAX_NOTED = 16 * 1024
"""Bytes of what a client puts into its spend log."""


def add_metadata(
    body: dict[str, Any], route: LLMRoute, auth: UserAPIKeyAuth, call_id: str, request: HTTPConnection
) -> None:
    """Add the gateway's metadata to `body`, in place. A client cannot speak for another key in it."""
    theirs = body.get(route.metadata_field) or {}
    metadata = {name: value for name, value in theirs.items() if not name.startswith(_OWN_PREFIX)}
    metadata |= {name: getattr(auth, field, None) for name, field in AUTH_FIELDS.items()}
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


def request_seen(request: HTTPConnection, body: Mapping[str, Any]) -> dict[str, Any]:
    """What hooks find as `data["proxy_server_request"]`: the request as the client sent it, without credentials."""
    return {
        "url": str(request.url.remove_query_params("key")),  # which Google's clients send in the address
        "method": request.scope.get("method", "GET"),
        "headers": visible_headers(headers_of(request)),
        "body": {name: value for name, value in body.items() if name not in _CREDENTIALS},
    }


def session_of(body: Mapping[str, Any], headers: Mapping[str, str]) -> str | None:
    """The session or trace that a request says it belongs to; it groups spend logs."""
    given = [body.get("litellm_session_id"), body.get("litellm_trace_id")]
    given += [headers.get("x-litellm-session-id"), headers.get("x-litellm-trace-id")]
    return next((value for value in given if isinstance(value, str) and value), None)


def noted(body: Mapping[str, Any], field: str, headers: Mapping[str, str]) -> dict[str, Any] | None:
    """What a client wants in its spend log: `spend_logs_metadata` of the body's metadata, and of the header.

    Raises InvalidRequestError for what is no JSON object, or too long.
    """
    metadata = body.get(field)
    own = metadata.get("spend_logs_metadata") if isinstance(metadata, dict) else None
    text = headers.get(_NOTED)
    if text is None and not isinstance(own, dict):
        return None
    try:
        given = orjson.loads(text) if text else {}
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError(f"{_NOTED}: expected a JSON object", _NOTED) from error
    if not isinstance(given, dict):
        raise InvalidRequestError(f"{_NOTED}: expected a JSON object", _NOTED)
    found = {**(own if isinstance(own, dict) else {}), **given}
    if len(orjson.dumps(found)) > MAX_NOTED:
        raise InvalidRequestError(f"{_NOTED}: longer than {MAX_NOTED} bytes", _NOTED)
    return found


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
