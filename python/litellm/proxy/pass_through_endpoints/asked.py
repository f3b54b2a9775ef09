"""What is known of a request that is forwarded: its body where that is JSON, and the model that it names."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request

from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.model_access import acting, may_call_served
from litellm.proxy.request_body import MAX_DEPTH, too_deep
from litellm.proxy.state import GatewayState

_READ = frozenset({"model", "prompt", "purpose", "seconds", "size", "user", "video"})
"""Fields of a form that something is decided by."""

Content = bytes | AsyncIterator[bytes]


@dataclass(slots=True)
class Body:
    """A request's body: `raw` to send; `fields` when it is a JSON object."""

    raw: Content
    fields: dict[str, Any] = field(default_factory=dict)

    @property
    def model(self) -> str | None:
        """The model that it names."""
        model = self.fields.get("model")
        return model if isinstance(model, str) and model else None

    def with_fields(self, fields: Mapping[str, Any]) -> Body:
        """A body of other fields."""
        return Body(orjson.dumps(fields), dict(fields))


async def read_body(request: Request, auth: UserAPIKeyAuth, *, whole: bool = False) -> Body:
    """The body. One that is no JSON is not read here but streamed on, unless it is needed `whole`.

    For a key that may use some models or vector stores only, what is checked is what is sent: JSON is written anew, so
    that no second field of the same name slips through, and anything else that can name a model is read for it. Raises
    InvalidRequestError for JSON of such a key that is broken.
    """
    if request.method in ("GET", "HEAD", "DELETE") and "content-type" not in request.headers:
        return Body(await request.body())
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.startswith("multipart/"):
        return await _form(request, auth, whole=whole)
    if kind and not (kind == "application/json" or kind.endswith("+json")):
        return Body(await request.body() if whole or auth.is_restricted else request.stream())
    raw = await request.body()
    fields = _parsed(raw, auth)
    return Body(orjson.dumps(fields) if auth.is_restricted and fields else raw, fields)


def _parsed(raw: bytes, auth: UserAPIKeyAuth) -> dict[str, Any]:
    try:
        found = orjson.loads(raw) if raw else {}
    except orjson.JSONDecodeError as error:
        if auth.is_restricted or raw.count(b"[") + raw.count(b"{") > MAX_DEPTH:
            raise InvalidRequestError(f"the request body is not valid JSON: {error}", "request_body") from error
        return {}  # the provider is the one to judge it
    if too_deep(raw, found):
        raise InvalidRequestError(f"the request body is nested more than {MAX_DEPTH} deep", "request_body")
    return found if isinstance(found, dict) else {}


async def _form(request: Request, auth: UserAPIKeyAuth, *, whole: bool) -> Body:
    if not auth.allowed_models and not whole:
        return Body(request.stream())
    raw = await request.body()
    async with request.form(max_files=1000, max_fields=1000) as form:
        fields = [(name, value) for name, value in form.multi_items() if name in _READ]
    models = [value for name, value in fields if name == "model"]
    if len(models) > 1 or not all(isinstance(model, str) for model in models):
        raise InvalidRequestError("model: once, as a text", "model")
    return Body(raw, {name: value for name, value in fields if isinstance(value, str)})


def allowed(state: GatewayState, auth: UserAPIKeyAuth, model: str | None) -> UserAPIKeyAuth:
    """The caller, in the team that may call `model`. Raises ProxyException 401 when none may."""
    auth = acting(state, auth, model)
    if model is not None and not may_call_served(state, auth, model):
        raise ProxyException(
            f"this key may not call the model {model[:200]!r}", "key_model_access_denied", "model", 401
        )
    return auth
