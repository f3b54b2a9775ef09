"""OpenAI's videos, at OpenAI and Azure. Source: OpenAI's API reference, Videos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.multipart import NamedFile, Part, form_fields, image_type_of, named_file
from litellm.llms.openai import stored
from litellm.llms.wire import WireError, WireRequest, decode_object

DEFAULT_SECONDS = "4"
"""The length of a video for which none is asked."""
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp", "image/gif": ".gif"}


class OpenAIVideos(EndpointFormat):
    """`POST /videos`, a form."""

    sdk_retries = False

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The form with the prompt, and perhaps an image or a video to begin with."""
        fields = {"model": call.model, "prompt": call.inputs.get("prompt"), **call.params}
        fields.update(fields.pop("extra_body", None) or {})
        reference = fields.pop("input_reference", None)
        parts: list[Part] = form_fields(fields)
        if isinstance(reference, Mapping):
            parts += form_fields({"input_reference": dict(reference)})
        elif reference is not None:
            parts.append(("input_reference", _reference(reference)))
        return stored.form(call, parts, "/videos", None)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The video that is being made."""
        return made_video(body, call.params)


def made_video(body: bytes, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a new video, with its length in `usage`. Raises `WireError` for a reply that is none."""
    data = decode_object(body)
    if not isinstance(data.get("id"), str):
        raise WireError("the provider's reply holds no 'id'")
    seconds = asked.get("seconds") or data.get("seconds") or DEFAULT_SECONDS
    return {**data, "usage": {"duration_seconds": float(seconds)}}


def edit_request(call: EndpointCall, asked: dict[str, Any]) -> WireRequest:
    """The POST that changes a video: one that is kept, or this one."""
    if asked.get("video") is None:
        body = {"prompt": asked.get("prompt"), **video_of(asked), **(asked.get("extra_body") or {})}
        return stored.request(call, "POST", "/videos/edits", body, version=None)
    parts = [*form_fields({"prompt": asked.get("prompt")}), ("video", _film(asked["video"]))]
    return stored.form(call, parts, "/videos/edits", None)


def extension_request(call: EndpointCall, asked: dict[str, Any]) -> WireRequest:
    """The POST that makes a video longer."""
    body = {"prompt": asked.get("prompt"), "seconds": str(asked.get("seconds")), **video_of(asked)}
    return stored.request(call, "POST", "/videos/extensions", body | (asked.get("extra_body") or {}), version=None)


def character_request(call: EndpointCall, asked: dict[str, Any]) -> WireRequest:
    """The form that makes a character of a video."""
    parts = [*form_fields({"name": asked.get("name")}), ("video", _film(asked.get("video")))]
    return stored.form(call, parts, "/videos/characters", None)


def video_of(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The video that a request is about. Raises `ValueError` when it names none."""
    stored.named("video_id", asked.get("video_id"))
    return {"video": {"id": asked["video_id"]}}


def _reference(value: Any) -> NamedFile:
    file = named_file(value, field="input_reference", default_name="input_reference")
    media = image_type_of(file.content) or file.media_type
    name = file.name + (_SUFFIXES.get(media, "") if file.name == "input_reference" else "")
    return NamedFile(name, file.content, media)


def _film(value: Any) -> NamedFile:
    return named_file(value, field="video", default_name="input_video.mp4")
