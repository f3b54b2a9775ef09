"""Bedrock's OpenAI-compatible service: OpenAI's chat completions, and Anthropic's messages for Claude."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litellm.litellm_core_utils.bedrock_mantle import mantle_address, split_region
from litellm.litellm_core_utils.model_facts import model_facts
from litellm.llms.anthropic.chat import AnthropicChat
from litellm.llms.aws.endpoint import region_for
from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.invoke.anthropic import API_VERSION, DEFAULT_MAX_TOKENS
from litellm.llms.bedrock_mantle.common_utils import MantleSigner
from litellm.llms.openai.chat import OpenAIChat
from litellm.llms.openai.params import OPENAI_CHAT_PARAMS, is_gpt5
from litellm.llms.openai_like.profile import Profile
from litellm.llms.wire import ChatCall, ErrorDetails, WireFormat, WireRequest, decode_json, encode_json
from litellm.secret_managers.aws.settings import take_settings

MESSAGES_PATH = "/anthropic/v1/messages"
_PROFILE = Profile(sdk_retries=False, choice_fields=False, message_fields=False, names_itself=False)
_AWS_HOST = ".api.aws"


class _Place:
    """Where a call goes and who signs it: taken out of its parameters."""

    def __init__(self, call: ChatCall, params: dict[str, Any]) -> None:
        given = dict(params)
        settings = take_settings(params)
        aws = {name: value for name, value in given.items() if name not in params}
        named, self.model = split_region(call.model)
        region = region_for(settings, named, default="us-east-1")
        base = (call.api_base or "").rstrip("/")
        ours = not base or (_AWS_HOST in base and settings.region_name is not None)
        self.base = mantle_address(self.model, region) if ours else base
        self.signer = MantleSigner({**aws, "aws_region_name": region}, call.api_key)


class MantleChat(OpenAIChat):
    """OpenAI's format, with a Bedrock API key or a signature."""

    def __init__(self) -> None:
        super().__init__(_PROFILE)

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes."""
        facts = model_facts(provider, model)
        names = list(OPENAI_CHAT_PARAMS)
        if is_gpt5(model.rpartition("openai.")[2]):
            names.append("verbosity")
        if facts.get("supports_reasoning"):
            names.append("reasoning_effort")
        return names

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to the chat completions endpoint."""
        params = dict(call.params)
        place = _Place(call, params)
        made = super().build_request(replace(call, model=place.model, params=params, api_base=place.base))
        made.signer = place.signer
        return made

    def shown_model(self, model: str) -> str:
        """`model` as responses name it."""
        return split_region(model)[1]


class MantleClaude(AnthropicChat):
    """Anthropic's messages API, with a Bedrock API key or a signature; the version is in the body."""

    def supported_params(self, provider: str, model: str) -> list[str]:
        """OpenAI parameter names that `model` takes."""
        return super().supported_params(provider, split_region(model)[1])

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` in Anthropic's terms."""
        return super().map_params(provider, split_region(model)[1], params, drop=drop)

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST of a message."""
        params = dict(call.params)
        place = _Place(call, params)
        params.setdefault("max_tokens", DEFAULT_MAX_TOKENS)
        return self._post(call, place, self.body(replace(call, model=place.model, params=params)))

    def messages_request(self, call: ChatCall, body: Mapping[str, Any]) -> WireRequest:
        """The POST of `body`, a request that came in Anthropic's own format."""
        made = dict(body)
        place = _Place(call, made)
        return self._post(call, place, {**made, "model": place.model})

    def _post(self, call: ChatCall, place: _Place, body: dict[str, Any]) -> WireRequest:
        headers = {k: v for k, v in self.headers(replace(call, api_key=None), body).items() if k != "anthropic-version"}
        if not body.get("stream"):
            body.pop("stream", None)
        sent = encode_json({**body, "anthropic_version": API_VERSION})
        return WireRequest("POST", messages_address(place.base), headers, sent, place.signer)

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS or Anthropic says about the refusal."""
        details = super().error_details(status, headers, body)
        return details if isinstance(_error(body), dict) else read_aws_error(headers, body)

    def shown_model(self, model: str) -> str:
        """`model` as responses name it."""
        return split_region(model)[1]


def _error(body: bytes) -> Any:
    try:
        parsed = decode_json(body)
    except ValueError:
        return None
    return parsed.get("error") if isinstance(parsed, dict) else None


def messages_address(base: str) -> str:
    """Anthropic's messages at the host of `base`."""
    root = base.removesuffix("/v1").removesuffix("/openai").removesuffix("/anthropic")
    return root + MESSAGES_PATH


def chat_format(provider: str, model: str) -> WireFormat:
    """The chat format of `model`."""
    return MantleClaude() if "claude" in model else MantleChat()
