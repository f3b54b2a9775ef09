"""`litellm.anthropic`: Anthropic's API, for every provider."""

from litellm.anthropic_interface import messages
from litellm.anthropic_interface.messages import acreate, create

__all__ = ["acreate", "create", "messages"]
