"""OpenAI's images: generated, edited and varied. Also those of providers that speak its format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.multipart import NamedFile, Part, encode, form_fields, image_type_of, named_file
from litellm.llms.openai.chat import refusal_in_body
from litellm.llms.wire import WireError, WireRequest, decode_object

IMAGE_FIELDS = ("url", "b64_json", "revised_prompt")


class OpenAIImages(EndpointFormat):
    """POST /images/generations."""

    path = "/images/generations"
    sends_model = True
    tells_codes = (False, True)

    def shown_provider(self, provider: str) -> str | None:
        """None: LiteLLM's image responses do not name theirs."""
        return None

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that draws the prompt."""
        body: dict[str, Any] = {"model": call.model} if self.sends_model else {}
        return self.json_request(call, {**body, "prompt": call.inputs.get("prompt"), **call.params})

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The images. Raises `WireError` when there is no list of them."""
        return read_images(body)


class OpenAIImageEdit(OpenAIImages):
    """POST /images/edits, a form."""

    path = "/images/edits"

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The form with one or more images, perhaps a mask, and the prompt."""
        fields = {"prompt": call.inputs.get("prompt"), **call.params}
        if self.sends_model:
            fields["model"] = call.model
        mask, images = fields.pop("mask", None), call.inputs.get("image")
        images = images if isinstance(images, list) else [images]
        name = "image" if call.model.startswith("dall-e-2") else "image[]"
        parts: list[Part] = [(name, image_file(image)) for image in images if image is not None]
        if mask is not None:
            parts.append(("mask", image_file(mask, "mask")))
        return form_request(self, call, fields, parts)


class OpenAIImageVariation(OpenAIImages):
    """POST /images/variations, a form."""

    path = "/images/variations"

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The form with the image."""
        parts: list[Part] = [("image", image_file(call.inputs.get("image")))]
        return form_request(self, call, {"model": call.model, **call.params}, parts)


def form_request(
    form: EndpointFormat, call: EndpointCall, fields: dict[str, Any], parts: list[Part], *, brackets: bool = True
) -> WireRequest:
    """A POST of a form: `parts`, then `fields` with the caller's `extra_body` laid over them."""
    fields.update(fields.pop("extra_body", None) or {})
    content_type, body = encode([*parts, *form_fields(fields, brackets=brackets)])
    return WireRequest("POST", form.url(call), {**form.headers(call), "content-type": content_type}, body)


def image_file(value: Any, field: str = "image") -> NamedFile:
    """An image to upload, its type told by its content."""
    file = named_file(value, field=field, default_name=f"{field}.png")
    return NamedFile(file.name, file.content, image_type_of(file.content) or file.media_type)


def read_images(body: bytes) -> dict[str, Any]:
    """The fields of an image reply. Raises `WireError` when it holds no list of images."""
    data = decode_object(body)
    if not isinstance(data.get("data"), list):
        raise refusal_in_body(data) if data.get("error") else WireError("the provider's reply holds no 'data'")
    return data
