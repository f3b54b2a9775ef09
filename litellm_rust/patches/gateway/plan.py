"""The rules for one kind of request: what the provider is sent, and what becomes of its replies."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.cost import UNKNOWN, CostRule
from litellm_rust.patches.call.exchange import Sent
from litellm_rust.patches.call.hidden import HeaderNames
from litellm_rust.patches.call.template import shape_of
from litellm_rust.patches.call.wire import Unsuitable, Wire
from litellm_rust.patches.gateway.document import Document
from litellm_rust.patches.gateway.events import Rules
from litellm_rust.patches.gateway.head import Head, Headers, cost_facts, deployment_facts

_MAX_DOCUMENTS: Final = 64
_OK: Final = 200


class Answer:
    """What a client was sent."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()

    def note(self, message: Mapping[str, Any]) -> None:
        """Note a message that goes to the client."""
        if message["type"] == "http.response.start":
            self.status, self.headers = (
                message["status"],
                [(bytes(name), bytes(value)) for name, value in message["headers"]],
            )
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


class GatewayPlan(Wire):
    """A kind of request."""

    def __init__(self, litellm: Any, call: Arguments, sent: Sent, model: str, headers: HeaderNames) -> None:
        """From one request and what upstream sent for it. Raises Unsuitable."""
        super().__init__(call, sent)
        self._litellm = litellm
        target = str(call.control["model"])
        self._models = frozenset((model, target, target.partition("/")[2]))
        self._header_names = headers
        self._documents: dict[object, tuple[Document, Head] | None] = {}
        self._costs: dict[object, CostRule] = {}
        self._stream_head: Head | None = None
        self.rules = Rules(self._models)

    def _cost_rule(self, body: Mapping[str, Any], deployment: Mapping[str, Any]) -> CostRule:
        named, target = body["model"], str(deployment["litellm_params"]["model"])
        key = (named, target, body.get("service_tier"))
        rule = self._costs.get(key)
        if rule is None:
            if len(self._costs) >= _MAX_DOCUMENTS:
                self._costs.clear()
            names = (target, target.partition("/")[2], named, f"openai/{named}")
            rule = self._costs[key] = CostRule(self._litellm, tuple(dict.fromkeys(filter(None, names))))
        return rule

    def learn(
        self, reply: bytes, headers: dict[str, str], deployment: Mapping[str, Any], answer: Answer, *, stream: bool
    ) -> None:
        """Take note of `answer`, which upstream made of `reply`."""
        if answer.status != _OK:
            return
        provider = self._header_names.of(headers)
        if stream:
            if b"\r" not in reply:
                self.rules.learn([part + b"\n\n" for part in reply.split(b"\n\n") if part], bytes(answer.body))
                self._stream_head = Head(answer.headers, deployment_facts(deployment), provider)
            return
        body = json.loads(reply)
        shape = shape_of(body)
        if shape is None or shape in self._documents or len(self._documents) >= _MAX_DOCUMENTS:
            return
        self._documents[shape] = None
        document = Document(body, bytes(answer.body), self._models, streamed=False)
        seen = dict(answer.headers)
        rule = self._cost_rule(body, deployment)
        rule.learn(body, deployment["model_info"]["id"], float(seen.get(b"x-litellm-response-cost", b"nan")))
        facts = self._facts(body, deployment)
        if facts is not None:
            self._documents[shape] = (document, Head(answer.headers, facts, provider))

    def _facts(self, body: Mapping[str, Any], deployment: Mapping[str, Any]) -> dict[str, str] | None:
        rule = self._cost_rule(body, deployment)
        cost = rule.cost(body, deployment["model_info"]["id"])
        if cost is UNKNOWN or cost is None:
            return None
        return {**deployment_facts(deployment), **cost_facts(cost, rule.parts(body))}

    def answer(
        self,
        reply: bytes,
        headers: dict[str, str],
        deployment: Mapping[str, Any],
        call_id: str,
        times: tuple[float, float],
    ) -> tuple[list[tuple[bytes, bytes]], bytes, int] | None:
        """Headers, body and number of tokens of the answer for `reply`; None when upstream has to make it.

        `times` are when the request began and when the provider was asked, as `time.time()` counts.
        """
        try:
            body = json.loads(reply)
            known = self._documents.get(shape_of(body))
            facts = None if known is None else self._facts(body, deployment)
            if known is None or facts is None:
                return None
            content = known[0].render(body)
        except ValueError:
            return None
        facts["content-length"] = str(len(content))
        facts.update(_volatile(call_id, times))
        return known[1].build(facts, self._header_names.of(headers)), content, body["usage"]["total_tokens"]

    def stream_head(
        self, headers: dict[str, str], deployment: Mapping[str, Any], call_id: str, times: tuple[float, float]
    ) -> Headers | None:
        """The headers of a stream; None while none has been seen."""
        if self._stream_head is None or not self.rules.ends:
            return None
        facts = {**deployment_facts(deployment), **_volatile(call_id, times)}
        return self._stream_head.build(facts, self._header_names.of(headers))


def _volatile(call_id: str, times: tuple[float, float]) -> dict[str, str]:
    now, (began, asked) = time.time(), times
    return {
        "x-litellm-call-id": call_id,
        "x-litellm-response-duration-ms": str((now - began) * 1000),
        "x-litellm-overhead-duration-ms": str(round((asked - began) * 1000, 4)),
    }


__all__ = ["Answer", "GatewayPlan", "Unsuitable"]
