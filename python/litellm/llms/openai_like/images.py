"""Image generation of providers that differ from OpenAI's in a detail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai.images import OpenAIImages, form_request, image_file
from litellm.llms.wire import WireRequest

STRENGTH = 0.2
"""How far Recraft may leave the image when a call does not say: what LiteLLM sends."""


class RecraftImages(OpenAIImages):
    """Recraft: the base URL is the host's."""

    path = "/v1/images/generations"
    sdk_retries = False
    kept: tuple[str, ...] = ("url", "b64_json")

    def url(self, call: EndpointCall) -> str:
        """The path below the base, whatever that holds."""
        return (call.api_base or "").rstrip("/") + self.path

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The images alone."""
        data = super().parse_response(call, headers, body)
        images = [{k: v for k, v in image.items() if k in self.kept} for image in data["data"]]
        return {"data": images}


class RecraftImageEdit(RecraftImages):
    """Recraft changes one image into another, a form."""

    path = "/v1/images/imageToImage"

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The form with the image and the prompt. Recraft takes one image: the first."""
        images = call.inputs.get("image")
        image = images[0] if isinstance(images, list) and images else images
        fields = {"strength": STRENGTH, **call.params, "model": call.model, "prompt": call.inputs.get("prompt")}
        return form_request(self, call, fields, [("image", image_file(image))])


class AIMLImages(RecraftImages):
    """AI/ML API: the base URL may end in the version."""

    kept = ("url", "b64_json", "revised_prompt")

    def url(self, call: EndpointCall) -> str:
        """The path below the base."""
        base = (call.api_base or "").rstrip("/")
        return base.removesuffix("/v1") + self.path
