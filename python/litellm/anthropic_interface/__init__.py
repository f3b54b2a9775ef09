"""`litellm.anthropic`: Anthropic's API, for every provider."""

from litellm.anthropic_interface import messages

__all__ = ["messages"]
