"""Azure AI Foundry's configuration class, under the path that LiteLLM users import it from."""

from __future__ import annotations

from litellm.llms.azure.ai import is_openai_model
from litellm.llms.provider_configs import ProviderConfig

__all__ = ["AzureAIStudioConfig"]


class AzureAIStudioConfig(ProviderConfig):
    """Chat at Azure AI Foundry."""

    custom_llm_provider = "azure_ai"

    def _is_azure_openai_model(self, model: str, api_base: str | None) -> bool:
        """Whether `model` at `api_base` is asked in Azure OpenAI's way: one of OpenAI's, where there is an endpoint."""
        return bool(api_base) and is_openai_model(model)
