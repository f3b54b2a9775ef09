"""Files, batches, fine-tuning, assistants, vector stores, videos, …: asked of the provider that keeps them.

Which provider: that of a served model that the request names (`model` in its body or query, or `x-litellm-model`), else
the one that it names (`custom_llm_provider` in its body or query, or the header `custom-llm-provider`), else the row's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

import litellm
from litellm.cost_rules import session_cost
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.charge import Charge
from litellm.proxy.endpoints.forwarded_table import FORWARDED, ForwardedRoute
from litellm.proxy.endpoints.upload_rules import check_upload, file_limits
from litellm.proxy.metering import pico_of
from litellm.proxy.pass_through_endpoints.account import account_of
from litellm.proxy.pass_through_endpoints.asked import Body, allowed, read_body
from litellm.proxy.pass_through_endpoints.built_in import raw_path
from litellm.proxy.pass_through_endpoints.place import Place
from litellm.proxy.pass_through_endpoints.relay import Target, relay
from litellm.proxy.pass_through_endpoints.target import below, query_of
from litellm.proxy.pass_through_endpoints.videos import SeenVideos, source_of
from litellm.proxy.request_context import authenticated, state_of
from litellm.proxy.spend_tracking.rate_limits import RateLimit
from litellm.proxy.state import GatewayState

_MAKE_VIDEOS = frozenset({"/videos", "/videos/edits", "/videos/extensions", "/videos/{video_id}/remix"})
_TELL_OF_VIDEOS = _MAKE_VIDEOS | {"/videos/{video_id}"}
_NAMED_IN_QUERY = frozenset({"custom_llm_provider", "provider", "model"})


def routes() -> list[BaseRoute]:
    """Every spelling of every row, those without parameters first."""
    pairs = [(prefix, row) for row in FORWARDED for prefix in row.prefixes]
    pairs.sort(key=lambda pair: pair[1].path.count("{"))
    videos = SeenVideos()
    return [_route(prefix, row, videos) for prefix, row in pairs]


def _route(prefix: str, row: ForwardedRoute, videos: SeenVideos) -> Route:
    async def endpoint(request: Request) -> Response:
        auth, state = await authenticated(request, row.path), state_of(request)
        rest = below(raw_path(request), prefix)
        uploads = request.method == "POST" and row.path == "/files"
        if uploads:
            await check_upload(request, state, auth)
        body = await read_body(request, auth, whole=True)
        model = body.model or request.query_params.get("model") or request.headers.get("x-litellm-model")
        auth = allowed(state, auth, model)
        provider = _provider(request, body) or row.provider
        query = query_of(request.url.query, _NAMED_IN_QUERY)
        place = account_of(state, provider, model, prefix, rest, query)
        changed: dict[str, Any] = {name: value for name, value in body.fields.items() if name != "custom_llm_provider"}
        if body.model is not None and place.model is not None:
            changed["model"] = place.model
        if changed != body.fields and isinstance(body.raw, bytes) and body.raw[:1] == b"{":
            body = body.with_fields(changed)
        used = (place.model or body.model) if body.model is not None else None
        target = Target(
            place.url, place.credential, row.path, place.provider, model or "", used, place.facts,
            call_type=call_type_of(row), noticed=_noticed(request, row, place, videos),
            request_pico=_price(request, row, place.provider), tells_model=row.path.startswith("/videos"),
            reserve_pico=await _of_a_video(request, row, place, used, body, videos),
            limits=_file_limits(request, row, body, state, auth),
        )  # fmt: skip
        return await relay(request, auth, body, target)

    return Route(prefix + row.path, endpoint, methods=list(row.methods), name=f"forwarded:{prefix}{row.path}")


def _file_limits(
    request: Request, row: ForwardedRoute, body: Body, state: GatewayState, auth: UserAPIKeyAuth
) -> tuple[RateLimit, ...]:
    """What bounds how often files are uploaded for batches, and each is downloaded."""
    if (request.method, row.path) == ("GET", "/files/{file_id}/content"):
        return tuple(file_limits(state, auth, file_id=request.path_params["file_id"]))
    for_batch = (request.method, row.path, body.fields.get("purpose")) == ("POST", "/files", "batch")
    return tuple(file_limits(state, auth, file_id=None)) if for_batch else ()


async def _of_a_video(
    request: Request, row: ForwardedRoute, place: Place, model: str | None, body: Body, videos: SeenVideos
) -> int:
    """What is set aside for a video that is made, in pico-dollars."""
    if request.method != "POST" or row.path not in _MAKE_VIDEOS:
        return 0
    return await videos.estimate(place, model, body.fields, source_of(request.path_params, body.fields))


def _noticed(
    request: Request, row: ForwardedRoute, place: Place, videos: SeenVideos
) -> Callable[[Charge, bytes], Awaitable[None]] | None:
    """What follows a batch that is made here, and one that is seen to have ended; videos are remembered."""
    if row.path in _TELL_OF_VIDEOS:

        async def saw(charge: Charge, answer: bytes) -> None:
            videos.saw(answer)

        return saw
    made = (request.method, row.path) == ("POST", "/batches")
    if not made and (request.method, row.path) != ("GET", "/batches/{batch_id}"):
        return None
    return state_of(request).batches.follower(place.provider, made=made)


def _price(request: Request, row: ForwardedRoute, provider: str) -> int:
    """What a request costs by itself, in pico-dollars: a container, as much as a session in it."""
    if (request.method, row.path) != ("POST", "/containers"):
        return 0
    return pico_of(float(session_cost(litellm.model_cost, provider) or 0))


def call_type_of(row: ForwardedRoute) -> str:
    """What hooks and logs are told: the path's words."""
    return "_".join(part for part in row.path.split("/") if part and not part.startswith("{"))


def _provider(request: Request, body: Body) -> str | None:
    places: tuple[Mapping[str, Any], ...] = (body.fields, request.query_params)
    found = [place.get("custom_llm_provider") for place in places]
    found += [request.query_params.get("provider"), request.headers.get("custom-llm-provider")]
    return next((name for name in found if isinstance(name, str) and name), None)
