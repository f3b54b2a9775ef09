"""GitHub Copilot: OpenAI's chat completions, with the token of a signed-in editor.

The access token is read from the folder that LiteLLM keeps it in (`GITHUB_COPILOT_TOKEN_DIR`); it is exchanged for a
short-lived key. Signing in on a device is not done here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai.messages import as_dict
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ChatCall, Signer, WireError, WireFormat, WireRequest
from litellm.secret_managers.token_exchange import ExchangedToken, TokenSource

TOKEN_URL = "https://api.github.com/copilot_internal/v2/token"
TOKEN_DIR = "~/.config/litellm/github_copilot"
EDITOR: Mapping[str, str] = {
    "copilot-integration-id": "vscode-chat",
    "editor-version": "vscode/1.95.0",
    "editor-plugin-version": "copilot-chat/0.26.7",
    "user-agent": "GitHubCopilotChat/0.26.7",
    "openai-intent": "conversation-panel",
    "x-github-api-version": "2025-04-01",
}


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return CopilotChat(profile_of(provider))


class CopilotChat(OpenAIChat):
    """`POST /chat/completions`."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST, signed by a key of the signed-in user unless the call brings one."""
        request = super().build_request(call)
        if not call.api_key:
            request.signer = signed_in()
        return request

    def headers(self, call: ChatCall) -> dict[str, str]:
        """Those of an editor; who began the turn, and whether it shows images."""
        headers = {**super().headers(call), **EDITOR}
        headers["x-initiator"] = "agent" if _by_agent(call.messages) else "user"
        if _shows_images(call.messages):
            headers["copilot-vision-request"] = "true"
        headers.update(call.headers)
        return headers


def signed_in() -> Signer:
    """A signer with the saved access token. Raises `WireError` (401) when nobody has signed in."""
    folder = Path(os.environ.get("GITHUB_COPILOT_TOKEN_DIR") or TOKEN_DIR).expanduser()
    name = os.environ.get("GITHUB_COPILOT_ACCESS_TOKEN_FILE") or "access-token"
    try:
        token = (folder / name).read_text().strip()
    except OSError as error:
        raise WireError(f"GitHub Copilot: nobody has signed in: {folder / name} cannot be read", status=401) from error
    url = os.environ.get("GITHUB_COPILOT_API_KEY_URL") or TOKEN_URL
    headers = (
        ("authorization", f"token {token}"),
        *((name, EDITOR[name]) for name in ("editor-version", "user-agent")),
    )
    return ExchangedToken(TokenSource(url, method="GET", headers=headers, token_field="token"))


def _plain(messages: list[Any]) -> list[Mapping[str, Any]]:
    return [message if isinstance(message, dict) else as_dict(message) for message in messages]


def _by_agent(messages: list[Any]) -> bool:
    return any(message.get("role") in ("tool", "assistant") for message in _plain(messages))


def _shows_images(messages: list[Any]) -> bool:
    return any(
        isinstance(part, dict) and part.get("type") == "image_url"
        for message in _plain(messages)
        if isinstance(message.get("content"), list)
        for part in message["content"]
    )
