"""Images at Vertex AI: Gemini's, and Imagen's with its reference images for edits."""

from __future__ import annotations

from typing import Any

from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.gemini.image_params import IMAGEN_FIELDS, own_fields
from litellm.llms.gemini.images import GoogleImages, image_base64, images_of
from litellm.llms.vertex_ai.endpoint import VertexEndpoint
from litellm.llms.wire import WireRequest, encode_json

_EDIT_DEFAULTS: dict[str, Any] = {
    "editMode": "EDIT_MODE_INPAINT_INSERTION", "editConfig": {"baseSteps": 50}, "guidanceScale": 7.5
}  # fmt: skip


class VertexImages(GoogleImages):
    """Drawing at Vertex AI."""

    def request(self, call: EndpointCall, method: str, body: dict[str, Any]) -> WireRequest:
        """The POST of `body` to a method of the model."""
        place = VertexEndpoint(call.options, call.api_base, call.model)
        body.update(call.params.get("extra_body") or {})
        headers = {"content-type": "application/json", **call.headers}
        return WireRequest("POST", place.model_method(call.model, method), headers, encode_json(body), place.signer())

    def predict_body(self, call: EndpointCall) -> dict[str, Any]:
        """What Imagen is asked; Vertex AI wants to know how many images."""
        body = super().predict_body(call)
        body["parameters"].setdefault("sampleCount", 1)
        return body

    def content_body(self, call: EndpointCall) -> dict[str, Any]:
        """What Gemini is asked; Vertex AI wants to know who asks."""
        body = super().content_body(call)
        body["contents"][0]["role"] = "user"
        body["generationConfig"]["responseModalities"] = ["IMAGE"]
        del body["generationConfig"]["response_modalities"]
        return body


class VertexImageEdit(VertexImages):
    """Editing at Vertex AI."""

    def predict_body(self, call: EndpointCall) -> dict[str, Any]:
        """What Imagen is asked: the images to edit, and perhaps a mask, are references of the prompt."""
        references = [_reference(number, image) for number, image in enumerate(images_of(call), 1)]
        mask = call.params.get("mask")
        if mask is not None:
            config = {"maskMode": call.params.get("maskMode", "MASK_MODE_USER_PROVIDED")}
            references.append(
                {**_reference(len(references) + 1, mask, "REFERENCE_TYPE_MASK"), "maskImageConfig": config}
            )
        own = own_fields(call.params, IMAGEN_FIELDS - {"maskMode"})
        parameters = {"sampleCount": 1, **_EDIT_DEFAULTS, **own}
        return {
            "instances": [{"prompt": call.inputs.get("prompt"), "referenceImages": references}],
            "parameters": parameters,
        }


def _reference(number: int, image: Any, kind: str = "REFERENCE_TYPE_RAW") -> dict[str, Any]:
    return {
        "referenceType": kind,
        "referenceId": number,
        "referenceImage": {"bytesBase64Encoded": image_base64(image)[1]},
    }
