"""What every Bedrock request needs besides its body: the URL, and who signs it."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import quote

from litellm.llms.aws.endpoint import endpoint, region_for
from litellm.llms.bedrock.route import ModelRoute, route_of
from litellm.llms.wire import JSON_HEADERS, WireRequest, encode_json
from litellm.secret_managers.aws.settings import BEARER_VARIABLE, take_settings
from litellm.secret_managers.aws.signer import AwsSigner

RUNTIME = "bedrock-runtime"
RUNTIME_VARIABLE = "AWS_BEDROCK_RUNTIME_ENDPOINT"


class BedrockTarget:
    """Where a call goes: taken out of its parameters, which then hold only what goes into the body."""

    __slots__ = ("api_key", "base", "headers", "model_id", "region", "route", "settings")

    def __init__(
        self,
        model: str,
        params: MutableMapping[str, Any],
        *,
        api_base: str | None,
        api_key: str | None,
        headers: Mapping[str, str],
        service: str = RUNTIME,
    ) -> None:
        self.route: ModelRoute = route_of(model)
        self.settings = take_settings(params)
        self.model_id = str(params.pop("model_id", None) or self.route.model_id)
        given = params.pop("aws_bedrock_runtime_endpoint", None)
        named = self.route.region
        if self.model_id != self.route.model_id and self.model_id.startswith("arn:"):
            named = route_of(self.model_id).region
        self.region = region_for(self.settings, named)
        self.base = endpoint(given or api_base, RUNTIME_VARIABLE, service, self.region)
        self.api_key = api_key or os.environ.get(BEARER_VARIABLE)
        self.headers = headers

    def post(self, action: str, body: Any) -> WireRequest:
        """The POST of `body` to `action` (`converse`, `invoke`, …) of the model."""
        return self.post_to(f"/model/{quote(self.model_id, safe='')}/{action}", body)

    def post_to(self, path: str, body: Any, service: str = "bedrock") -> WireRequest:
        """The POST of `body` to `path`, with a bearer token or a signature."""
        headers = {**JSON_HEADERS, **self.headers}
        signer = None
        if self.api_key:
            headers["authorization"] = f"Bearer {self.api_key}"
        else:
            signer = AwsSigner(self.settings, service, self.region)
        return WireRequest("POST", self.base + path, headers, encode_json(body), signer)
