"""The exception that a provider's refusal becomes before it is mapped to one of `litellm.exceptions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx


class BaseLLMException(Exception):
    """A refused or failed call, in HTTP terms. `headers` are the reply's, `body` its parsed error object."""

    def __init__(
        self,
        status_code: int,
        message: str,
        headers: Mapping[str, str] | httpx.Headers | None = None,
        request: httpx.Request | None = None,
        response: httpx.Response | None = None,
        body: Any = None,
    ) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.message = message
        self.headers = headers
        self.request = request or httpx.Request("POST", "https://docs.litellm.ai/docs")
        self.response = response or httpx.Response(
            status_code, headers=None if headers is None else httpx.Headers(dict(headers)), request=self.request
        )
        self.body = body
        fields = body if isinstance(body, dict) else {}
        self.code = fields.get("code")
        self.type = fields.get("type")
        self.param = fields.get("param")
