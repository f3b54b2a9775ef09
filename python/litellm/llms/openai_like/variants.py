"""Providers that speak OpenAI's chat at an address of their own making, or with a small change to a request.

One class each, of a few lines; what can be said as data is in `profiles`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from litellm.llms.openai.chat import OpenAIChat, OpenAIChunks
from litellm.llms.openai_like.profile import Profile
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.plain_chunks import PlainChunks
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest

CLOUDFLARE = "https://api.cloudflare.com/client/v4/accounts"


def chat_format(provider: str, model: str) -> WireFormat:
    """The class of `provider`, with its profile."""
    return _CLASSES[provider](profile_of(provider))


class CloudflareChat(OpenAIChat):
    """Workers AI: the address of its run API stands for that of its OpenAI-compatible one."""

    def url(self, call: ChatCall) -> str:
        """Raises `WireError` (400) when no account is known."""
        base = (call.api_base or "").rstrip("/")
        if not base:
            account = os.environ.get("CLOUDFLARE_ACCOUNT_ID")
            if not account:
                raise WireError("api_base: Cloudflare needs one, or CLOUDFLARE_ACCOUNT_ID", status=400)
            base = f"{CLOUDFLARE}/{account}/ai/run"
        if base.endswith("/run"):
            base = base.removesuffix("/run") + "/v1"
        return base if base.endswith("/chat/completions") else base + "/chat/completions"


class OobaboogaChat(OpenAIChat):
    """text-generation-webui, which asks for no key and answers nothing of its own."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(replace(profile, choice_fields=False, message_fields=False, names_provider_in_model=False))

    def url(self, call: ChatCall) -> str:
        """Below `/v1`."""
        return f"{(call.api_base or '').rstrip('/').removesuffix('/v1')}/v1/chat/completions"

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply, without the server's id and time."""
        data = super().parse_response(call, status, headers, body)
        return {name: value for name, value in data.items() if name not in ("id", "created")}

    def headers(self, call: ChatCall) -> dict[str, str]:
        """Without authentication."""
        return {"content-type": "application/json", **call.headers}


class DataRobotChat(OpenAIChat):
    """DataRobot's LLM gateway, or a deployment."""

    def url(self, call: ChatCall) -> str:
        """The gateway of a host; an address with a path is the caller's to know."""
        base = call.api_base or ""
        if not urlsplit(base).path.strip("/"):
            return base.rstrip("/") + "/api/v2/genai/llmgw/chat/completions/"
        if "/chat/completions" in base:
            return base
        return base.rstrip("/") + "/chat/completions"


class GradientChat(OpenAIChat):
    """DigitalOcean's Gradient: serverless inference, or an agent's endpoint."""

    def url(self, call: ChatCall) -> str:
        """Agents answer below `/api/v1`, serverless inference below `/v1`."""
        base = (call.api_base or "").rstrip("/")
        path = "/v1/chat/completions" if "inference.do-ai.run" in base else "/api/v1/chat/completions"
        return base if base.endswith("/chat/completions") else base + path


class HerokuChat(OpenAIChat):
    """Heroku's managed inference."""

    def url(self, call: ChatCall) -> str:
        """Below `/v1`."""
        base = (call.api_base or "").rstrip("/")
        return base if base.endswith("/v1/chat/completions") else base + "/v1/chat/completions"


class RagflowChat(OpenAIChat):
    """RAGFlow: `chat/<id>/<model>` and `agent/<id>/<model>` name what answers."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the chat or agent. Raises `WireError` (400) for a model that names neither."""
        kind, _, rest = call.model.partition("/")
        number, _, model = rest.partition("/")
        if kind not in ("chat", "agent") or not number or not model:
            raise WireError("model: RAGFlow wants ragflow/chat/<id>/<model> or ragflow/agent/<id>/<model>", status=400)
        base = (call.api_base or "").rstrip("/").removesuffix("/api/v1")
        call.params = {**call.params, "extra_body": {"model": model, **(call.params.get("extra_body") or {})}}
        request = super().build_request(call)
        request.url = f"{base}/api/v1/{kind}s_openai/{number}/chat/completions"
        return request

    def shown_model(self, model: str) -> str:
        """What streams call the model."""
        return f"ragflow/{model}"


class MaritalkChat(OpenAIChat):
    """Maritaca, whose chunks are read plainly."""

    def stream_decoder(self, call: ChatCall) -> OpenAIChunks:
        """A decoder for one streamed reply."""
        return PlainChunks()


class ClarifaiChat(OpenAIChat):
    """Clarifai: `user.app.model` is the address of a model."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST that names the model by its address."""
        parts = call.model.split(".", 2)
        model = call.model
        if len(parts) == 3 and "://" not in model:
            model = f"https://clarifai.com/{parts[0]}/{parts[1]}/models/{parts[2]}"
        call.params = {**call.params, "extra_body": {"model": model, **(call.params.get("extra_body") or {})}}
        return super().build_request(call)


_CLASSES: Mapping[str, type[OpenAIChat]] = {
    "clarifai": ClarifaiChat,
    "cloudflare": CloudflareChat,
    "datarobot": DataRobotChat,
    "gradient_ai": GradientChat,
    "heroku": HerokuChat,
    "maritalk": MaritalkChat,
    "oobabooga": OobaboogaChat,
    "ragflow": RagflowChat,
}
