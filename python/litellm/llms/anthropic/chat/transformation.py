"""Anthropic's configuration class, under the path that LiteLLM users import it from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litellm.llms.provider_configs import ProviderConfig, config_class

__all__ = ["AnthropicConfig"]

if TYPE_CHECKING:

    class AnthropicConfig(ProviderConfig):
        """Chat at Anthropic."""
else:
    AnthropicConfig = config_class("AnthropicConfig")
