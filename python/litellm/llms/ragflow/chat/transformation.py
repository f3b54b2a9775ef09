"""RAGFlow's configuration class, under the path that LiteLLM users import it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litellm.llms.provider_configs import ProviderConfig, config_class

__all__ = ["RAGFlowConfig"]

if TYPE_CHECKING:

    class RAGFlowConfig(ProviderConfig):
        """Chat at RAGFlow."""
else:
    RAGFlowConfig = config_class("RAGFlowConfig")
