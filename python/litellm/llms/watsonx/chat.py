"""watsonx.ai's chat: OpenAI's messages and replies, with IBM's addresses, tokens and tool choice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.openai.chat import OpenAIChat, OpenAIChunks
from litellm.llms.openai.messages import clean_messages
from litellm.llms.openai_like.profile import Profile
from litellm.llms.openai_like.profiles import profile_of
from litellm.llms.plain_chunks import PlainChunks
from litellm.llms.watsonx.settings import DEPLOYMENT, OWN_PARAMS, authentication, endpoint_url, request_headers, scope
from litellm.llms.watsonx.text import WatsonxText
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest, decode_object, encode_json

_MESSAGES = Profile(keeps_cache_control=True)


def chat_format(provider: str, model: str) -> WireFormat:
    """Chat for `watsonx`, text generation for `watsonx_text`."""
    return WatsonxText() if provider == "watsonx_text" else WatsonxChat(profile_of(provider))


class WatsonxChat(OpenAIChat):
    """`POST /ml/v1/text/chat`, and the same of a deployment."""

    shows_headers = False

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` as watsonx takes them: a tool choice in a word has a name of its own."""
        mapped = super().map_params(provider, model, params, drop=drop)
        mapped.pop("stream_options", None)
        if isinstance(mapped.get("tool_choice"), str):
            mapped["tool_choice_option"] = mapped.pop("tool_choice")
        if "tools" in mapped:
            mapped["tools"] = [_plain_tool(tool) for tool in mapped["tools"]]
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST. Raises `WireError` (401) when project, base URL or credentials are missing."""
        params = dict(call.params)
        extra = params.pop("extra_body", None) or {}
        auth = authentication(call.api_key, params)
        body: dict[str, Any] = {
            "model": "" if call.model.startswith(DEPLOYMENT) else call.model,
            "messages": clean_messages(call.messages, _MESSAGES, keep_marks=True),
            "stream": call.stream,
            **scope(call.model, params),
        }
        if params.get("token"):  # LiteLLM repeats a given token in the body, under two names
            body.update({"token": params["token"], "watsonx_token": params["token"]})
        body.update({name: value for name, value in params.items() if name not in OWN_PARAMS})
        body.update(extra)
        task = "text/chat_stream" if call.stream else "text/chat"
        url = endpoint_url(call.api_base, call.model, task, call.options.get("api_version"))
        return WireRequest("POST", url, request_headers(auth, call.headers), encode_json(body), auth.signer)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no choice."""
        try:
            decode_object(body)
        except WireError as error:
            raise WireError("the provider's reply is not a JSON object", status=None) from error
        return super().parse_response(call, status, headers, body)

    def stream_decoder(self, call: ChatCall) -> OpenAIChunks:
        """A decoder for one streamed reply."""
        return PlainChunks()


def _plain_tool(tool: Any) -> Any:
    """`tool` without the fields that watsonx refuses: `strict`, and `additionalProperties` of its parameters."""
    function = tool.get("function") if isinstance(tool, dict) else None
    if not isinstance(function, dict):
        return tool
    kept = {name: value for name, value in function.items() if name != "strict"}
    if isinstance(kept.get("parameters"), dict):
        kept["parameters"] = {k: v for k, v in kept["parameters"].items() if k != "additionalProperties"}
    return {**tool, "function": kept}
