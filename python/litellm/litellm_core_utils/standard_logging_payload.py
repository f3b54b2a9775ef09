"""The standard logging payload: one flat record of a call, with upstream's keys."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from litellm.types.binary import HttpxBinaryResponseContent

if TYPE_CHECKING:
    from litellm.litellm_core_utils.litellm_logging import Logging

_HIDDEN_KEYS = ("model_id", "cache_key", "api_base", "response_cost", "litellm_overhead_time_ms", "additional_headers",
                "batch_models", "litellm_model_name", "usage_object")  # fmt: skip
_METADATA_KEYS = (
    "user_api_key_hash", "user_api_key_alias", "user_api_key_team_id", "user_api_key_org_id", "user_api_key_user_id",
    "user_api_key_team_alias", "user_api_key_user_email", "user_api_key_end_user_id", "user_api_key_request_route",
    "user_api_key_max_budget", "user_api_key_spend", "user_api_key_budget_reset_at", "user_api_key_project_id",
    "spend_logs_metadata", "requester_ip_address", "requester_metadata", "requester_custom_headers",
    "prompt_management_metadata", "mcp_tool_call_metadata", "vector_store_request_metadata", "applied_guardrails",
    "usage_object", "cold_storage_object_key", "user_api_key_auth_metadata",
)  # fmt: skip


def build_payload(call: Logging, outcome: str, response: Any, end: datetime, error: Exception | None) -> dict[str, Any]:
    """The payload for `call`, which ended at `end` with `response` or `error`."""
    details = call.model_call_details
    params: dict[str, Any] = details.get("litellm_params") or {}
    metadata: dict[str, Any] = params.get("metadata") or {}
    body = as_dict(response)
    said = body.get("usage")
    usage: dict[str, Any] = said if isinstance(said, dict) else {}
    hidden = getattr(response, "_hidden_params", None) or {}
    prompt, completion = _tokens(usage)
    cost = details.get("response_cost") or 0.0
    start_s, end_s = call.start_time.timestamp(), end.timestamp()
    first_token = call.completion_start_time.timestamp() if call.completion_start_time else end_s
    return {
        "id": str(body.get("id") or details["litellm_call_id"]),
        "litellm_call_id": details["litellm_call_id"],
        "trace_id": call.litellm_trace_id,
        "session_id": params.get("litellm_session_id"),
        "call_type": call.call_type,
        "cache_hit": False if error is not None else details.get("cache_hit"),
        "stream": True if call.stream and error is None else None,
        "status": outcome,
        "status_fields": {"llm_api_status": outcome, "guardrail_status": "not_run"},
        "custom_llm_provider": details.get("custom_llm_provider"),
        "saved_cache_cost": details.get("saved_cache_cost") or 0.0,
        "startTime": start_s,
        "endTime": end_s,
        "completionStartTime": first_token,
        "response_time": max(first_token - start_s if call.stream else end_s - start_s, 0.0),
        "model": _model(details.get("model") or call.model, details, metadata),
        "metadata": {**dict.fromkeys(_METADATA_KEYS), **{k: v for k, v in metadata.items() if k in _METADATA_KEYS}},
        "cache_key": details.get("cache_key"),
        "response_cost": cost,
        "cost_breakdown": details.get("cost_breakdown"),
        "total_tokens": usage.get("total_tokens") or prompt + completion,
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "request_tags": list(metadata.get("tags") or params.get("tags") or ()),
        "end_user": metadata.get("user_api_key_end_user_id") or details.get("end_user"),
        "api_base": params.get("api_base") or "",
        "model_group": metadata.get("model_group") or "",
        "model_id": (metadata.get("model_info") or {}).get("id") or hidden.get("model_id") or "",
        "requester_ip_address": metadata.get("requester_ip_address"),
        "user_agent": metadata.get("user_agent"),
        "messages": _as_messages(call.messages),
        "response": _with_chat_usage(body, response) if outcome == "success" else {},
        "model_parameters": _model_parameters(details, call.stream),
        "hidden_params": {name: hidden.get(name) for name in _HIDDEN_KEYS},
        "model_map_information": {"model_map_key": details.get("model"), "model_map_value": None},
        "error_str": None if error is None else str(error),
        "error_information": _error_information(error),
        "response_cost_failure_debug_info": details.get("response_cost_failure_debug_information"),
        "guardrail_information": metadata.get("standard_logging_guardrail_information"),
        "standard_built_in_tools_params": None,
        "request_model_access_groups": None,
        "zero_cost_diagnostic": None,
        "autorouter_savings": None,
        "autorouter_savings_estimate": None,
        "autorouter_baseline_observation": None,
    }


def _model(model: str, details: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    """The model with its provider, where a router's deployment says so and on Bedrock; else as it was sent."""
    deployment = metadata.get("deployment")
    if isinstance(deployment, str) and "/" in deployment:
        return deployment
    bare = details.get("custom_llm_provider") == "bedrock" and not model.startswith("bedrock/")
    bare = bare and details.get("call_type") != "anthropic_messages"
    return f"bedrock/{model}" if bare else model


def _model_parameters(details: Mapping[str, Any], stream: bool) -> dict[str, Any]:
    shown = dict(details.get("requested_params") or {})
    shown.pop("max_retries", None)
    if stream:
        shown["stream"] = True
    return shown


def _tokens(usage: Any) -> tuple[int, int]:
    if not isinstance(usage, dict):
        return 0, 0
    prompt = usage.get("prompt_tokens") or usage.get("input_tokens") or 0
    completion = usage.get("completion_tokens") or usage.get("output_tokens") or 0
    return int(prompt), int(completion)


def _with_chat_usage(body: dict[str, Any], response: Any) -> dict[str, Any]:
    """`body` with the usage of the Responses API under chat's names, so that callbacks find one shape."""
    as_usage = getattr(getattr(response, "usage", None), "as_usage", None)
    return body if as_usage is None else {**body, "usage": as_usage().model_dump(exclude_none=True)}


def as_dict(response: Any) -> dict[str, Any]:
    """A response of any endpoint as plain data."""
    if isinstance(response, dict):
        return response
    if isinstance(response, HttpxBinaryResponseContent):
        headers = response._hidden_params.get("additional_headers") or {}
        kind = headers.get("llm_provider-content-type")
        return {"object": "binary", "content_type": kind, "num_bytes": len(response.content)}
    dump = getattr(response, "model_dump", None)
    if dump is None:
        return {}
    dumped: dict[str, Any] = dump()
    return dumped


def _error_information(error: Exception | None) -> dict[str, Any] | None:
    if error is None:
        return {"error_class": "", "error_code": "", "error_message": "", "llm_provider": "", "traceback": ""}
    code = getattr(error, "code", None) or getattr(error, "status_code", None)
    return {
        "error_class": type(error).__name__,
        "error_code": "" if code is None else str(code),
        "error_message": str(error),
        "llm_provider": str(getattr(error, "llm_provider", "") or ""),
        "traceback": "".join(traceback.format_exception(error)[-5:]),
    }


def _as_messages(given: Any) -> Any:
    """Texts that were embedded, drawn or answered, as the user's messages; messages as they are."""
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    if isinstance(given, list):
        return [{"role": "user", "content": item} if isinstance(item, str) else item for item in given]
    return given
