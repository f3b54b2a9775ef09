"""As whom a request goes to a provider: by a deployment's credentials, else by the environment's."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from litellm.llms.azure.auth import auth_headers
from litellm.llms.gigachat.chat import credentials_signer
from litellm.llms.watsonx.settings import authentication as watsonx_authentication
from litellm.llms.wire import Signer
from litellm.proxy._types import ProxyException
from litellm.proxy.pass_through_endpoints.providers import PassThroughProvider
from litellm.secret_managers.azure.signer import entra_signer

MIN_SECRET = 8
"""Shorter texts are not looked for in answers: they would be found anywhere."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What proves who calls: headers, or a signer that makes them when the request is sent."""

    headers: Mapping[str, str] = field(default_factory=dict)
    signer: Signer | None = None
    secrets: tuple[str, ...] = ()
    """What no answer may hold."""


Style = Callable[[str | None, Mapping[str, Any]], Credential]


def credential(row: PassThroughProvider, key: str | None, params: Mapping[str, Any]) -> Credential:
    """The credential of `key`, or of a deployment's `params`. Raises ProxyException 503 when there is none."""
    made = STYLES[row.auth](key, params)
    if not made.headers and made.signer is None and not row.key_optional:
        names = " or ".join(row.key_env)
        raise ProxyException(
            f"{row.prefixes[0]}: this gateway has no credentials for {row.provider}; set {names}",
            "service_unavailable", None, 503,
        )  # fmt: skip
    secrets = tuple(text for text in (key, *made.secrets) if text and len(text) >= MIN_SECRET)
    return Credential(made.headers, made.signer, secrets)


def environment_key(row: PassThroughProvider) -> str | None:
    """The provider's key of the environment."""
    return next((value for name in row.key_env if (value := os.environ.get(name))), None)


def _header(name: str, form: str = "{}") -> Style:
    def style(key: str | None, params: Mapping[str, Any]) -> Credential:
        return Credential({name: form.format(key)}) if key else Credential()

    return style


def _anthropic(key: str | None, params: Mapping[str, Any]) -> Credential:
    if not key:
        return Credential()
    if key.startswith("sk-ant-oat"):  # a subscription's OAuth token
        return Credential({"authorization": f"Bearer {key}"})
    return Credential({"x-api-key": key})


def _basic(key: str | None, params: Mapping[str, Any]) -> Credential:
    return Credential({"authorization": f"Basic {_pair(key, '')}"}) if key else Credential()


def _langfuse(key: str | None, params: Mapping[str, Any]) -> Credential:
    public = os.environ.get("LANGFUSE_PUBLIC_KEY")
    return Credential({"authorization": f"Basic {_pair(public, key)}"}) if key and public else Credential()


def _pair(user: str, password: str) -> str:
    return base64.b64encode(f"{user}:{password}".encode()).decode()


def _azure(key: str | None, params: Mapping[str, Any]) -> Credential:
    found = auth_headers(key, params)
    return Credential(found) if found else Credential(signer=entra_signer(params))


def _gigachat(key: str | None, params: Mapping[str, Any]) -> Credential:
    return Credential(signer=credentials_signer(key)) if key else Credential()


def _watsonx(key: str | None, params: Mapping[str, Any]) -> Credential:
    if not key and not any(os.environ.get(name) for name in ("WATSONX_TOKEN", "WATSONX_ZENAPIKEY")):
        return Credential()
    found = watsonx_authentication(key, params)
    return Credential({"authorization": found.header} if found.header else {}, found.signer)


STYLES: Mapping[str, Style] = {
    "bearer": _header("authorization", "Bearer {}"),
    "bare": _header("authorization"),
    "fal": _header("authorization", "Key {}"),
    "basic": _basic,
    "langfuse": _langfuse,
    "x-api-key": _header("x-api-key"),
    "x-goog-api-key": _header("x-goog-api-key"),
    "ocp-apim-subscription-key": _header("ocp-apim-subscription-key"),
    "anthropic": _anthropic,
    "azure": _azure,
    "gigachat": _gigachat,
    "watsonx": _watsonx,
}
"""How a key is shown, by the names in `providers.BUILT_IN`. Bedrock and Vertex AI have their own ways (`cloud.py`)."""
