"""Azure's URL and authentication, on OpenAI's chat format."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import litellm
from litellm.litellm_core_utils.model_facts import model_facts
from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.openai import params as openai_params
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.wire import ChatCall, WireRequest

DEFAULT_API_VERSION = "2025-02-01-preview"
V1_VERSIONS = frozenset({"v1", "latest", "preview"})
"""API versions that stand for Azure's version-less API, which takes the key as a bearer token."""
PARAMS: tuple[str, ...] = (
    "temperature", "n", "stream", "stream_options", "stop", "max_tokens", "max_completion_tokens", "tools",
    "tool_choice", "presence_penalty", "frequency_penalty", "logit_bias", "user", "function_call", "functions",
    "tools", "tool_choice", "top_p", "logprobs", "top_logprobs", "response_format", "seed", "extra_headers",
    "parallel_tool_calls", "prediction", "modalities", "audio", "web_search_options", "prompt_cache_key", "store",
)  # fmt: skip
"""As upstream lists them, two of them twice."""
_LOGPROBS = re.compile(r"gpt-5\.[24]")


class AzureChat(OpenAIChat):
    """Chat completions of an Azure deployment; the model's name is the deployment's."""

    path = "/chat/completions"

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that the deployment takes, as far as its name tells the model."""
        if openai_params.is_gpt5(model):
            return _gpt5_params(model)
        if openai_params.is_o_series(model):
            return _o_series_params(model)
        return list(PARAMS)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as OpenAI's own models take them."""
        return super().map_params("openai", model, params, drop=drop)

    def url(self, call: ChatCall) -> str:
        """The deployment's endpoint, or that of the version-less API."""
        return deployment_url(call, self.path)

    def headers(self, call: ChatCall) -> dict[str, str]:
        """The key in Azure's own header, or a token of Azure AD."""
        auth = auth_headers(call.api_key, call.options, bearer=api_version(call) in V1_VERSIONS)
        return {"content-type": "application/json", **auth, **call.headers}

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the deployment, signed in to Azure AD when it is sent, if there is no key."""
        return signed_in(super().build_request(call), call.options)


def _gpt5_params(model: str) -> list[str]:
    """OpenAI's list; log probabilities only of the versions that Azure gives them for."""
    facts = model_facts("azure", model) or model_facts("openai", model)
    names = openai_params.supported_params(model, facts)
    if "tool_choice" not in names or model not in litellm.model_cost:
        names = [name for name in names if name != "tool_choice"] + ["tool_choice"]
    if _LOGPROBS.search(model):
        return [*names, "logprobs", "top_logprobs"]
    return [name for name in names if name not in ("logprobs", "top_logprobs")]


def _o_series_params(model: str) -> list[str]:
    """OpenAI's list, and `parallel_tool_calls` whatever the catalogue says."""
    return openai_params.supported_params(model, {})


def api_version(call: ChatCall) -> str:
    """The API version of `call`."""
    return str(call.options.get("api_version") or DEFAULT_API_VERSION)


def deployment_url(call: ChatCall, path: str) -> str:
    """Where `path` of the deployment is."""
    base = (call.api_base or "").rstrip("/")
    version = api_version(call)
    if version in V1_VERSIONS:
        return f"{base}/openai/v1{path}"
    query = urlencode({"api-version": version})
    if "/openai/deployments/" in base:
        return f"{base.removesuffix(path)}{path}?{query}"
    return f"{base}/openai/deployments/{quote(call.model, safe='')}{path}?{query}"
