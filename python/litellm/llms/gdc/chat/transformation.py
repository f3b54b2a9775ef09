"""Gemini on Google Distributed Cloud: OpenAI's chat at the address of a project, on machines of one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest
from litellm.secret_managers.google.distributed import DistributedSigner

_PATH = "/chat/completions"
_PLACES = ("vertex_project", "vertex_location")
_NAME = re.compile(r"[A-Za-z0-9][\w.:-]*")
_IN_URL = re.compile(r"/v1/projects/([^/]+)")


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models."""
    return GDCChat(profile_of(provider))


class GDCChat(OpenAIChat):
    """`POST /v1/projects/<project>/locations/<location>/chat/completions`."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST, signed where the key is a service account's JSON. Raises `WireError` (401) when something lacks."""
        if not call.api_key:
            raise WireError("api_key: Google Distributed Cloud needs a token, or a service account's JSON", status=401)
        request = super().build_request(call)
        if call.api_key.lstrip().startswith("{"):
            del request.headers["authorization"]
            parts = urlsplit(request.url)
            request.signer = DistributedSigner(call.api_key, f"{parts.scheme}://{parts.netloc}")
        return request

    def body(self, call: ChatCall) -> dict[str, Any]:
        """The request body, without where the model is."""
        return {name: value for name, value in super().body(call).items() if name not in _PLACES}

    def url(self, call: ChatCall) -> str:
        """By way of the configuration class, which packages replace."""
        return GDCGeminiConfig().get_complete_url(
            call.api_base, call.api_key, call.model, call.params, dict(call.options), call.stream
        )

    def headers(self, call: ChatCall) -> dict[str, str]:
        """With the project that is billed."""
        found = _IN_URL.search(self.url(call))
        project = {"x-goog-user-project": f"projects/{found[1]}"} if found else {}
        return {**project, **super().headers(call)}


class GDCGeminiConfig:
    """Where a call goes."""

    def get_complete_url(
        self,
        api_base: str | None,
        api_key: str | None,
        model: str,
        optional_params: Mapping[str, Any],
        litellm_params: Mapping[str, Any],
        stream: bool | None = None,
    ) -> str:
        """The address of a project's chats: `api_base` itself where it names a project, else it and the settings.

        Raises `WireError`, 401 for what is missing, 400 for what no address can hold.
        """
        base = (api_base or "").rstrip("/")
        if not base:
            raise WireError("api_base: Google Distributed Cloud needs one, or GDC_API_BASE", status=401)
        if _IN_URL.search(base):
            return base if base.endswith(_PATH) else base + _PATH
        project, location = (_place(name, optional_params, litellm_params) for name in _PLACES)
        return f"{base}/v1/projects/{project}/locations/{location}{_PATH}"


def _place(name: str, *settings: Mapping[str, Any]) -> str:
    value = next((given[name] for given in settings if given.get(name)), None)
    if value is None:
        raise WireError(f"{name}: Google Distributed Cloud needs it, or an api_base that names a project", status=401)
    if not _NAME.fullmatch(str(value)):
        raise WireError(f"{name}: {value!r} is no name", status=400)
    return str(value)
