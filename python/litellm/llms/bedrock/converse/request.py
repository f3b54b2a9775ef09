"""The body of a Converse request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm
from litellm.llms.bedrock.betas import beta_names
from litellm.llms.bedrock.converse.messages import InvalidMessage, Rules, convert_messages
from litellm.llms.bedrock.converse.models import ConverseModel
from litellm.llms.bedrock.converse.neutral import uses_tools, without_tool_blocks
from litellm.llms.bedrock.converse.reasoning import add_output_config
from litellm.llms.bedrock.converse.tools import convert_tools, model_tool_betas
from litellm.llms.bedrock.route import route_of
from litellm.llms.wire import ChatCall

INFERENCE = ("maxTokens", "stopSequences", "temperature", "topP")
TOP_LEVEL = ("guardrailConfig", "performanceConfig", "requestMetadata", "serviceTier", "outputConfig")
_OURS = ("json_mode", "stream", "fake_stream", "stream_options", "tools", "tool_choice", "parallel_tool_use")
THINKING_USAGE_PATH = "/usage/output_tokens_details"
MAX_METADATA, MAX_METADATA_CHARS = 16, 256
"""Bedrock's limits on request metadata."""


def build_body(
    call: ChatCall, params: dict[str, Any], *, complete: bool = False, continue_with: str | None = None
) -> dict[str, Any]:
    """The body of `call`, whose mapped parameters, without those of AWS, are `params`.

    Raises `BadRequestError` and `UnsupportedParamsError` that name what Bedrock would refuse.
    """
    found = ConverseModel(call.model)
    messages = call.messages
    tools, own = convert_tools(params.get("tools") or (), found)
    if not tools and uses_tools(messages):
        messages = without_tool_blocks(messages)
    rules = Rules(
        caching=found.caching,
        cache_ttl=found.cache_ttl,
        guard="guardrailConfig" in params,
        complete=complete,
        **({"continue_with": continue_with} if continue_with else {}),
    )
    try:
        system, turns = convert_messages(messages, rules)
    except InvalidMessage as error:
        raise _refused(call, str(error)) from error
    if not turns and not any(_role(message) not in ("system", "developer") for message in messages):
        raise _refused(call, "bedrock requires at least one non-system message")
    body: dict[str, Any] = {"messages": turns, "inferenceConfig": {k: params[k] for k in INFERENCE if k in params}}
    if system:
        body["system"] = system
    body.update({name: params[name] for name in TOP_LEVEL if name in params})
    if "requestMetadata" in body:
        _check_metadata(call, body["requestMetadata"])
    if tools:
        body["toolConfig"] = {"tools": tools}
        if params.get("tool_choice"):
            body["toolConfig"]["toolChoice"] = params["tool_choice"]
    _add_model_fields(call, found, params, own, body)
    return body


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else getattr(message, "role", None)


def _add_model_fields(
    call: ChatCall, found: ConverseModel, params: Mapping[str, Any], own: list[dict[str, Any]], body: dict[str, Any]
) -> None:
    """What only the model knows, and what of its reply Converse should pass on."""
    taken = (*INFERENCE, *TOP_LEVEL, *_OURS)
    fields: dict[str, Any] = {name: value for name, value in params.items() if name not in taken}
    _top_k(found, fields)
    if isinstance(params.get("output_config"), dict):
        fields.pop("output_config")
        add_output_config(found, found.route.name, params["output_config"], fields)
    if own:
        fields["tools"] = own
    if "parallel_tool_use" in params:
        fields["tool_choice"] = params["parallel_tool_use"]
    if found.claude:
        betas = _betas(call, found, fields, own)
        if betas:
            fields["anthropic_beta"] = betas
    if fields:
        body["additionalModelRequestFields"] = fields
    if "thinking" in fields:
        body["additionalModelResponseFieldPaths"] = [THINKING_USAGE_PATH]


def _top_k(found: ConverseModel, fields: dict[str, Any]) -> None:
    """`top_k` where the model's family has it."""
    top_k = fields.pop("top_k", None)
    top_k = fields.pop("topK", top_k)
    if top_k is None:
        return
    if found.claude and found.sampling:
        fields["top_k"] = top_k
    elif found.nova:
        fields["inferenceConfig"] = {**fields.get("inferenceConfig", {}), "topK": top_k}


def _betas(call: ChatCall, found: ConverseModel, fields: Mapping[str, Any], own: list[dict[str, Any]]) -> list[str]:
    betas = beta_names(call.headers, fields.get("anthropic_beta"))
    wanted = model_tool_betas(own)
    if "output_config" in fields and not found.adaptive:
        wanted.append("effort-2025-11-24")
    if fields.get("context_management"):
        wanted.append("compact-2026-01-12")
    return list(dict.fromkeys([*betas, *wanted]))


def _check_metadata(call: ChatCall, metadata: Any) -> None:
    fits = isinstance(metadata, dict) and len(metadata) <= MAX_METADATA
    if not fits or not all(
        isinstance(k, str) and isinstance(v, str) and 0 < len(k) <= MAX_METADATA_CHARS and len(v) <= MAX_METADATA_CHARS
        for k, v in metadata.items()
    ):
        raise litellm.BadRequestError(
            message=f"requestMetadata: expected at most {MAX_METADATA} texts by name, each of at most "
            f"{MAX_METADATA_CHARS} characters",
            model=route_of(call.model).name,
            llm_provider=call.provider,
        )


def _refused(call: ChatCall, why: str) -> litellm.BadRequestError:
    return litellm.BadRequestError(message=why, model=route_of(call.model).name, llm_provider="bedrock_converse")
