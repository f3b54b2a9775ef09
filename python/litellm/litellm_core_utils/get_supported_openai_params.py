"""`get_supported_openai_params`, under a path that LiteLLM's users import it from."""

from __future__ import annotations

import litellm


def get_supported_openai_params(
    model: str, custom_llm_provider: str | None = None, request_type: str = "chat_completion"
) -> list[str] | None:
    """As `litellm.get_supported_openai_params`."""
    return litellm.get_supported_openai_params(model, custom_llm_provider, request_type)
