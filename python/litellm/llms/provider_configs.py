"""Providers' configuration classes: default parameters for every call, and what a provider makes of a request.

`litellm.OllamaConfig(num_ctx=8192)` sets a parameter for all calls of that provider that do not say otherwise.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from litellm.llms.formats import chat_format
from litellm.llms.param_mapping import map_chat_params
from litellm.llms.provider_config_names import CONFIG_PROVIDERS
from litellm.llms.supported_params import supported_openai_params
from litellm.llms.wire import ChatCall, WireRequest, decode_json
from litellm.types.provider_registry import PROVIDERS

CHAT_DEFAULTS: dict[str, dict[str, Any]] = {}
"""Parameters in a provider's own terms, by provider or by `bedrock/<family>`: those of calls that do not name them."""
Params = Mapping[str, Any]


class ProviderConfig:
    """One provider's chat, as plain functions. The constructor's arguments become defaults of every later call."""

    custom_llm_provider: ClassVar[str] = "openai"
    family: ClassVar[str | None] = None

    def __init__(self, **defaults: Any) -> None:
        given = {name: value for name, value in defaults.items() if value is not None}
        if given:
            CHAT_DEFAULTS.setdefault(self._place(), {}).update(given)

    @classmethod
    def _place(cls) -> str:
        return f"{cls.custom_llm_provider}/{cls.family}" if cls.family else cls.custom_llm_provider

    @classmethod
    def get_config(cls, **_: Any) -> dict[str, Any]:
        """The defaults that were set."""
        return dict(CHAT_DEFAULTS.get(cls._place(), {}))

    def get_supported_openai_params(self, model: str) -> list[str]:
        """OpenAI's parameters that `model` takes."""
        return supported_openai_params(model, self.custom_llm_provider) or []

    def map_openai_params(
        self,
        non_default_params: Params,
        optional_params: dict[str, Any] | None = None,
        model: str = "",
        drop_params: bool = False,
        **_: Any,
    ) -> dict[str, Any]:
        """`optional_params` with OpenAI's parameters in the provider's own terms. Raises `UnsupportedParamsError`."""
        wire = chat_format(self.custom_llm_provider, model)
        mapped = map_chat_params(wire, self.custom_llm_provider, model, non_default_params, drop=drop_params)
        return {**(optional_params or {}), **mapped}

    def validate_environment(
        self,
        headers: Mapping[str, str] | None = None,
        model: str = "",
        messages: list[Any] | None = None,
        optional_params: Params | None = None,
        litellm_params: Params | None = None,
        api_key: str | None = None,
        api_base: str | None = None,
    ) -> dict[str, str]:
        """The headers of a request, authentication included. Raises where a key is needed and none is known."""
        return self._request(model, messages, optional_params, litellm_params, headers, api_key, api_base).headers

    def get_complete_url(
        self,
        api_base: str | None = None,
        api_key: str | None = None,
        model: str = "",
        optional_params: Params | None = None,
        litellm_params: Params | None = None,
        stream: bool | None = None,
    ) -> str:
        """Where a request goes."""
        made = self._request(model, None, optional_params, litellm_params, None, api_key, api_base, bool(stream))
        return made.url

    def transform_request(
        self,
        model: str,
        messages: list[Any],
        optional_params: Params,
        litellm_params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The body of a request whose parameters are in the provider's own terms."""
        made = self._request(model, messages, optional_params, litellm_params, headers, None, None)
        body: dict[str, Any] = decode_json(made.body)
        return body

    def get_api_key(self, api_key: str | None = None) -> str | None:
        """The key that a call would use: the given one, or the environment's."""
        return api_key or _variable(self._row_names("key_env"))

    def get_api_base(self, api_base: str | None = None) -> str | None:
        """The base URL that a call would use."""
        row = PROVIDERS.get(self.custom_llm_provider)
        return api_base or _variable(self._row_names("base_env")) or (row.api_base if row else None)

    def get_base_model(self, model: str) -> str | None:
        """The model without the provider's name."""
        return model.removeprefix(f"{self.custom_llm_provider}/")

    def _row_names(self, field: str) -> tuple[str, ...]:
        row = PROVIDERS.get(self.custom_llm_provider)
        names: tuple[str, ...] = getattr(row, field) if row else ()
        return names

    def _request(
        self,
        model: str,
        messages: list[Any] | None,
        params: Params | None,
        settings: Params | None,
        headers: Mapping[str, str] | None,
        api_key: str | None,
        api_base: str | None,
        stream: bool = False,
    ) -> WireRequest:
        call = ChatCall(
            provider=self.custom_llm_provider,
            model=model,
            messages=messages or [],
            params=dict(params or {}),
            api_base=self.get_api_base(api_base),
            api_key=self.get_api_key(api_key),
            headers=dict(headers or {}),
            stream=stream,
            options={name: value for name, value in (settings or {}).items() if value is not None},
        )
        return chat_format(self.custom_llm_provider, model).build_request(call)


def _variable(names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)


@lru_cache(maxsize=256)
def config_class(name: str) -> type[ProviderConfig]:
    """The configuration class of that name. Raises `KeyError` when there is none."""
    provider, _, family = CONFIG_PROVIDERS[name].partition("/")
    fields = {"__doc__": f"Chat at {provider}.", "custom_llm_provider": provider, "family": family or None}
    return type(name, (ProviderConfig,), fields)


def by_name(name: str) -> type[ProviderConfig] | ProviderConfig | None:
    """The class of that name, an instance where the name starts in lower case; None when there is none."""
    if name in CONFIG_PROVIDERS:
        return config_class(name)
    made = {"openAIGPTConfig": "OpenAIGPTConfig", "openAIGPT5Config": "OpenAIGPT5Config"}.get(name)
    return None if made is None else config_class(made)()


def chat_defaults(provider: str, model: str) -> Mapping[str, Any]:
    """The defaults that configuration classes set for calls of `model` at `provider`."""
    found = CHAT_DEFAULTS.get(provider, {})
    if provider == "bedrock":
        from litellm.llms.bedrock.route import route_of

        found = {**found, **CHAT_DEFAULTS.get(f"bedrock/{route_of(model).family}", {})}
    return found
