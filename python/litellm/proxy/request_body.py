"""A request's JSON body: parsed once, and checked where the gateway itself depends on it.

Everything else passes through to the provider, which is the one to judge it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

from litellm.llms.watsonx.settings import OWN_PARAMS as WATSONX
from litellm.proxy.errors import InvalidRequestError
from litellm.secret_managers.aws.settings import ARGUMENTS as AWS
from litellm.secret_managers.azure.signer import OPTIONS as AZURE
from litellm.secret_managers.google.settings import ARGUMENTS as GOOGLE

Body = dict[str, Any]

MAX_DEPTH = 128
"""Levels of arrays and objects in a body; what writes JSON takes 254."""

# Body fields that would redirect a call, change what it costs, or reach into this process.
# An account's settings are more than its secrets: some name files of this machine, or addresses to show a secret to.
_CREDENTIAL_FIELDS = frozenset({
    "api_base", "base_url", "api_key", "api_version", "organization", "azure_ad_token", "langfuse_host",
    "aws_bedrock_runtime_endpoint", "predibase_tenant_id",
    *AWS, *AZURE, *GOOGLE, *WATSONX,
})  # fmt: skip
_CREDENTIAL_PREFIXES = ("oci_",)
_INTERNAL_FIELDS = frozenset({
    "custom_llm_provider", "model_list", "litellm_params", "model_info", "callbacks", "success_callback",
    "failure_callback", "logger_fn", "litellm_logging_obj", "litellm_call_id", "proxy_server_request", "client",
    "shared_session", "ssl_verify", "user_api_key_dict", "deployment_id", "specific_deployment", "no-log",
    "input_cost_per_token", "output_cost_per_token", "input_cost_per_second", "output_cost_per_second",
    "input_cost_per_query", "search_provider", "hf_model_name", "azure_ad_token_provider",
})  # fmt: skip
_ADMIN_FIELDS = frozenset({"mock_response", "mock_tool_calls", "mock_timeout", "mock_delay"})
_ADMIN_PREFIX = "mock_testing_"
_COUNTS = ("max_tokens", "max_completion_tokens", "n")


def parse_body(raw: bytes) -> Body:
    """The body as a dict; an empty one counts as `{}`. Raises InvalidRequestError for anything but a JSON object."""
    if not raw:
        return {}
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise InvalidRequestError(f"the request body is not valid JSON: {error}", "request_body") from error
    if not isinstance(body, dict):
        raise InvalidRequestError("the request body must be a JSON object", "request_body")
    if too_deep(raw, body):
        raise InvalidRequestError(f"the request body is nested more than {MAX_DEPTH} deep", "request_body")
    return body


def refuse_lone_surrogates(raw: bytes) -> None:
    """Raise InvalidRequestError for JSON with half a character, which could be stored but never told again."""
    if b"\\ud" in raw or b"\\uD" in raw:
        try:
            orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise InvalidRequestError(f"the request body is not valid JSON: {error}", "request_body") from error


def too_deep(raw: bytes, value: Any) -> bool:
    """Whether JSON is nested more than `MAX_DEPTH` deep. Looked at only where it has so many brackets."""
    if raw.count(b"[") + raw.count(b"{") <= MAX_DEPTH:
        return False
    level = [value]
    for _ in range(MAX_DEPTH):
        inner = (item.values() if isinstance(item, dict) else item for item in level)
        level = [child for children in inner for child in children if isinstance(child, (dict, list))]
        if not level:
            return False
    return True


def check_body(body: Body, required: Mapping[str, tuple[type, ...]]) -> None:
    """Check the fields that the gateway reads. Raises InvalidRequestError that names the first wrong one."""
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise InvalidRequestError(_expectation("model", model, (str,)), "model")
    for name, types in required.items():
        value = body.get(name)
        if value is None or not isinstance(value, types) or isinstance(value, bool):
            raise InvalidRequestError(_expectation(name, value, types), name)
    for index, message in enumerate(body.get("messages") or ()):
        if not isinstance(message, dict):
            raise InvalidRequestError(f"messages[{index}]: expected an object", "messages")
    for name in _COUNTS:
        value = body.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
            raise InvalidRequestError(f"{name}: expected a positive whole number", name)
    if not isinstance(body.get("stream"), (bool, type(None))):
        raise InvalidRequestError("stream: expected true or false", "stream")
    for name in ("metadata", "litellm_metadata", "stream_options", "extra_headers"):
        if not isinstance(body.get(name), (dict, type(None))):
            raise InvalidRequestError(f"{name}: expected an object", name)


def refuse_control_fields(body: Body, *, admin: bool, client_credentials: bool, allowed: Collection[str] = ()) -> None:
    """Raise InvalidRequestError for a field that only the config may set, also in one of the request's fallbacks.

    `client_credentials`: `general_settings.allow_client_side_credentials`; `allowed`: the model's own exceptions.
    """
    for fallback in (body, *fallbacks(body)):
        _refuse(fallback, admin=admin, client_credentials=client_credentials, allowed=allowed)


def fallbacks(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The fallbacks that a request brings along, and theirs: `model`, and what else is to be changed for it.

    Raises InvalidRequestError for what is not as the router takes it.
    """
    for name in ("fallbacks", "default_fallbacks"):
        yield from _targets(name, body.get(name))
    for name in ("context_window_fallbacks", "content_policy_fallbacks"):
        for groups in _list(name, body.get(name)):
            if not isinstance(groups, dict):
                raise InvalidRequestError(f"{name}: expected a list of objects, each a model's name and its list", name)
            for targets in groups.values():
                yield from _targets(name, targets)


def _targets(name: str, given: Any) -> Iterator[Mapping[str, Any]]:
    for item in _list(name, given):
        target = {"model": item} if isinstance(item, str) else item
        if not isinstance(target, dict) or not isinstance(target.get("model"), str):
            raise InvalidRequestError(f"{name}: expected a list of model names", name)
        yield target
        yield from fallbacks(target)


def _list(name: str, given: Any) -> list[Any]:
    if not isinstance(given, (list, type(None))):
        raise InvalidRequestError(f"{name}: expected a list", name)
    return given or []


def _refuse(body: Mapping[str, Any], *, admin: bool, client_credentials: bool, allowed: Collection[str]) -> None:
    for name in body:
        of_account = name in _CREDENTIAL_FIELDS or name.startswith(_CREDENTIAL_PREFIXES)
        internal = name in _INTERNAL_FIELDS or (of_account and not client_credentials)
        for_admins = name in _ADMIN_FIELDS or name.startswith(_ADMIN_PREFIX)
        if (internal and name not in allowed) or (for_admins and not admin):
            raise InvalidRequestError(f"{name}: clients of this gateway may not set it", name)


def _expectation(name: str, value: object, types: tuple[type, ...]) -> str:
    words = {str: "a string", list: "an array", dict: "an object", int: "a whole number", tuple: "a file"}
    expected = " or ".join(words[item] for item in types)
    return f"{name}: required, {expected}" if value is None else f"{name}: expected {expected}"
