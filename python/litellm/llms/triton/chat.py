"""NVIDIA Triton: its generate extension, and its inference protocol.

Source: Triton's documentation of the generate extension and of the KServe v2 protocol.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litellm.llms.prompted import PromptedFormat, TextChunks, spaced, text_reply
from litellm.llms.wire import ChatCall, WireError, WireFormat, WireRequest, decode_object, encode_json

DEFAULT_MAX_TOKENS = 2000
_GENERATE, _INFER = "/generate", "/infer"
_DATATYPES: tuple[tuple[type, str], ...] = ((bool, "BOOL"), (int, "INT32"), (float, "FP32"))


def chat_format(provider: str, model: str) -> WireFormat:
    """One format for all its models: the address says which protocol."""
    return TritonChat()


class TritonChat(PromptedFormat):
    """`POST …/generate`, `…/generate_stream` or `…/infer`."""

    params = ("max_tokens", "max_completion_tokens")
    renames: Mapping[str, str] = {"max_completion_tokens": "max_tokens"}

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST in the protocol that the address names; generate where it names none."""
        base = (call.api_base or "").rstrip("/")
        headers = {"content-type": "application/json", **call.headers}
        params = dict(call.params)
        extra = params.pop("extra_body", None) or {}
        if base.endswith(_INFER):
            inputs = [_tensor("text_input", spaced(call.messages)), *(_tensor(k, v) for k, v in params.items())]
            return WireRequest("POST", base, headers, encode_json({"inputs": inputs, **extra}))
        base = base.removesuffix("_stream")
        params.setdefault("max_tokens", DEFAULT_MAX_TOKENS)
        url = base if base.endswith(_GENERATE) else base + _GENERATE
        if call.stream:
            url += "_stream"
        body = {"text_input": spaced(call.messages), "parameters": params, "stream": call.stream, **extra}
        return WireRequest("POST", url, headers, encode_json(body))

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The reply as an OpenAI chat.completion dict. Raises `WireError` when it holds no text."""
        data = decode_object(body)
        text = data.get("text_output")
        if text is None:
            for output in data.get("outputs") or ():
                found = output.get("data") if isinstance(output, dict) else None
                if isinstance(found, list) and output.get("datatype") == "BYTES":
                    text = "".join(str(piece) for piece in found)
        if not isinstance(text, str):
            raise WireError("the provider's reply holds no text output")
        return text_reply(None, text)

    def stream_decoder(self, call: ChatCall) -> TextChunks:
        """A decoder for one streamed reply."""
        return TextChunks("text_output")


def _tensor(name: str, value: Any) -> dict[str, Any]:
    """`value` as a tensor of one element."""
    for kind, datatype in _DATATYPES:
        if isinstance(value, kind):
            return {"name": name, "shape": [1], "datatype": datatype, "data": [value]}
    return {"name": name, "shape": [1], "datatype": "BYTES", "data": [str(value)]}
