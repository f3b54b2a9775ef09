"""Azure AD tokens, under another path that LiteLLM users import them from."""

from __future__ import annotations

from litellm.llms.azure.common_utils import get_azure_ad_token, get_azure_ad_token_from_oidc

__all__ = ["get_azure_ad_token", "get_azure_ad_token_from_oidc"]
