"""Oracle Cloud's Generative AI as the far side of a chat completion.

Source: Oracle's Generative AI inference API (20231130), and LiteLLM 1.106.2 as observed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litellm.llms.oci.messages import cohere_conversation, cohere_tools, generic_messages, generic_tools
from litellm.llms.oci.reply import OciChunks, convert_usage, finish_reason, text_of, tool_calls
from litellm.llms.oci.settings import action_url, body_params, scope, signer
from litellm.llms.openai.schema import response_format
from litellm.llms.prompted import PromptedFormat
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest, decode_object, encode_json

DEFAULT_MAX_TOKENS = 4096
_RENAMED: Mapping[str, str] = {
    "max_tokens": "maxTokens",
    "max_completion_tokens": "maxTokens",
    "top_p": "topP",
    "frequency_penalty": "frequencyPenalty",
    "presence_penalty": "presencePenalty",
    "logit_bias": "logitBias",
    "logprobs": "logProbs",
    "n": "numGenerations",
}


_COHERE_PARAMS = (
    "stream", "max_tokens", "max_completion_tokens", "temperature", "tools", "frequency_penalty", "presence_penalty",
    "seed", "stop", "top_p", "response_format", "top_k",
)  # fmt: skip


def chat_format(provider: str, model: str) -> WireFormat:
    """Cohere's format for its models, the generic one for all others."""
    return OciChat(cohere=model.removeprefix("oci/").startswith("cohere."))


class OciChat(PromptedFormat):
    """`POST /20231130/actions/chat`, signed."""

    params = (
        "stream", "max_tokens", "max_completion_tokens", "temperature", "tools", "frequency_penalty", "logprobs",
        "logit_bias", "n", "presence_penalty", "reasoning_effort", "seed", "stop", "tool_choice", "top_p",
        "response_format",
    )  # fmt: skip

    def __init__(self, *, cohere: bool) -> None:
        self.cohere = cohere

    def supported_params(self, provider: str, model: str) -> tuple[str, ...]:
        """OpenAI parameter names that `model` takes; Cohere's takes fewer."""
        if not self.cohere:
            return self.params
        return _COHERE_PARAMS

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """`params` under Oracle's names."""
        mapped: dict[str, Any] = {}
        for name, value in params.items():
            if name == "tools":
                mapped["tools"] = cohere_tools(value) if self.cohere else generic_tools(value)
            elif name == "tool_choice":
                mapped["toolChoice"] = _tool_choice(value)
            elif name == "reasoning_effort":
                mapped["reasoningEffort"] = str(value).upper()
            elif name == "response_format":
                mapped["responseFormat"] = _response_format(value)
            elif name == "stop":
                mapped["stopSequences" if self.cohere else "stop"] = [value] if isinstance(value, str) else value
            elif name == "max_completion_tokens" and model.startswith("openai."):
                mapped["maxCompletionTokens"] = value
            elif name != "stream":
                mapped[_RENAMED.get(name, name)] = value
        return mapped

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST. Raises `WireError` (401) when the compartment or a part of the key is missing."""
        params = body_params(call.params)
        extra = params.pop("extra_body", None) or {}
        if self.cohere:
            chat: dict[str, Any] = {"apiFormat": "COHERE", **cohere_conversation(call.messages)}
            if call.stream:
                chat["isStream"] = True
        else:
            messages = generic_messages(call.messages)
            chat = {"apiFormat": "GENERIC", "messages": messages, "isStream": call.stream}
        chat.update(params)
        if "maxCompletionTokens" not in chat:
            chat.setdefault("maxTokens", DEFAULT_MAX_TOKENS)
        body = {**scope(call.model, call.params), "chatRequest": chat, **extra}
        headers = {"content-type": "application/json", **call.headers}
        url = action_url(call.api_base, call.params, "chat")
        return WireRequest("POST", url, headers, encode_json(body), signer(call.params))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no chat response."""
        data = decode_object(body)
        said = data.get("chatResponse")
        if not isinstance(said, dict):
            raise WireError("the provider's reply holds no 'chatResponse'")
        choices = said.get("choices")
        if isinstance(choices, list) and choices:
            made = [_choice(choice.get("message") or {}, choice, index) for index, choice in enumerate(choices)]
        elif isinstance(said.get("text"), str):
            made = [_choice(said, said, 0)]
        else:
            raise WireError("the provider's reply holds no answer")
        model = call.model if self.cohere else data.get("modelId") or call.model
        reply: dict[str, Any] = {"model": model, "choices": made, "usage": convert_usage(said.get("usage"))}
        created = _seconds(said.get("timeCreated"))
        if created is not None:
            reply["created"] = created
        return reply

    def stream_decoder(self, call: ChatCall) -> OciChunks:
        """A decoder for one streamed reply."""
        return OciChunks()


def _choice(message: Mapping[str, Any], choice: Mapping[str, Any], index: int) -> dict[str, Any]:
    said: dict[str, Any] = {"role": "assistant", "content": text_of(message)}
    calls = tool_calls(message.get("toolCalls"))
    if calls:
        said["tool_calls"] = [{k: v for k, v in call.items() if k != "index"} for call in calls]
    if message.get("reasoningContent"):
        said["reasoning_content"] = message["reasoningContent"]
    return {"index": index, "finish_reason": finish_reason(choice.get("finishReason")), "message": said}


def _tool_choice(choice: Any) -> Any:
    if isinstance(choice, dict):
        return {"type": "FUNCTION", "name": (choice.get("function") or {}).get("name")}
    return {"type": str(choice).upper()}


def _response_format(wanted: Any) -> Any:
    wanted = response_format(wanted)
    if not isinstance(wanted, dict):
        return wanted
    made: dict[str, Any] = {"type": str(wanted.get("type") or "text").upper()}
    if wanted.get("json_schema") is not None:
        made["jsonSchema"] = wanted["json_schema"]
    return made


def _seconds(moment: Any) -> int | None:
    """An ISO 8601 time in seconds since 1970; None for anything else."""
    try:
        return int(datetime.fromisoformat(str(moment).replace("Z", "+00:00")).timestamp())
    except ValueError:
        return None
