"""`get_supported_openai_params`, under a path that LiteLLM's users import it from."""

from __future__ import annotations

from litellm.utils import get_supported_openai_params

__all__ = ["get_supported_openai_params"]
