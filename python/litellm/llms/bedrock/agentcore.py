"""Agents at Bedrock AgentCore: what the user says last goes to a runtime, which answers in JSON or as events.

Source: the InvokeAgentRuntime API reference. `bedrock/agentcore/<ARN of the runtime>`; `runtimeSessionId` keeps a
conversation. An agent may answer with any JSON; read are a text, a message's content, and the events of Converse.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from litellm.llms.aws.errors import read_aws_error
from litellm.llms.bedrock.agents import last_text, text_of, whole
from litellm.llms.bedrock.request import BedrockTarget
from litellm.llms.chunks import chunk, token_usage
from litellm.llms.prompted import counted_usage
from litellm.llms.sse import SSESplitter
from litellm.llms.wire import ChatCall, ErrorDetails, Framing, WireError, WireRequest, decode_json

PREFIX = "agentcore/"
SERVICE = "bedrock-agentcore"
SESSION_HEADER = "x-amzn-bedrock-agentcore-runtime-session-id"
USER_HEADER = "x-amzn-bedrock-agentcore-runtime-user-id"


class AgentCoreChat:
    """`POST /runtimes/<ARN>/invocations`."""

    framing: Framing = "sse"

    def supported_params(self, provider: str, model: str) -> tuple[str, ...]:
        """None: an agent has its own settings."""
        return ("stream",)

    def map_params(self, provider: str, model: str, params: Mapping[str, Any], *, drop: bool) -> dict[str, Any]:
        """Nothing of OpenAI's."""
        return {}

    def build_request(self, call: ChatCall) -> WireRequest:
        """The POST of what was said last, with a key as a bearer token or a signature."""
        arn = call.model.removeprefix(PREFIX)
        own = dict(call.params)
        session = own.pop("runtimeSessionId", None) or f"litellm-session-{uuid.uuid4()}"
        headers = {**call.headers, SESSION_HEADER: str(session)}
        user, qualifier = own.pop("runtimeUserId", None), own.pop("qualifier", None)
        if user is not None:
            headers[USER_HEADER] = str(user)
        target = BedrockTarget(arn, own, api_base=call.api_base, api_key=call.api_key, headers=headers, service=SERVICE)
        body = {"prompt": last_text(call.messages), **(own.get("extra_body") or {})}
        query = f"?{urlencode({'qualifier': qualifier})}" if qualifier is not None else ""
        return target.post_to(f"/runtimes/{quote(arn, safe='')}/invocations{query}", body, SERVICE)

    def parse_response(self, call: ChatCall, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The answer as a chat.completion dict. Raises `WireError` when it is not JSON or says nothing."""
        decoder = CoreChunks(call)
        if body.lstrip()[:1] in (b"{", b'"', b"["):
            text, usage = said(_json(body)), None
        else:
            frames = SSESplitter()
            events = [*frames.feed(body), *frames.finish()]
            made = [each for event in events for each in decoder.feed(event)] + decoder.finish()
            text = text_of(made)
            usage = decoder.usage
        if not text:
            raise WireError("the agent's answer says nothing", status=None)
        return whole(call, text, usage or counted_usage(last_text(call.messages), text))

    def stream_decoder(self, call: ChatCall) -> CoreChunks:
        """A decoder for one streamed answer."""
        return CoreChunks(call)

    def error_details(self, status: int, headers: Mapping[str, str], body: bytes) -> ErrorDetails:
        """What AWS says about its refusal."""
        return read_aws_error(headers, body)


class CoreChunks:
    """Reads the events of one answer."""

    __slots__ = ("_call", "_text", "usage")

    def __init__(self, call: ChatCall) -> None:
        self._call = call
        self._text = ""
        self.usage: dict[str, Any] | None = None

    def feed(self, event: bytes) -> list[dict[str, Any]]:
        """The chunks of one event; a whole message repeats what was said, and is read where nothing was."""
        data = _json(event)
        inner = data.get("event") if isinstance(data, dict) else None
        if isinstance(inner, dict):
            usage = (inner.get("metadata") or {}).get("usage")
            if isinstance(usage, dict):
                self.usage = token_usage(int(usage.get("inputTokens") or 0), int(usage.get("outputTokens") or 0))
            text = str(((inner.get("contentBlockDelta") or {}).get("delta") or {}).get("text") or "")
        elif isinstance(data, dict) and data.get("error"):
            raise WireError(str(data["error"]), status=None)
        else:
            text = "" if self._text and not isinstance(data, str) else said(data)
        if not text:
            return []
        self._text += text
        return [chunk({"content": text})]

    def finish(self) -> list[dict[str, Any]]:
        """The end. Raises `WireError` when the agent said nothing."""
        if not self._text:
            raise WireError("the agent ended its answer before it said anything", status=None)
        usage = self.usage or counted_usage(last_text(self._call.messages), self._text)
        return [chunk({}, "stop"), {"choices": [], "usage": usage}]


def said(data: Any) -> str:
    """The text of an answer: a text itself, a message's, or what stands under `result`, `response` or `output`."""
    if isinstance(data, str):
        return data
    if isinstance(data, list):
        return "".join(map(said, data))
    if not isinstance(data, dict):
        return ""
    for name in ("text", "content", "message", "result", "response", "output", "completion"):
        if data.get(name):
            return said(data[name])
    return ""


def _json(body: bytes) -> Any:
    try:
        return decode_json(body)
    except ValueError as error:
        quoted = json.dumps(body[:500].decode("utf-8", "replace"))
        raise WireError(f"the agent's answer is not valid JSON: {quoted}", status=None) from error
