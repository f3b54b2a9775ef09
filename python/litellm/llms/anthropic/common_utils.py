"""What Anthropic's API asks of every call: a key, or a token in its place."""

from __future__ import annotations

import os

from litellm.llms.anthropic.chat.transformation import AnthropicConfig


class AnthropicModelInfo(AnthropicConfig):
    """Where Anthropic's keys come from."""

    @staticmethod
    def get_api_key(api_key: str | None = None) -> str | None:
        """The given key, or `ANTHROPIC_API_KEY`."""
        return api_key or os.environ.get("ANTHROPIC_API_KEY") or None

    @staticmethod
    def get_auth_token(auth_token: str | None = None) -> str | None:
        """The given token, or `ANTHROPIC_AUTH_TOKEN`: sent as a bearer token instead of a key."""
        return auth_token or os.environ.get("ANTHROPIC_AUTH_TOKEN") or None
