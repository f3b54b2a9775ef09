"""What a call to watsonx.ai needs besides the model: where it runs, in whose name, and by which token.

Source: IBM's watsonx.ai API reference; the names of arguments and variables are LiteLLM's.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litellm.llms.wire import Signer, WireError
from litellm.secret_managers.token_exchange import ExchangedToken, TokenSource

IAM_URL = "https://iam.cloud.ibm.com/identity/token"
API_VERSION = "2024-03-13"
DEPLOYMENT = "deployment/"
OWN_PARAMS = ("project_id", "space_id", "zen_api_key", "token", "watsonx_token", "iam_url")
"""Arguments that configure the call."""


@dataclass(frozen=True, slots=True)
class WatsonxAuth:
    """The authorization header, or the signer that will know it."""

    header: str | None = None
    signer: Signer | None = None


def authentication(api_key: str | None, params: Mapping[str, Any]) -> WatsonxAuth:
    """By a given token, a Zen key, or a token that IAM gives for the API key. Raises `WireError` (401) for none."""
    token = params.get("token") or params.get("watsonx_token") or os.environ.get("WATSONX_TOKEN")
    if token:
        return WatsonxAuth(header=f"Bearer {token}")
    zen = params.get("zen_api_key") or os.environ.get("WATSONX_ZENAPIKEY")
    if zen:
        return WatsonxAuth(header=f"ZenApiKey {zen}")
    if not api_key:
        raise WireError("watsonx: no API key, token or Zen key: set `api_key` or WATSONX_APIKEY", status=401)
    url = params.get("iam_url") or os.environ.get("WATSONX_IAM_URL") or IAM_URL
    form = (("grant_type", "urn:ibm:params:oauth:grant-type:apikey"), ("apikey", api_key))
    return WatsonxAuth(signer=ExchangedToken(TokenSource(str(url), form=form)))


def scope(model: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The body's fields for model and project (or space); none for a deployment, which has its own.

    Raises `WireError` (401) when neither is known.
    """
    if model.startswith(DEPLOYMENT):
        return {}
    project = params.get("project_id") or os.environ.get("WATSONX_PROJECT_ID") or os.environ.get("WX_PROJECT_ID")
    space = params.get("space_id") or os.environ.get("WATSONX_DEPLOYMENT_SPACE_ID") or os.environ.get("WX_SPACE_ID")
    if project:
        return {"model_id": model, "project_id": project}
    if space:
        return {"model_id": model, "space_id": space}
    raise WireError("watsonx: no project: set `project_id` or WATSONX_PROJECT_ID (or a space)", status=401)


def endpoint_url(api_base: str | None, model: str, task: str, version: Any = None) -> str:
    """The address of `task` (`text/chat`, …) for `model`. Raises `WireError` (401) when there is no base URL."""
    if not api_base:
        raise WireError("watsonx: no base URL: set `api_base` or WATSONX_URL", status=401)
    base = api_base.rstrip("/")
    path = f"/ml/v1/{task}"
    if model.startswith(DEPLOYMENT):
        path = f"/ml/v1/deployments/{quote(model.removeprefix(DEPLOYMENT), safe='')}/{task}"
    return f"{base}{path}?version={quote(str(version or API_VERSION), safe='')}"


def request_headers(auth: WatsonxAuth, extra: Mapping[str, str]) -> dict[str, str]:
    """Content type, authorization where it is known, and what the caller adds."""
    headers = {"content-type": "application/json"}
    if auth.header is not None:
        headers["authorization"] = auth.header
    headers.update(extra)
    return headers
