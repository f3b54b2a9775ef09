"""Azure's URL and authentication, on OpenAI's chat format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.litellm_core_utils.model_facts import model_facts
from litellm.llms.azure.address import V1_VERSIONS, api_version, deployment_name, deployment_url
from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.openai import params as openai_params
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profile import OPENAI
from litellm.llms.openai_like.quirks import schema_by_tool
from litellm.llms.wire import ChatCall, WireRequest

PARAMS: tuple[str, ...] = (
    "temperature", "n", "stream", "stream_options", "stop", "max_tokens", "max_completion_tokens", "tools",
    "tool_choice", "presence_penalty", "frequency_penalty", "logit_bias", "user", "function_call", "functions",
    "tools", "tool_choice", "top_p", "logprobs", "top_logprobs", "response_format", "seed", "extra_headers",
    "parallel_tool_calls", "prediction", "modalities", "audio", "web_search_options", "prompt_cache_key", "store",
)  # fmt: skip
"""As upstream lists them, two of them twice."""
O_SERIES = "o_series/"
_LOGPROBS = re.compile(r"gpt-5\.[24]")


class AzureChat(OpenAIChat):
    """Chat completions of an Azure deployment; the model's name is the deployment's."""

    path = "/chat/completions"
    follows_model = True

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that the deployment takes, as far as its name tells the model."""
        if is_gpt5(model):
            return _gpt5_params(model)
        if is_o_series(model):
            return _o_series_params(model)
        return list(PARAMS)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as OpenAI's own models take them."""
        return super().map_params("openai", family_name(model), params, drop=drop)

    def url(self, call: ChatCall) -> str:
        """The deployment's endpoint, or that of the version-less API."""
        return deployment_url(call.api_base, call.model, call.options, self.path)

    def headers(self, call: ChatCall) -> dict[str, str]:
        """The key in Azure's own header, or a token of Azure AD."""
        auth = auth_headers(call.api_key, call.options, bearer=api_version(call.options) in V1_VERSIONS)
        return {"content-type": "application/json", **auth, **call.headers}

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply; o-series models are named with their provider."""
        data = super().parse_response(call, status, headers, body)
        if is_o_series(call.model):
            data["model"] = f"azure/{data.get('model')}"
        return data

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the deployment, signed in to Azure AD when it is sent, if there is no key."""
        if call.model.startswith(O_SERIES):
            call.messages = [_as_users(message) for message in call.messages]
        call.model = deployment_name(call.model)
        _for_version(call)
        return signed_in(super().build_request(call), call.options)


def _as_users(message: Any) -> Any:
    """A system prompt as the user's: whether the model that the prefix stands for takes one is not known."""
    if isinstance(message, dict) and message.get("role") == "system":
        return {**message, "role": "user"}
    return message


def family_name(model: str) -> str:
    """`model`; where only its prefix tells what it is, a model of that family."""
    if model.startswith("gpt5_series/"):
        return "gpt-5"
    return "o3-mini" if model.startswith(O_SERIES) else model


def is_gpt5(model: str) -> bool:
    """Whether the deployment's name, or its prefix, tells a GPT-5 model."""
    return model.startswith("gpt5_series/") or openai_params.is_gpt5(model)


def is_o_series(model: str) -> bool:
    """Whether the deployment's name, or its prefix, tells one of OpenAI's o-series."""
    return model.startswith(O_SERIES) or openai_params.is_o_series(model)


def _for_version(call: ChatCall) -> None:
    """Leaves out what the call's API version does not have, or says it otherwise.

    Azure's dated versions: `tool_choice` came with 2023-12-01, its `required` with 2024-06-01, JSON schemas with
    2024-08-01.
    """
    version = api_version(call.options)
    if version in V1_VERSIONS:
        return
    choice = call.params.get("tool_choice")
    if choice is not None and (version < "2023-12-01" or (choice == "required" and version < "2024-06-01")):
        del call.params["tool_choice"]
    wanted = call.params.get("response_format")
    if isinstance(wanted, dict) and wanted.get("type") == "json_schema":
        name = call.model
        if version < "2024-08-01" or "gpt-35-turbo" in name or "gpt-3.5-turbo" in name:
            schema_by_tool(call.params)


def chat_format(provider: str, model: str) -> AzureChat:
    """The chat format of Azure's deployments."""
    return AzureChat(OPENAI)


def _gpt5_params(model: str) -> list[str]:
    """OpenAI's list; log probabilities only of the versions that Azure gives them for."""
    name = model.removeprefix("azure/")
    facts = {**model_facts("openai", name), **model_facts("azure", name)}
    names = openai_params.supported_params(family_name(model), facts)
    if "tool_choice" not in names or model not in litellm.model_cost:
        names = [name for name in names if name != "tool_choice"] + ["tool_choice"]
    if _LOGPROBS.search(model):
        return [*names, "logprobs", "top_logprobs"]
    return [name for name in names if name not in ("logprobs", "top_logprobs")]


def _o_series_params(model: str) -> list[str]:
    """OpenAI's list, and `parallel_tool_calls` whatever the catalogue says."""
    return openai_params.supported_params(family_name(model), {})
