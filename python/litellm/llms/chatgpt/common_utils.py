"""What signing in to ChatGPT can fail with, and a client's headers, under the path that LiteLLM users import from."""

from __future__ import annotations

import os

from litellm.secret_managers.chatgpt import (
    API_BASE as CHATGPT_API_BASE,
    AUTH_BASE as CHATGPT_AUTH_BASE,
    CLIENT_ID as CHATGPT_CLIENT_ID,
    ChatGPTAuthError,
    GetAccessTokenError,
    GetDeviceCodeError,
    RefreshAccessTokenError,
    chatgpt_headers as get_chatgpt_default_headers,
)

__all__ = [
    "CHATGPT_API_BASE",
    "CHATGPT_AUTH_BASE",
    "CHATGPT_CLIENT_ID",
    "ChatGPTAuthError",
    "GetAccessTokenError",
    "GetDeviceCodeError",
    "RefreshAccessTokenError",
    "get_chatgpt_default_headers",
    "get_chatgpt_default_instructions",
]
DEFAULT_INSTRUCTIONS = "You are a helpful assistant."


def get_chatgpt_default_instructions() -> str:
    """What a model is told before anything else (`CHATGPT_DEFAULT_INSTRUCTIONS`); the API refuses a call without."""
    return os.environ.get("CHATGPT_DEFAULT_INSTRUCTIONS") or DEFAULT_INSTRUCTIONS
