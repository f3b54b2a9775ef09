"""Google's Veo, at Google AI Studio and Vertex AI: an operation that is asked about until it is done.

Source: Google's references for `predictLongRunning`, `operations` and `fetchPredictOperation`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.gemini.chat import api_key_headers, google_error, model_url
from litellm.llms.gemini.images import image_base64
from litellm.llms.vertex_ai.endpoint import VertexEndpoint
from litellm.llms.wire import SHAPE_ERRORS, ErrorDetails, WireError, WireRequest, decode_object, encode_json, misshapen

PROVIDERS = frozenset({"gemini", "vertex_ai"})
DEFAULT_SECONDS = 8
_START = "predictLongRunning"
_RESOLUTIONS = {720: "720p", 1080: "1080p", 2160: "4k"}
_AT_STUDIO = re.compile(r"models/\w[\w.-]*/operations/\w[\w.-]*")
_AT_VERTEX = re.compile(
    r"projects/([\w.:-]+)/locations/(\w[\w-]*)/publishers/google/models/(\w[\w.@-]*)/operations/\w[\w.-]*"
)


class GoogleVideos(EndpointFormat):
    """`predictLongRunning`. Parameters other than OpenAI's are Veo's: `negativePrompt`, `seed`, …"""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI's parameters; Veo has no use for `user`."""
        return ("seconds", "size", "input_reference", "user")

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Google's names. Raises `ValueError` for a size or a length that is none."""
        mapped: dict[str, Any] = {}
        if params.get("size"):
            mapped = _shape(str(params["size"]), resolves="veo-2" not in model)
        if params.get("seconds") is not None:
            mapped["durationSeconds"] = int(params["seconds"])
        if params.get("input_reference") is not None:
            mapped["image"] = params["input_reference"]
        return mapped

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that starts the operation."""
        parameters = dict(call.params)
        extra = dict(parameters.pop("extra_body", None) or {})
        instance: dict[str, Any] = {"prompt": call.inputs.get("prompt")}
        if (image := parameters.pop("image", None)) is not None:
            media, data = image_base64(image)
            instance["image"] = {"mimeType": media, "bytesBase64Encoded": data}
        body = {"instances": [instance], "parameters": {**parameters, **(extra.pop("parameters", None) or {})}, **extra}
        if call.provider == "gemini":
            url = model_url(call.api_base, call.model, _START)
            return WireRequest("POST", url, api_key_headers(call.api_key, call.headers), encode_json(body))
        place = VertexEndpoint(call.options, call.api_base, call.model)
        return _vertex_post(call, place, place.model_method(call.model, _START), body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The video that is being made; its id is the operation's name."""
        name = decode_object(body).get("name")
        if not isinstance(name, str):
            raise WireError("the provider's reply holds no 'name'")
        usage: dict[str, Any] = {"duration_seconds": float(call.params.get("durationSeconds") or DEFAULT_SECONDS)}
        if call.params.get("resolution"):
            usage["video_resolution"] = call.params["resolution"]
        return {"id": name, "status": "processing", "model": call.model, "usage": usage}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google says about its refusal."""
        return google_error(body)


def _shape(size: str, *, resolves: bool) -> dict[str, Any]:
    width, times, height = size.partition("x")
    if not (times and width.isdigit() and height.isdigit()):
        raise ValueError(f"size: expected <width>x<height>, not {size!r}")
    shape = {"aspectRatio": "16:9" if int(width) >= int(height) else "9:16"}
    resolution = _RESOLUTIONS.get(min(int(width), int(height)))
    return {**shape, "resolution": resolution} if resolves and resolution else shape


def _vertex_post(call: EndpointCall, place: VertexEndpoint, url: str, body: Any) -> WireRequest:
    headers = {"content-type": "application/json", **call.headers}
    return WireRequest("POST", url, headers, encode_json(body), place.signer())


def operation_request(call: EndpointCall, name: Any) -> WireRequest:
    """The request for the operation of this name. Raises `ValueError` for a name that is none."""
    if call.provider == "gemini":
        if not _AT_STUDIO.fullmatch(str(name)):
            raise ValueError(f"video_id: {name!r} is no operation of Google AI Studio's")
        root = model_url(call.api_base, "m", "get").removesuffix("/models/m:get")
        return WireRequest("GET", f"{root}/{name}", api_key_headers(call.api_key, call.headers), b"")
    found = _AT_VERTEX.fullmatch(str(name))
    if found is None:
        raise ValueError(f"video_id: {name!r} is no operation of Vertex AI's")
    project, location, model = found.groups()
    place = VertexEndpoint(
        {**call.options, "vertex_project": project, "vertex_location": location}, call.api_base, model
    )
    return _vertex_post(call, place, place.model_method(model, "fetchPredictOperation"), {"operationName": name})


def video_of(operation: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The fields of the video that an operation makes."""
    said = operation.get("error")
    if isinstance(said, Mapping):
        error = {"code": str(said.get("code")), "message": str(said.get("message"))}
        return {"id": name, "status": "failed", "error": error}
    return {"id": name, "status": "completed" if operation.get("done") else "processing"}


def content_of(operation: Mapping[str, Any]) -> bytes | str:
    """The bytes of a finished video, or where they are. Raises `WireError` when it is not there."""
    try:
        response = operation.get("response") or {}
        samples = (response.get("generateVideoResponse") or {}).get("generatedSamples")
        videos = [sample["video"] for sample in samples] if samples else response.get("videos") or []
        if not videos:
            said = (operation.get("error") or {}).get("message") or "it is not finished, or was held back"
            raise WireError(f"the video is not there: {said}", status=404)
        video = videos[0]
        inline = video.get("bytesBase64Encoded") or video.get("encodedVideo")
        return base64.b64decode(inline) if inline else str(video.get("uri") or video["gcsUri"])
    except (*SHAPE_ERRORS, binascii.Error) as error:
        raise misshapen(error) from error


def download_request(call: EndpointCall, place: Any) -> WireRequest:
    """The GET of a video's bytes. Raises `ValueError` for a place that is not the API's, which the key is not shown."""
    root = model_url(call.api_base, "m", "get")
    if urlsplit(str(place))[:2] != urlsplit(root)[:2]:
        raise ValueError(f"the video is at {place}, which is not read here")
    return WireRequest("GET", str(place), api_key_headers(call.api_key, call.headers), b"")
