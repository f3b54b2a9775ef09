"""ChatGPT's tokens, under the path that LiteLLM users import them from."""

from __future__ import annotations

from litellm.secret_managers.chatgpt import (
    Authenticator as Authenticator,
    GetAccessTokenError as GetAccessTokenError,
    GetDeviceCodeError as GetDeviceCodeError,
    RefreshAccessTokenError as RefreshAccessTokenError,
)
