"""Fireworks AI's configuration class, under the path that LiteLLM users import it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litellm.llms.provider_configs import ProviderConfig, config_class

__all__ = ["FireworksAIConfig"]

if TYPE_CHECKING:

    class FireworksAIConfig(ProviderConfig):
        """Chat at Fireworks AI."""
else:
    FireworksAIConfig = config_class("FireworksAIConfig")
