"""Videos, as steps: made as any model's answer is, then asked about by an id that tells who keeps them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.gemini import videos as google
from litellm.llms.openai import stored, videos as openai
from litellm.llms.openai.stored import Build
from litellm.llms.responses.ids import VIDEO, decode_id, encode_id
from litellm.llms.wire import WireRequest, decode_object
from litellm.pipeline.effects import Steps
from litellm.pipeline.plain import Endpoint, plain_steps
from litellm.pipeline.plain_costs import Price, free, video as video_cost
from litellm.pipeline.results import described
from litellm.pipeline.run import Run
from litellm.pipeline.stored import DEFAULT_PROVIDER, Read, plain, priced, raw, stored_steps
from litellm.types.videos.main import CharacterObject, VideoObject

DEFAULT_MODEL = "sora-2"
_KEEPERS = frozenset({"openai", "azure", "litellm_proxy", "hosted_vllm"})
Made = Callable[[dict[str, Any], str], Steps[Any]]


def _model_id(run: Run, model: Any = None) -> str | None:
    """What an id remembers of the model: the deployment that was asked, which a router finds again, or the name."""
    deployment = (run.arguments.get("model_info") or {}).get("id")
    return deployment or run.model or run.arguments.get("known_model_id") or model


def _video(run: Run, fields: Mapping[str, Any]) -> VideoObject:
    known = dict(fields)
    known["id"] = encode_id(str(known.get("id") or ""), run.provider, _model_id(run, known.get("model")), VIDEO)
    return VideoObject(**known)


def _mocked(run: Run, mock: Any) -> dict[str, Any]:
    """A whole video, perhaps as JSON text, or the id of one."""
    if isinstance(mock, str):
        return dict(json.loads(mock)) if mock.lstrip().startswith("{") else {"id": mock}
    return dict(mock)


_GENERATION = plain_steps(
    Endpoint(
        "video_generation", inputs=("prompt",), params=frozenset({"input_reference", "seconds", "size", "user"}),
        response=VideoObject, cost=video_cost, mock=_mocked,
    )
)  # fmt: skip


def generation(arguments: dict[str, Any], call_type: str) -> Steps[VideoObject]:
    """The steps of making a video."""
    asked = {"model": DEFAULT_MODEL, **arguments}
    made: VideoObject = yield from _GENERATION(asked, call_type)
    hidden, mocked = made._hidden_params, arguments.get("mock_response") is not None
    if not mocked:
        made.id = encode_id(made.id, hidden["llm_provider"], hidden["model_id"] or hidden["litellm_model_name"], VIDEO)
    return made


def about(steps: Made) -> Made:
    """`steps` of a request about a video, whose id tells the provider where the call does not."""

    def told(arguments: dict[str, Any], call_type: str) -> Steps[Any]:
        return steps(_origin(arguments), call_type)

    return told


def _origin(arguments: dict[str, Any]) -> dict[str, Any]:
    origin = decode_id(str(arguments.get("video_id") or ""), VIDEO)
    told = {**arguments, "video_id": origin.response_id, "known_model_id": origin.model_id}
    if origin.provider and "custom_llm_provider" not in arguments and "/" not in str(arguments.get("model") or ""):
        told["custom_llm_provider"] = origin.provider
    return told


def _told(run: Run, reply: Reply) -> VideoObject:
    """A video as it is."""
    data = decode_object(reply.body)
    if run.provider in google.PROVIDERS:
        data = google.video_of(data, str(run.arguments["video_id"]))
    elif data.get("deleted"):
        data.setdefault("status", "deleted")
    made: VideoObject = described(run, _video(run, data), reply.headers)
    return made


def _made(run: Run, reply: Reply) -> VideoObject:
    """A video that is made of another."""
    asked = {"seconds": run.arguments["seconds"]} if "seconds" in run.arguments else {}
    made: VideoObject = described(run, _video(run, openai.made_video(reply.body, asked)), reply.headers)
    return made


def _page(run: Run, reply: Reply) -> dict[str, Any]:
    """A page of videos, their ids with their origin."""
    data = decode_object(reply.body)
    data["data"] = [
        {**item, "id": encode_id(item["id"], run.provider, _model_id(run, item.get("model")), VIDEO)}
        for item in data.get("data") or ()
    ]
    if data["data"]:
        data |= {"first_id": data["data"][0]["id"], "last_id": data["data"][-1]["id"]}
    return data


def _status_request(call: EndpointCall, asked: dict[str, Any]) -> WireRequest:
    if call.provider in google.PROVIDERS:
        return google.operation_request(call, asked["video_id"])
    return _asks("GET", "/videos/{video_id}")(call, asked)


def _asks(method: str, path: str, body: tuple[str, ...] = (), query: tuple[str, ...] = ()) -> Build:
    return stored.asks(method, path, body=body, query=query, version=None)


def _steps(build: Build, read: Read, *, also: frozenset[str] = frozenset(), price: Price = video_cost) -> Made:
    kind, providers = "such requests about videos", _KEEPERS | also
    return about(stored_steps(build, read, kind=kind, providers=providers, sdk=False, price=price))


STATUS = _steps(_status_request, _told, also=google.PROVIDERS)
LIST = _steps(_asks("GET", "/videos", query=("after", "limit", "order")), _page)
REMIX = _steps(_asks("POST", "/videos/{video_id}/remix", body=("prompt",)), _made)
EDIT = _steps(openai.edit_request, _made)
EXTENSION = _steps(openai.extension_request, _made)
DELETE = _steps(_asks("DELETE", "/videos/{video_id}"), _told)
CREATE_CHARACTER = _steps(openai.character_request, priced(CharacterObject), price=free)
GET_CHARACTER = _steps(_asks("GET", "/videos/characters/{character_id}"), priced(CharacterObject), price=free)
_CONTENT = _steps(_asks("GET", "/videos/{video_id}/content", query=("variant",)), raw)
_OPERATION = _steps(_status_request, plain, also=google.PROVIDERS)
_DOWNLOAD = _steps(
    lambda call, asked: google.download_request(call, asked["video_uri"]), raw,
    also=google.PROVIDERS,
)  # fmt: skip


def content(arguments: dict[str, Any], call_type: str) -> Steps[bytes]:
    """The steps of reading a video's bytes: at Google, those that the operation holds or tells the place of."""
    told = _origin(arguments)
    prefix = str(told.get("model") or "").partition("/")[0]
    provider = told.get("custom_llm_provider") or (prefix if prefix in google.PROVIDERS else DEFAULT_PROVIDER)
    if provider not in google.PROVIDERS:
        kept: bytes = yield from _CONTENT(told, call_type)
        return kept
    operation = yield from _OPERATION(told, call_type)
    found = _content_of(operation, told, call_type)
    if isinstance(found, bytes):
        return found
    downloaded: bytes = yield from _DOWNLOAD({**told, "video_uri": found}, call_type)
    return downloaded


def _content_of(operation: dict[str, Any], told: dict[str, Any], call_type: str) -> bytes | str:
    try:
        return google.content_of(operation)
    except Exception as error:
        raise Run(told, call_type).failed(error) from error
