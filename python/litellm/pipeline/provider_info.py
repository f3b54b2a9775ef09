"""What is known of a provider beside its calls: its configuration class, its models, whether it has a Responses API."""

from __future__ import annotations

from typing import Any

import litellm
from litellm.llms.custom_httpx.clients import pool
from litellm.llms.provider_config_names import CONFIG_PROVIDERS
from litellm.llms.provider_configs import ProviderConfig, config_class
from litellm.llms.responses import native
from litellm.types.provider_registry import PROVIDERS

LIST_TIMEOUT_S = 30.0
_CLASSES = {place: name for name, place in reversed(tuple(CONFIG_PROVIDERS.items()))}


class ProviderModelInfo:
    """A provider's models, keys and address."""

    def __init__(self, config: ProviderConfig) -> None:
        self._config = config

    def __getattr__(self, name: str) -> Any:
        return getattr(self._config, name)

    def get_models(self, api_key: str | None = None, api_base: str | None = None) -> list[str]:
        """The models that the provider says it has, as LiteLLM names them (`provider/model`).

        Asks the provider's `/models`. Raises `httpx.HTTPError` when it does not answer.
        """
        config = self._config
        base = config.get_api_base(api_base)
        if base is None:
            raise litellm.BadRequestError(
                message="api_base: where the provider is, is not known", model="", llm_provider=self.name
            )
        headers = {}
        if (key := config.get_api_key(api_key)) is not None:
            headers = (
                {"x-api-key": key, "anthropic-version": "2023-06-01"}
                if self.name == "anthropic"
                else {"authorization": f"Bearer {key}"}
            )
        path = "/v1/models" if self.name == "anthropic" and not base.rstrip("/").endswith("/v1") else "/models"
        response = pool.sync(litellm.ssl_verify).get(base.rstrip("/") + path, headers=headers, timeout=LIST_TIMEOUT_S)
        response.raise_for_status()
        return [f"{self.name}/{model['id']}" for model in response.json().get("data") or ()]

    @property
    def name(self) -> str:
        """The provider's name."""
        return self._config.custom_llm_provider


class ProviderConfigManager:
    """Configurations by provider."""

    @staticmethod
    def get_provider_chat_config(model: str, provider: Any) -> ProviderConfig | None:
        """The chat configuration of `provider`; None for one that is not known."""
        name = _text(provider)
        if name not in PROVIDERS:
            return None
        known = _CLASSES.get(name)
        if known is not None:
            return config_class(known)()
        made: type[ProviderConfig] = type("ProviderConfig", (ProviderConfig,), {"custom_llm_provider": name})
        return made()

    @staticmethod
    def get_provider_model_info(model: str | None, provider: Any) -> ProviderModelInfo | None:
        """What tells the provider's models, keys and address; None for a provider that is not known."""
        config = ProviderConfigManager.get_provider_chat_config(model or "", provider)
        return None if config is None else ProviderModelInfo(config)

    @staticmethod
    def get_provider_responses_api_config(provider: Any, model: str | None = None) -> native.ResponsesProfile | None:
        """The provider's own Responses API; None for one whose responses go through its chat."""
        return native.profile_for(_text(provider))


def _text(provider: Any) -> str:
    return str(getattr(provider, "value", provider))
