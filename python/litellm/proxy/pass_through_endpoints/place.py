"""Where a built-in pass-through request goes, and as whom: a deployment's credentials, else the environment's."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from litellm.llms.aws.endpoint import endpoint, region_for
from litellm.llms.bedrock.route import route_of
from litellm.llms.vertex_ai.endpoint import host
from litellm.proxy._types import ProxyException
from litellm.proxy.deployment_used import deployment_facts
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.pass_through_endpoints.credentials import Credential, credential, environment_key
from litellm.proxy.pass_through_endpoints.providers import PassThroughProvider
from litellm.proxy.pass_through_endpoints.target import address, query_of, with_model
from litellm.proxy.state import GatewayState
from litellm.secret_managers.aws.settings import settings_of
from litellm.secret_managers.aws.signer import AwsSigner
from litellm.secret_managers.google.settings import google_settings
from litellm.secret_managers.google.signer import UNKNOWN_PROJECT, GoogleSigner


@dataclass(frozen=True, slots=True)
class Place:
    """An address, a credential, and what the call is priced by."""

    url: str
    credential: Credential
    provider: str
    model: str | None = None
    """The provider's own name of the model, where the client's is the gateway's name for it."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What `_hidden_params` would say of the deployment."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks a provider for: `rest` is the path below the route, as it was sent."""

    rest: str
    query: str
    model: str | None = None


Deployment = Mapping[str, Any]


def place_of(state: GatewayState, row: PassThroughProvider, asked: Asked, own: Mapping[str, str]) -> Place:
    """Where `asked` goes. `own` are credentials that the client has for the provider, used where the gateway has none.

    Raises ProxyException 503 when neither has any, or no base URL is known; InvalidRequestError for a bad path.
    """
    deployment = _deployment(state, row, asked.model)
    served = deployment is not None and asked.model in state.catalog.names
    model = _own_name(deployment) if deployment is not None and served else None
    find = _FINDERS.get(row.auth, _at_base)
    rest = with_model(asked.rest, quote(model, safe=":")) if model is not None else asked.rest
    params: Mapping[str, Any] = deployment["litellm_params"] if deployment is not None else {}
    facts = deployment_facts(deployment) | {"model_id": (deployment.get("model_info") or {}).get("id")} if (
        deployment is not None and served
    ) else {}  # fmt: skip
    url, made = find(row, Asked(rest, asked.query, asked.model), params, own)
    return Place(url, made, row.provider, model, facts)


def _deployment(state: GatewayState, row: PassThroughProvider, model: str | None) -> Deployment | None:
    """One of the model's deployments at this provider, else one that is meant for pass-through routes."""
    lenders = {row.provider, *row.lenders}
    if model is not None and model in state.catalog.names:
        found = [entry for entry in state.catalog.deployments_of(model) if _provider_of(entry) in lenders]
        if found:
            return random.choice(found)
    marked = (entry for entry in state.catalog.model_list if entry["litellm_params"].get("use_in_pass_through"))
    return next((entry for entry in marked if _provider_of(entry) in lenders), None)


def _provider_of(entry: Deployment) -> str:
    params = entry["litellm_params"]
    return str(params.get("custom_llm_provider") or str(params["model"]).partition("/")[0])


def _own_name(entry: Deployment) -> str:
    """The provider's name for a deployment's model."""
    model = str(entry["litellm_params"]["model"])
    provider, _, rest = model.partition("/")
    if provider == "bedrock":
        return str(entry["litellm_params"].get("model_id") or route_of(rest).model_id)
    return rest if rest and provider == _provider_of(entry) else model


def _at_base(
    row: PassThroughProvider, asked: Asked, params: Mapping[str, Any], own: Mapping[str, str]
) -> tuple[str, Credential]:
    variable = next((value for name in row.base_env if (value := os.environ.get(name))), None)
    base = params.get("api_base") or params.get("base_url") or variable or row.base
    if not base:
        names = " or ".join(row.base_env)
        message = f"{row.prefixes[0]}: no base URL of {row.provider} is known; set {names}"
        raise ProxyException(message, "service_unavailable", None, 503)
    key = params.get("api_key") or environment_key(row)
    made = Credential(own) if own and not key else credential(row, key, params)
    return address(str(base), asked.rest, query_of(asked.query, (), row.query), row.version), made


_AGENTS = re.compile(
    r"(agents|knowledgebases|flows|generateQuery|optimize-prompt|retrieveAndGenerate\w*|rerank|sessions)(/|$)"
)


def _at_bedrock(
    row: PassThroughProvider, asked: Asked, params: Mapping[str, Any], own: Mapping[str, str]
) -> tuple[str, Credential]:
    agents = _AGENTS.match(asked.rest) is not None
    settings = settings_of(params)
    region = region_for(settings)
    service = "bedrock-agent-runtime" if agents else "bedrock-runtime"
    variable = "AWS_BEDROCK_AGENT_RUNTIME_ENDPOINT" if agents else "AWS_BEDROCK_RUNTIME_ENDPOINT"
    given = None if agents else params.get("aws_bedrock_runtime_endpoint") or params.get("api_base")
    url = address(endpoint(given, variable, service, region), asked.rest, asked.query)
    key = params.get("api_key") or (None if settings.access_key_id else environment_key(row))
    if key:
        return url, Credential({"authorization": f"Bearer {key}"}, secrets=(key,))
    return url, Credential(signer=AwsSigner(settings, "bedrock", region))


_LOCATION = re.compile(r"(?:^|/)locations/([^/]+)")
_LOCATION_NAME = re.compile(r"[a-z0-9-]{1,40}")
_VERSION = re.compile(r"v[0-9][a-z0-9]*(?=/)")


def _at_vertex(
    row: PassThroughProvider, asked: Asked, params: Mapping[str, Any], own: Mapping[str, str]
) -> tuple[str, Credential]:
    settings = google_settings(_vertex_defaults() | dict(params))
    named = _LOCATION.search(asked.rest)
    location = named[1] if named else settings.location
    if not _LOCATION_NAME.fullmatch(location):
        raise InvalidRequestError("the path names no location of Google's", "path")
    variable = next((value for name in row.base_env if (value := os.environ.get(name))), None)
    base = params.get("api_base") or variable or row.base or host(location)
    rest = asked.rest
    if row.base is None and "projects/" not in rest and (version := _VERSION.match(rest)):
        project = f"projects/{settings.project}/" if settings.project else UNKNOWN_PROJECT
        rest = f"{version[0]}/{project}locations/{location}{rest[version.end() :]}"
    configured = settings.credentials is not None or settings.project is not None or not own
    made = Credential(signer=GoogleSigner(settings)) if configured else Credential(own)
    return address(str(base), rest, query_of(asked.query, ("key",))), made


def _vertex_defaults() -> dict[str, Any]:
    """What `DEFAULT_VERTEXAI_*` say of pass-through requests."""
    names = {
        "vertex_project": "DEFAULT_VERTEXAI_PROJECT", "vertex_location": "DEFAULT_VERTEXAI_LOCATION",
        "vertex_credentials": "DEFAULT_GOOGLE_APPLICATION_CREDENTIALS",
    }  # fmt: skip
    return {ours: value for ours, name in names.items() if (value := os.environ.get(name))}


def _at_gemini(
    row: PassThroughProvider, asked: Asked, params: Mapping[str, Any], own: Mapping[str, str]
) -> tuple[str, Credential]:
    return _at_base(row, Asked(asked.rest, query_of(asked.query, ("key",)), asked.model), params, own)


_FINDERS = {"bedrock": _at_bedrock, "vertex": _at_vertex, "x-goog-api-key": _at_gemini}
