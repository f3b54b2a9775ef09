"""ChatGPT's Responses API: always streamed, never stored, with the instructions and the sign-in of a user."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from litellm.llms.chatgpt.common_utils import get_chatgpt_default_instructions
from litellm.llms.responses import native
from litellm.llms.wire import WireRequest, encode_json
from litellm.secret_managers.chatgpt import Authenticator, chatgpt_headers

TAKEN = frozenset(
    {"include", "instructions", "previous_response_id", "prompt_cache_key", "reasoning", "service_tier", "text",
     "tool_choice", "tools", "truncation"}
)  # fmt: skip
"""Parameters of a response that the API takes; it refuses others, which are left out."""
_TIERS: Mapping[str, str] = {"default": "default", "priority": "priority", "fast": "priority"}
_ENCRYPTED = "reasoning.encrypted_content"
"""What a response that is not stored needs of its reasoning, to be continued."""


class ChatGPTResponsesAPIConfig:
    """What goes to ChatGPT; each response is asked for through these methods."""

    custom_llm_provider = "chatgpt"

    def __init__(self, authenticator: Authenticator | None = None) -> None:
        self.authenticator = authenticator or Authenticator()

    def validate_environment(
        self, headers: Mapping[str, str], model: str = "", litellm_params: Any = None
    ) -> dict[str, str]:
        """`headers`, and those of the user who is signed in. Raises `ChatGPTAuthError`."""
        token = self.authenticator.get_access_token()
        return {**chatgpt_headers(token, self.authenticator.get_account_id()), **headers}

    def get_complete_url(self, api_base: str | None = None, litellm_params: Any = None) -> str:
        """Where responses are made."""
        return f"{(api_base or self.authenticator.get_api_base()).rstrip('/')}/responses"

    def transform_responses_api_request(
        self,
        model: str,
        input: Any,  # the name that packages give it by
        response_api_optional_request_params: Mapping[str, Any],
        litellm_params: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The body."""
        given = response_api_optional_request_params
        body = {name: given[name] for name in sorted(TAKEN) if given.get(name) is not None}
        told = (get_chatgpt_default_instructions(), given.get("instructions"))
        body["instructions"] = "\n\n".join(text for text in told if text)
        if "service_tier" in body:
            tier = _TIERS.get(str(body.pop("service_tier")))
            body.update({"service_tier": tier} if tier else {})
        included = list(body.get("include") or ())
        body["include"] = included if _ENCRYPTED in included else [*included, _ENCRYPTED]
        return {"model": model, "input": _as_messages(input), **body, "store": False, "stream": True}


class SignedIn:
    """Signs with the token of the user who is signed in, which may have to be renewed."""

    def __init__(self, config: ChatGPTResponsesAPIConfig, model: str) -> None:
        self._config, self._model = config, model

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """`headers` with the user's. Raises `ChatGPTAuthError`."""
        return self._config.validate_environment(headers, self._model)

    async def async_sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The same, on an event loop."""
        return await asyncio.to_thread(self.sign, method, url, headers, body)


def own_request(call: native.ResponsesCall, inputs: Any, params: Mapping[str, Any]) -> WireRequest:
    """The POST that makes a response; signed by a key that the call brings, else by who is signed in."""
    config = ChatGPTResponsesAPIConfig()
    extra = params.get("extra_body") or {}
    body = config.transform_responses_api_request(call.model, inputs, params, {}, dict(call.headers))
    headers = native.headers(call)
    if call.api_key:
        headers = {**chatgpt_headers(call.api_key, None), **headers}
    request = WireRequest("POST", config.get_complete_url(call.api_base), headers, encode_json({**body, **extra}))
    if not call.api_key:
        request.signer = SignedIn(config, call.model)
    return request


def _as_messages(inputs: Any) -> Any:
    """A text as the message that it is: the API takes lists."""
    return [{"type": "message", "role": "user", "content": inputs}] if isinstance(inputs, str) else inputs
