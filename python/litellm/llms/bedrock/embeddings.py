"""Embeddings by Bedrock's models. Families that embed one input at a time are asked once for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.text_tokens import count_text_tokens
from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.embedding_families import EmbeddingFamily, data_url, embedding_family
from litellm.llms.bedrock.invoke.text import PROMPT_TOKENS_HEADER
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.bedrock.route import route_of
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.wire import ErrorDetails, WireError, WireRequest, decode_object


class BedrockEmbedding(EndpointFormat):
    """InvokeModel of an embedding model."""

    sdk_retries = False

    def supported_params(self, provider: str, model: str) -> Collection[str]:
        """OpenAI parameter names that the model's family takes."""
        family = embedding_family(route_of(model).base)
        return () if family is None else tuple(family.names)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under the family's own names."""
        family = embedding_family(route_of(model).base)
        names = {} if family is None else family.names
        return {names.get(name, name): value for name, value in params.items()}

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST for the next input, or for all of them. Raises `BadRequestError` for a model that does not embed."""
        family = self._family(call)
        inputs = _inputs(call)
        if not inputs:
            raise litellm.BadRequestError(
                "input: expected at least one text", model=call.model, llm_provider=call.provider
            )
        own = dict(call.params)
        extra = own.pop("extra_body", None) or {}
        headers = {**dict(family.headers), **call.headers}
        target = BedrockTarget(call.model, own, api_base=call.api_base, api_key=call.api_key, headers=headers)
        value = inputs if family.batches else inputs[len(call.replies)]
        return target.post("invoke", {**family.body(value, own), **extra})

    def next_request(
        self, call: EndpointCall, headers: Mapping[str, str], body: bytes
    ) -> tuple[WireRequest, float] | None:
        """The POST for the next input, when there is one."""
        call.replies.append((headers, _read(body)))
        if self._family(call).batches or len(call.replies) >= len(_inputs(call)):
            return None
        return self.build_request(call), 0.0

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The vectors in the order of the inputs. Raises `WireError` when a reply holds none."""
        family = self._family(call)
        items = [item for _, data in call.replies for item in family.vectors(data)]
        data = [{"object": "embedding", "index": index, **item} for index, item in enumerate(items)]
        return {"object": "list", "model": call.model, "data": data, "usage": _usage(call, family)}

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)

    def _family(self, call: EndpointCall) -> EmbeddingFamily:
        family = embedding_family(route_of(call.model).base)
        if family is None:
            raise litellm.BadRequestError(
                message=f"Bedrock: {call.model!r} is not known to embed. For an ARN, name the model and pass the ARN "
                "as model_id",
                model=call.model,
                llm_provider=call.provider,
            )
        return family


def _inputs(call: EndpointCall) -> list[Any]:
    given = call.inputs.get("input")
    return given if isinstance(given, list) else [given]


def _read(body: bytes) -> dict[str, Any]:
    try:
        return decode_object(body)
    except WireError as error:
        raise WireError("Bedrock's reply is not a JSON object", status=None) from error


def _usage(call: EndpointCall, family: EmbeddingFamily) -> dict[str, Any]:
    """Tokens as the replies count them; Cohere's do not, so they are counted here."""
    inputs = _inputs(call)
    images = sum(1 for value in inputs if (data_url(value) or ("",))[0].startswith("image/"))
    counted = [_tokens(headers, data) for headers, data in call.replies]
    if family.batches and counted == [None]:
        total = count_text_tokens(" ".join(map(str, inputs)))
    else:
        total = sum(tokens or 0 for tokens in counted)
    details: dict[str, int] = {}
    if images and family.counts_images:
        details["image_count"] = images
    if family.counts_inputs and len(inputs) > images:
        details["query_count"] = len(inputs) - images
    usage: dict[str, Any] = {"prompt_tokens": total, "completion_tokens": 0, "total_tokens": total}
    if details:
        usage["prompt_tokens_details"] = details
    return usage


def _tokens(headers: Mapping[str, str], data: Mapping[str, Any]) -> int | None:
    told = data.get("inputTextTokenCount", headers.get(PROMPT_TOKENS_HEADER))
    try:
        return None if told is None else int(told)
    except (TypeError, ValueError):
        return None
