"""Nova under InvokeModel: Converse's body and reply, under InvokeModel's path."""

from __future__ import annotations

from typing import Any

from litellm.llms.bedrock.converse.chat import ConverseChat
from litellm.llms.bedrock.converse.stream import ConverseChunks
from litellm.llms.bedrock.converse.tools import ToolNames
from litellm.llms.bedrock.invoke.stream import InvokeChunks
from litellm.llms.bedrock.invoke.text import refuse_guardrail
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.wire import ChatCall, StreamDecoder, WireRequest

_NOT_HERE = ("additionalModelRequestFields", "additionalModelResponseFieldPaths", "serviceTier", "requestMetadata")


class InvokeNovaChat(ConverseChat):
    """Nova's own API."""

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST to `invoke`."""
        own = dict(call.params)
        extra = own.pop("extra_body", None) or {}
        target = BedrockTarget(call.model, own, api_base=call.api_base, api_key=call.api_key, headers=call.headers)
        refuse_guardrail(call, own)
        body: dict[str, Any] = self.body(call, own)
        for name in _NOT_HERE:
            fields = body.pop(name, None)
            if name == "additionalModelRequestFields" and isinstance(fields, dict):
                body["inferenceConfig"].update(fields.get("inferenceConfig") or {})
        if "system" in body:
            body["system"] = _marked(body["system"])
        for turn in body["messages"]:
            turn["content"] = _marked(turn["content"])
        return target.post("invoke-with-response-stream" if call.stream else "invoke", {**body, **extra})

    def stream_decoder(self, call: ChatCall) -> StreamDecoder:
        """A decoder for one streamed reply."""
        names = ToolNames(call.params.get("tools") or ())
        return InvokeChunks(ConverseChunks(json_mode=bool(call.params.get("json_mode")), names=names))


def _marked(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`blocks` with each cache point in the block before it, which is where Nova's own API has them."""
    made: list[dict[str, Any]] = []
    for block in blocks:
        if "cachePoint" in block and made:
            made[-1] = {**made[-1], **block}
        else:
            made.append(block)
    return made
