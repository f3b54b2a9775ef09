"""Bedrock Mantle: its addresses, and who signs its calls, under the path that LiteLLM users import them from."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from typing import Any

from litellm.llms.aws.endpoint import region_for
from litellm.llms.wire import decode_json, encode_json
from litellm.secret_managers.aws.settings import settings_of
from litellm.secret_managers.aws.signer import AwsSigner

MANTLE_HOST_RE = re.compile(r"https?://bedrock-mantle\.([^./]+)\.api\.aws(?:/|$)", re.IGNORECASE)
"""The beginning of an address of Bedrock Mantle; its group is the region."""


class BedrockMantleAuthMixin:
    """How a call is signed; each call to Bedrock Mantle is, by these methods."""

    @staticmethod
    def _resolve_bearer_token(api_key: str | None) -> str | None:
        """The key to send; None for a call that is to be signed."""
        return api_key or os.environ.get("BEDROCK_MANTLE_API_KEY") or os.environ.get("AWS_BEARER_TOKEN_BEDROCK")

    def sign_request(
        self,
        headers: Mapping[str, str],
        optional_params: Mapping[str, Any],
        request_data: Mapping[str, Any],
        api_base: str,
        api_key: str | None = None,
        model: str | None = None,
        stream: bool | None = None,
        fake_stream: bool | None = None,
    ) -> tuple[dict[str, str], bytes]:
        """`(headers, body)`: with the key, or signed by the `aws_*` settings in `optional_params`.

        `api_base` is the whole address. Raises `NoCredentials` when there is neither.
        """
        body = encode_json(request_data)
        token = self._resolve_bearer_token(api_key)
        if token:
            return {**headers, "authorization": f"Bearer {token}"}, body
        settings = settings_of(optional_params)
        found = MANTLE_HOST_RE.match(api_base)
        region = region_for(settings, found[1] if found else None, default="us-east-1")
        return AwsSigner(settings, "bedrock", region).sign("POST", api_base, headers, body), body


class MantleSigner:
    """Signs with the mixin, whatever a package has put in the place of its methods."""

    def __init__(self, aws: Mapping[str, Any], api_key: str | None) -> None:
        self._aws, self._key = aws, api_key

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers to send. Raises `NoCredentials` when there is neither key nor credentials."""
        kept = {name: value for name, value in headers.items() if name.lower() != "authorization"}
        mixin = BedrockMantleAuthMixin()
        return mixin.sign_request(kept, dict(self._aws), decode_json(body), url, api_key=self._key)[0]

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same; in a thread where AWS may have to be asked, so that the event loop goes on."""
        if self._key:
            return self.sign(method, url, headers, body)
        return await asyncio.to_thread(self.sign, method, url, headers, body)
