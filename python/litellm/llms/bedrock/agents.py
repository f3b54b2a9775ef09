"""Bedrock's agents: what the user says last goes to an agent, whose answer comes as an event stream.

Source: the InvokeAgent API reference. `bedrock/agent/<agent id>/<alias id>`; `sessionID` keeps a conversation.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litellm.llms.aws.errors import read_aws_error
from litellm.llms.aws.event_stream import AwsEventSplitter
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.chunks import chunk, token_usage
from litellm.llms.openai.messages import as_dict, flat_text
from litellm.llms.wire import ChatCall, ErrorDetails, Framing, WireError, WireRequest, decode_json

PREFIX = "agent/"
SERVICE = "bedrock-agent-runtime"
FIELDS = ("enableTrace", "endSession", "memoryId", "sessionState", "streamingConfigurations")
"""What a request can say besides the text."""


class AgentChat:
    """`POST /agents/…/agentAliases/…/sessions/…/text`. The answer is an event stream, whole or streamed."""

    framing: Framing = "aws"

    def supported_params(self, provider: str, model: str) -> tuple[str, ...]:
        """None: an agent has its own settings."""
        return ("stream",)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """Nothing of OpenAI's."""
        return {}

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST. Raises `WireError` (400) for a name that is not that of an agent's alias."""
        agent, _, alias = call.model.removeprefix(PREFIX).partition("/")
        if not agent or not alias:
            raise WireError(f"model: expected agent/<agent id>/<alias id>, got {call.model!r}", status=400)
        own = dict(call.params)
        session = str(own.pop("sessionID", None) or uuid.uuid4())
        target = BedrockTarget(
            call.model, own, api_base=call.api_base, api_key=call.api_key, headers=call.headers, service=SERVICE
        )
        body: dict[str, Any] = {"inputText": last_text(call.messages), "enableTrace": True}
        body.update({name: own[name] for name in FIELDS if name in own})
        body.update(own.get("extra_body") or {})
        agent, alias, session = (quote(part, safe="") for part in (agent, alias, session))
        return target.post_to(f"/agents/{agent}/agentAliases/{alias}/sessions/{session}/text", body)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The answer as a chat.completion dict. Raises `WireError` when it is damaged or says a failure."""
        frames, decoder = AwsEventSplitter(), AgentChunks()
        events = [*frames.feed(body), *frames.finish()]
        made = [each for event in events for each in decoder.feed(event)]
        made += decoder.finish()
        return whole(call, text_of(made), decoder.usage())

    def stream_decoder(self, call: ChatCall) -> AgentChunks:
        """A decoder for one streamed answer."""
        return AgentChunks()

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)


class AgentChunks:
    """Reads the events of one answer: pieces of its text, and traces that tell the models' tokens."""

    __slots__ = ("_completion", "_prompt", "_said")

    def __init__(self) -> None:
        self._prompt = self._completion = 0
        self._said = False

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event. Raises `WireError` when it cannot be read."""
        try:
            data = decode_json(event)
            packed = data.get("bytes") if isinstance(data, dict) else None
            text = base64.b64decode(packed).decode() if isinstance(packed, str) else ""
        except (ValueError, binascii.Error) as error:
            raise WireError("the agent sent an event that cannot be read", status=None) from error
        if isinstance(data, dict):
            self._count(data.get("trace"))
        if not text:
            return []
        self._said = True
        return [chunk({"content": text})]

    def finish(self) -> list[dict[str, Any]]:
        """The end. Raises `WireError` when the agent said nothing."""
        if not self._said:
            raise WireError("the agent ended its answer before it said anything", status=None)
        return [chunk({}, "stop"), {"choices": [], "usage": self.usage()}]

    def usage(self) -> dict[str, Any]:
        """The tokens of all models that the agent asked."""
        return token_usage(self._prompt, self._completion)

    def _count(self, trace: Any) -> None:
        """Adds the tokens of every `modelInvocationOutput` in `trace`."""
        if not isinstance(trace, dict):
            return
        for name, value in trace.items():
            if name == "modelInvocationOutput" and isinstance(value, dict):
                usage = (value.get("metadata") or {}).get("usage") or {}
                self._prompt += int(usage.get("inputTokens") or 0)
                self._completion += int(usage.get("outputTokens") or 0)
            else:
                self._count(value)


def text_of(chunks: list[dict[str, Any]]) -> str:
    """What the chunks of a stream say in all."""
    return "".join(each["choices"][0]["delta"].get("content") or "" for each in chunks if each["choices"])


def whole(call: ChatCall, text: str, usage: dict[str, Any]) -> dict[str, Any]:
    """An answer of this text as a chat.completion dict."""
    message = {"role": "assistant", "content": text}
    return {
        "model": call.model,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": usage,
    }


def last_text(messages: list[Any]) -> str:
    """What the last message says."""
    last = messages[-1] if messages else {}
    content = (last if isinstance(last, dict) else as_dict(last)).get("content")
    if isinstance(content, list):
        content = flat_text([part for part in content if isinstance(part, dict) and part.get("type") == "text"])
    return content if isinstance(content, str) else ""
