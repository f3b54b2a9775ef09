"""Snowflake Cortex: OpenAI's chat completions, and Anthropic's messages for Claude.

Source: Snowflake's Cortex REST API reference.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from litellm.llms.anthropic.chat import API_VERSION, AnthropicChat
from litellm.llms.anthropic.models import DEFAULT_MAX_TOKENS
from litellm.llms.openai.chat import OpenAIChat, OpenAIChunks
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.plain_chunks import PlainChunks
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest, encode_json

CORTEX = "/api/v2/cortex"
_PERSONAL = "pat/"


def chat_format(provider: str, model: str) -> WireFormat:
    """Messages for Claude, chat completions for the others."""
    return SnowflakeClaude() if "claude" in model else SnowflakeChat(profile_of(provider))


class SnowflakeChat(OpenAIChat):
    """`POST …/cortex/v1/chat/completions`."""

    shows_headers = False

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params`; the limit is `max_completion_tokens`."""
        mapped = super().map_params(provider, model, params, drop=drop)
        limit = mapped.pop("max_tokens", None)
        if limit is not None:
            mapped.setdefault("max_completion_tokens", limit)
        return mapped

    def url(self, call: ChatCall) -> str:
        """The chat endpoint of the account."""
        return cortex_url(call.api_base, "/v1/chat/completions")

    def headers(self, call: ChatCall) -> dict[str, str]:
        """Authentication by a key pair's JWT or a personal access token."""
        return {**cortex_headers(call.api_key), **call.headers}

    def stream_decoder(self, call: ChatCall) -> OpenAIChunks:
        """A decoder for one streamed reply."""
        return PlainChunks()


class SnowflakeClaude(AnthropicChat):
    """`POST …/cortex/v1/messages`."""

    shows_headers = False

    def supported_params(self, provider: str, model: str) -> list[str]:
        """Those of Snowflake's chat, and thinking."""
        return [*(profile_of(provider).params or ()), "thinking"]

    def output_limit(self, call: ChatCall) -> int:
        """Tokens to allow a reply when the caller named no limit: Cortex's own default."""
        return DEFAULT_MAX_TOKENS

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST in Anthropic's format."""
        body = {**self.body(call), "stream": call.stream}
        headers = {**cortex_headers(call.api_key), "anthropic-version": API_VERSION, **call.headers}
        return WireRequest("POST", cortex_url(call.api_base, "/v1/messages"), headers, encode_json(body))


def cortex_url(api_base: str | None, path: str) -> str:
    """`path` below Cortex at `api_base`, else at the account of `SNOWFLAKE_ACCOUNT_ID`.

    Raises `WireError` (400) when neither is known.
    """
    if not api_base:
        account = os.environ.get("SNOWFLAKE_ACCOUNT_ID")
        if not account:
            raise WireError("api_base: Snowflake needs an address: set `api_base` or SNOWFLAKE_ACCOUNT_ID", status=400)
        api_base = f"https://{account}.snowflakecomputing.com"
    base = api_base.rstrip("/")
    for ending in (path, "/cortex", "/api/v2"):
        base = base.removesuffix(ending)
    return base + CORTEX + path


def cortex_headers(api_key: str | None) -> dict[str, str]:
    """The token and its kind: `pat/…` is a personal access token, all else a key pair's JWT."""
    headers = {"content-type": "application/json", "x-snowflake-authorization-token-type": "KEYPAIR_JWT"}
    if api_key and api_key.startswith(_PERSONAL):
        api_key = api_key.removeprefix(_PERSONAL)
        headers["x-snowflake-authorization-token-type"] = "PROGRAMMATIC_ACCESS_TOKEN"
    if api_key:
        headers["authorization"] = f"Bearer {api_key}"
    return headers
