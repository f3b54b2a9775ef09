"""Images by Bedrock's models. Source: the image pages of Bedrock's user guide."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import litellm
from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.bedrock.route import route_of
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object

TEXT_TO_IMAGE = "TEXT_IMAGE"
_CANVAS = ("amazon.nova-canvas", "amazon.titan-image")
_TASK_FIELDS = (
    "colorGuidedGenerationParams", "inPaintingParams", "outPaintingParams", "imageVariationParams",
    "backgroundRemovalParams", "virtualTryOnParams",
)  # fmt: skip
_PROMPT_ONLY = ("stability.sd3", "stability.stable-image")


class BedrockImages(EndpointFormat):
    """InvokeModel of an image model: Amazon's, and Stability's older and newer ones."""

    sdk_retries = False
    shows_model = True

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI parameter names that the model takes."""
        base = route_of(model).base
        if base.startswith(_CANVAS):
            return ("n", "size", "quality")
        return () if base.startswith(_PROMPT_ONLY) else ("size",)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under the model's own names."""
        mapped: dict[str, Any] = {}
        if params.get("n") is not None:
            mapped["numberOfImages"] = params["n"]
        width, x, height = str(params.get("size") or "").partition("x")
        if x and width.isdigit() and height.isdigit():
            mapped.update({"width": int(width), "height": int(height)})
        if params.get("quality") is not None:
            mapped["quality"] = "premium" if params["quality"] == "hd" else params["quality"]
        return mapped

    def shown_provider(self, provider: str) -> str | None:
        """None: upstream's responses do not say."""
        return None

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST to `invoke`."""
        own = dict(call.params)
        extra = own.pop("extra_body", None) or {}
        target = BedrockTarget(call.model, own, api_base=call.api_base, api_key=call.api_key, headers=call.headers)
        base = target.route.base
        prompt = call.inputs.get("prompt")
        if base.startswith(_CANVAS):
            body = _canvas(prompt, own)
        elif base.startswith(_PROMPT_ONLY):
            body = {"prompt": prompt, **own}
        else:
            body = {"text_prompts": [{"text": prompt, "weight": 1}], **own}
        return target.post("invoke", {**body, **extra})

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The images in base64. Raises `ContentPolicyViolationError` when they were filtered."""
        try:
            data = decode_object(body)
        except WireError as error:
            raise WireError("Bedrock's reply is not a JSON object", status=None) from error
        reasons = [reason for reason in data.get("finish_reasons") or () if reason]
        if reasons or (data.get("error") and not data.get("images")):
            raise litellm.ContentPolicyViolationError(
                message=f"the image was not made: {reasons[0] if reasons else data['error']}",
                model=call.model,
                llm_provider=call.provider,
            )
        if isinstance(data.get("artifacts"), list):
            images = [artifact.get("base64") for artifact in data["artifacts"]]
        else:
            images = list(data.get("images") or ())
        return {"data": [{"b64_json": image} for image in images]}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)


def _canvas(prompt: Any, own: dict[str, Any]) -> dict[str, Any]:
    """Amazon's request: a task, its parameters, and how many images of which kind."""
    task = own.pop("taskType", TEXT_TO_IMAGE)
    tasks = {name: own.pop(name) for name in _TASK_FIELDS if name in own}
    text = {"text": prompt, **(own.pop("textToImageParams", None) or {})}
    config = own.pop("imageGenerationConfig", None) or {}
    if not tasks:
        tasks = {"textToImageParams": text}
    return {"taskType": task, **tasks, "imageGenerationConfig": {**own, **config}}
