"""Images of Google's models: drawn by Imagen (`predict`) or Gemini (`generateContent`), and edited by Gemini."""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.gemini.chat import api_key_headers, google_error, model_url
from litellm.llms.gemini.image_params import IMAGE_CONFIG_FIELDS, IMAGEN_FIELDS, own_fields, size_fields
from litellm.llms.gemini.response import error_in_body
from litellm.llms.gemini.usage import convert_usage
from litellm.llms.openai.images import image_file
from litellm.llms.wire import ErrorDetails, WireRequest, decode_object, encode_json


class GoogleImages(EndpointFormat):
    """What drawing and editing have in common, at Google AI Studio and at Vertex AI."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI image parameters that the model takes."""
        return ("n", "size")

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Google's names."""
        mapped: dict[str, Any] = size_fields(provider, model, params.get("size"))
        if params.get("n") is not None:
            mapped["sampleCount"] = params["n"]
        return mapped

    def shown_provider(self, provider: str) -> str | None:
        """None: LiteLLM's image responses do not name theirs."""
        return None

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that draws, or edits, the images."""
        draws = is_imagen(call.model)
        body = self.predict_body(call) if draws else self.content_body(call)
        return self.request(call, "predict" if draws else "generateContent", body)

    def request(self, call: EndpointCall, method: str, body: dict[str, Any]) -> WireRequest:
        """The POST of `body` to a method of the model."""
        extra = call.params.get("extra_body")
        if extra:
            body.update(extra)
        url = model_url(call.api_base, call.model, method)
        return WireRequest("POST", url, api_key_headers(call.api_key, call.headers), encode_json(body))

    def predict_body(self, call: EndpointCall) -> dict[str, Any]:
        """What Imagen is asked."""
        instance = {"prompt": call.inputs.get("prompt")}
        return {"instances": [instance], "parameters": own_fields(call.params, IMAGEN_FIELDS)}

    def content_body(self, call: EndpointCall) -> dict[str, Any]:
        """What Gemini is asked: the images to edit, if there are any, and the prompt."""
        parts = [inline_image(image) for image in images_of(call)]
        parts.append({"text": call.inputs.get("prompt")})
        generation: dict[str, Any] = {"response_modalities": ["IMAGE", "TEXT"]}
        config = {
            **own_fields(call.params, IMAGE_CONFIG_FIELDS),
            **(call.params.get("imageConfig") or call.params.get("image_config") or {}),
        }
        if config:
            generation["imageConfig"] = config
        if call.params.get("sampleCount") is not None:
            generation["candidateCount"] = call.params["sampleCount"]
        return {"contents": [{"parts": parts}], "generationConfig": generation}

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The images, and the tokens they took where Google tells. Raises `WireError` for a broken reply."""
        data = decode_object(body)
        if "error" in data:
            raise error_in_body(data)
        if is_imagen(call.model):
            found = data.get("predictions") or []
            return {"data": [_predicted(item) for item in found if item.get("bytesBase64Encoded")]}
        made: dict[str, Any] = {"data": [{"b64_json": image} for image in _drawn(data)]}
        if data.get("usageMetadata"):
            made["usage"] = image_usage(data["usageMetadata"])
        return made

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What Google says about its refusal."""
        return google_error(body)


def is_imagen(model: str) -> bool:
    """Whether `model` is asked by `predict`."""
    return "gemini" not in model


def images_of(call: EndpointCall) -> list[Any]:
    """The images of an edit."""
    given = call.inputs.get("image")
    return [image for image in (given if isinstance(given, list) else [given]) if image is not None]


def image_base64(image: Any) -> tuple[str, str]:
    """(media type, base64) of an image to upload."""
    file = image_file(image)
    return file.media_type, base64.b64encode(file.content).decode()


def inline_image(image: Any) -> dict[str, Any]:
    """An image as a part."""
    media_type, data = image_base64(image)
    return {"inlineData": {"mimeType": media_type, "data": data}}


def _predicted(item: Mapping[str, Any]) -> dict[str, Any]:
    return {"b64_json": item["bytesBase64Encoded"]}


def _drawn(data: Mapping[str, Any]) -> list[str]:
    return [
        part["inlineData"]["data"]
        for candidate in data.get("candidates") or ()
        for part in (candidate.get("content") or {}).get("parts") or ()
        if (part.get("inlineData") or {}).get("data")
    ]


def image_usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Tokens of an image call in OpenAI's terms."""
    counted = convert_usage(usage)
    asked, made = counted["prompt_tokens_details"], counted["completion_tokens_details"]
    images_in = int(asked.get("image_tokens") or 0)
    return {
        "input_tokens": counted["prompt_tokens"],
        "input_tokens_details": {
            "image_tokens": images_in,
            "text_tokens": int(asked.get("text_tokens") or counted["prompt_tokens"] - images_in),
        },
        "output_tokens": counted["completion_tokens"],
        "output_tokens_details": {
            "image_tokens": int(made.get("image_tokens") or 0),
            "text_tokens": int(made.get("text_tokens") or 0),
        },
        "total_tokens": counted["total_tokens"],
    }
