"""What every request to a SageMaker endpoint needs besides its body."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import quote

from litellm.llms.aws.endpoint import region_for, service_address
from litellm.llms.wire import JSON_HEADERS, WireRequest, encode_json
from litellm.secret_managers.aws.settings import take_settings
from litellm.secret_managers.aws.signer import AwsSigner

COMPONENT_HEADER = "x-amzn-sagemaker-inference-component"
BASE_URL = "sagemaker_base_url"


def invocation(
    model: str,
    params: MutableMapping[str, Any],
    body: Any,
    *,
    api_base: str | None,
    headers: Mapping[str, str],
    stream: bool = False,
) -> WireRequest:
    """The signed POST of `body` to the endpoint `model`. What is of AWS is taken out of `params` and `body` alike."""
    settings = take_settings(params)
    region = region_for(settings)
    action = "invocations-response-stream" if stream else "invocations"
    given = api_base or params.get(BASE_URL)
    url = given or f"{service_address('runtime.sagemaker', region)}/endpoints/{quote(model, safe='')}/{action}"
    sent = {**JSON_HEADERS, **headers}
    if params.get("model_id"):
        sent[COMPONENT_HEADER] = str(params["model_id"])
    return WireRequest("POST", str(url), sent, encode_json(body), AwsSigner(settings, "sagemaker", region))
