"""What upstream sends for one kind of call and makes of the reply, learnt from a call that it served itself."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final

from litellm_rust.patches.call.arguments import Arguments
from litellm_rust.patches.call.cost import UNKNOWN, CostRule
from litellm_rust.patches.call.exchange import Sent
from litellm_rust.patches.call.hidden import HeaderNames, HiddenParams
from litellm_rust.patches.call.template import Template, same, shape_of
from litellm_rust.pool import Timeouts

_MAX_TEMPLATES: Final = 64
_MAX_RULES: Final = 64
# Set by the connection, or computed from the body.
_TRANSPORT_HEADERS: Final = frozenset({b"host", b"content-length", b"connection", b"transfer-encoding"})
_STATIC_HEADERS: Final = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"authorization",
        b"content-type",
        b"openai-organization",
        b"openai-project",
    }
)
# They differ from call to call, and are compared without their values.
_VOLATILE: Final = frozenset({"_response_ms", "litellm_overhead_time_ms", "callback_duration_ms", "litellm_call_id"})


class Unsuitable(Exception):  # a verdict, not an error of the caller
    """The watched call cannot be repeated natively; the message says why."""


class Plan:
    """A kind of call: its request, and how its replies become responses."""

    def __init__(self, litellm: Any, call: Arguments, sent: Sent, response: Any, headers: HeaderNames) -> None:
        """From one call, what upstream sent and what it returned. Raises Unsuitable."""
        self._litellm = litellm
        self._url = self._address(sent, call)
        self.timeouts = Timeouts(*sent.timeouts)
        self._headers = self._static_headers(sent, call)
        self._constant = self._body_constants(sent, call)
        self._names = tuple(json.loads(sent.content))
        private = response.__pydantic_private__ or {}
        try:
            self._hidden = HiddenParams(private["_hidden_params"], headers, private=private)
        except KeyError as error:
            raise Unsuitable(f"hidden parameters: {error}") from None
        self._models = tuple(filter(None, (private["_hidden_params"].get("litellm_model_name"),)))
        self._templates: dict[object, Template | None] = {}
        self._rules: dict[object, CostRule] = {}
        self.learn(call, sent.reply, sent.reply_headers, response)

    @staticmethod
    def _address(sent: Sent, call: Arguments) -> str:
        """The path behind the call's `api_base`, or without one the whole URL."""
        base = call.control.get("api_base")
        if base is None:
            return sent.url
        start = base.rstrip("/")
        if not sent.url.startswith(start + "/"):
            raise Unsuitable("another address")
        return sent.url[len(start) :]

    def target(self, call: Arguments) -> tuple[str, list[tuple[bytes, bytes]]]:
        """The URL and the headers of the request."""
        base, key = call.control.get("api_base"), call.control.get("api_key")
        url = self._url if base is None else base.rstrip("/") + self._url
        return url, self._headers if key is None else [*self._headers, (b"authorization", f"Bearer {key}".encode())]

    @staticmethod
    def _static_headers(sent: Sent, call: Arguments) -> list[tuple[bytes, bytes]]:
        own = {name.lower().encode() for name in call.control.get("extra_headers") or ()}
        kept: list[tuple[bytes, bytes]] = []
        key = call.control.get("api_key")
        for name, value in sent.headers:
            lowered = name.lower()
            if lowered in _TRANSPORT_HEADERS:
                continue
            if lowered == b"authorization" and key is not None:
                if value != f"Bearer {key}".encode():
                    raise Unsuitable("another authorization")
                continue
            if lowered == b"user-agent" or lowered.startswith(b"x-stainless-") or lowered in _STATIC_HEADERS | own:
                kept.append((lowered, value))
            else:
                raise Unsuitable(f"header {name.decode(errors='replace')}")
        return kept

    @staticmethod
    def _body_constants(sent: Sent, call: Arguments) -> dict[str, Any]:
        """What is in the request's body besides the call's own parameters."""
        if sent.method != "POST" or sent.status != 200:
            raise Unsuitable("not a request that was answered")
        body = json.loads(sent.content)
        if any(name not in body or body[name] != value for name, value in call.body.items()):
            raise Unsuitable("parameters are sent in another form")
        return {name: value for name, value in body.items() if name not in call.body}

    def encode(self, call: Arguments) -> bytes:
        """The request's body. Raises ValueError or TypeError for what is not JSON, which upstream may explain."""
        constant, given = self._constant, call.body
        body = {name: constant[name] if name in constant else given[name] for name in self._names}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()

    def _rule(self, body: Mapping[str, Any]) -> CostRule:
        key = (body["model"], body.get("service_tier"))
        rule = self._rules.get(key)
        if rule is None:
            if len(self._rules) >= _MAX_RULES:
                self._rules.clear()
            named = body["model"]
            models = [*self._models, *[name.partition("/")[2] for name in self._models if "/" in name]]
            rule = self._rules[key] = CostRule(self._litellm, (*models, named, f"openai/{named}"))
        return rule

    def learn(self, call: Arguments, reply: bytes, headers: dict[str, str], response: Any) -> None:
        """Take note of `response`, which upstream made of `reply`."""
        try:
            body = json.loads(reply)
        except ValueError:
            return
        shape = shape_of(body)
        if shape is None or type(response).__name__ != "ModelResponse":
            return
        hidden = (response.__pydantic_private__ or {}).get("_hidden_params") or {}
        self._rule(body).learn(body, call.model_id, hidden.get("response_cost"))
        if shape in self._templates:
            return
        if len(self._templates) >= _MAX_TEMPLATES:
            self._templates.clear()
        template = Template(_detached(response))
        self._templates[shape] = template
        mine = self.build(call, reply, dict(headers), hidden.get("litellm_call_id", ""), 0.0, 0.0)
        if mine is None or not _agree(mine, response):
            self._templates[shape] = None

    def build(
        self,
        call: Arguments,
        reply: bytes,
        headers: dict[str, str],
        call_id: str,
        started_s: float,
        network_ms: float,
    ) -> Any:
        """The response object for `reply`; None when upstream has to read it. `started_s` is a `time.time()`."""
        try:
            body = json.loads(reply)
        except ValueError:
            return None
        template = self._templates.get(shape_of(body))
        if template is None:
            return None
        cost = self._rule(body).cost(body, call.model_id)
        if cost is UNKNOWN:
            return None
        duration_ms = (time.time() - started_s) * 1000
        given = {
            "litellm_call_id": call_id,
            "model_id": call.model_id,
            "response_cost": cost,
            "provider_response_model": body["model"],
        }
        if "api_base" in call.control:
            given["api_base"] = call.control["api_base"]
        return template.build(body, self._hidden.build(given, call.body, headers, duration_ms, network_ms), duration_ms)


def _detached(response: Any) -> Any:
    """A copy that the application cannot change."""
    return response.model_copy(deep=True)


def _agree(mine: Any, theirs: Any) -> bool:
    """Whether a rebuilt response is upstream's, but for what differs from call to call."""
    mine, theirs = _detached(mine), _detached(theirs)
    for response in (mine, theirs):
        for name in _VOLATILE:
            if name in response.__pydantic_private__["_hidden_params"]:
                response.__pydantic_private__["_hidden_params"][name] = 0.0
        if "_response_ms" in response.__dict__:
            response.__dict__["_response_ms"] = 0.0
    return same(mine, theirs)
