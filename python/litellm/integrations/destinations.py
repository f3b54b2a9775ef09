"""Services that take standard payloads: what their APIs want, from each API's own reference."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from litellm.integrations.batch_logger import Payload, Post
from litellm.llms.wire import encode_json

_JSON = {"content-type": "application/json"}


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat().replace("+00:00", "Z")


def _metadata(payload: Payload) -> dict[str, Any]:
    """What is worth seeing beside a call: who asked, what it cost, and what it was."""
    kept = {name: value for name, value in (payload.get("metadata") or {}).items() if value is not None}
    for name in ("call_type", "custom_llm_provider", "model_group", "response_cost", "cache_hit", "litellm_call_id"):
        if payload.get(name) is not None:
            kept[name] = payload[name]
    return kept


@dataclass(frozen=True, slots=True)
class Webhook:
    """Any address: a POST of a JSON list of payloads."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def posts(self, payloads: list[Payload]) -> Iterable[Post]:
        """One request for all."""
        yield Post(self.url, encode_json(payloads), {**_JSON, **self.headers})


@dataclass(frozen=True, slots=True)
class Langfuse:
    """Langfuse's ingestion API: a trace and a generation for each call (api.reference.langfuse.com)."""

    host: str
    public_key: str
    secret_key: str

    def posts(self, payloads: list[Payload]) -> Iterable[Post]:
        """One batch of events."""
        pair = base64.b64encode(f"{self.public_key}:{self.secret_key}".encode()).decode()
        events = [event for payload in payloads for event in self._events(payload)]
        headers = {**_JSON, "authorization": f"Basic {pair}"}
        yield Post(f"{self.host.rstrip('/')}/api/public/ingestion", encode_json({"batch": events}), headers)

    def _events(self, payload: Payload) -> Iterable[dict[str, Any]]:
        trace = str(payload["trace_id"])
        failed = payload["status"] == "failure"
        shown = {"input": payload["messages"], "output": payload["error_str"] if failed else _answer(payload)}
        yield self._event("trace-create", payload, {
            "id": trace, "timestamp": _time(payload["startTime"]), "name": f"litellm-{payload['call_type']}",
            "userId": payload["end_user"] or (payload["metadata"] or {}).get("user_api_key_user_id"),
            "sessionId": payload["session_id"], "tags": payload["request_tags"], "metadata": _metadata(payload),
            **shown,
        })  # fmt: skip
        yield self._event("generation-create", payload, {
            "id": str(payload["litellm_call_id"]), "traceId": trace, "name": f"litellm-{payload['call_type']}",
            "startTime": _time(payload["startTime"]), "endTime": _time(payload["endTime"]),
            "completionStartTime": _time(payload["completionStartTime"]), "model": payload["model"],
            "modelParameters": payload["model_parameters"], "metadata": _metadata(payload),
            "usage": {"input": payload["prompt_tokens"], "output": payload["completion_tokens"],
                      "total": payload["total_tokens"], "unit": "TOKENS", "totalCost": payload["response_cost"]},
            "level": "ERROR" if failed else "DEFAULT", "statusMessage": payload["error_str"], **shown,
        })  # fmt: skip

    def _event(self, kind: str, payload: Payload, body: dict[str, Any]) -> dict[str, Any]:
        return {"id": str(uuid.uuid4()), "type": kind, "timestamp": _time(payload["endTime"]), "body": body}


@dataclass(frozen=True, slots=True)
class Langsmith:
    """LangSmith's batch of runs (api.smith.langchain.com)."""

    host: str
    api_key: str
    project: str

    def posts(self, payloads: list[Payload]) -> Iterable[Post]:
        """One batch of runs."""
        body = encode_json({"post": [self._run(payload) for payload in payloads]})
        yield Post(f"{self.host.rstrip('/')}/runs/batch", body, {**_JSON, "x-api-key": self.api_key})

    def _run(self, payload: Payload) -> dict[str, Any]:
        run_id = str(uuid.uuid5(uuid.NAMESPACE_URL, str(payload["litellm_call_id"])))
        started = datetime.fromtimestamp(payload["startTime"], timezone.utc)
        return {
            "id": run_id,
            "trace_id": run_id,
            "dotted_order": f"{started.strftime('%Y%m%dT%H%M%S%fZ')}{run_id}",
            "name": "LLMRun",
            "run_type": "llm",
            "session_name": self.project,
            "start_time": _time(payload["startTime"]),
            "end_time": _time(payload["endTime"]),
            "inputs": {"messages": payload["messages"], **(payload["model_parameters"] or {})},
            "outputs": payload["response"] or None,
            "error": payload["error_str"],
            "tags": payload["request_tags"],
            "extra": {"metadata": {**_metadata(payload), "ls_model_name": payload["model"]}},
        }


@dataclass(frozen=True, slots=True)
class Datadog:
    """Datadog's log intake (docs.datadoghq.com/api/latest/logs)."""

    url: str
    api_key: str
    tags: str
    service: str
    host: str

    def posts(self, payloads: list[Payload]) -> Iterable[Post]:
        """One list of log lines."""
        lines = [
            {
                "ddsource": "litellm",
                "ddtags": self.tags,
                "service": self.service,
                "hostname": self.host,
                "status": "error" if payload["status"] == "failure" else "info",
                "message": encode_json(payload).decode(),
            }
            for payload in payloads
        ]
        yield Post(self.url, encode_json(lines), {**_JSON, "DD-API-KEY": self.api_key})


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """A bucket: one JSON object a call, `<prefix>/<day>/<time>_<id>.json`."""

    url: str
    sign: Callable[[str, str, Mapping[str, str], bytes], dict[str, str]]

    def posts(self, payloads: list[Payload]) -> Iterable[Post]:
        """One PUT for each."""
        for payload in payloads:
            started = datetime.fromtimestamp(payload["startTime"], timezone.utc)
            name = f"{started:%Y-%m-%d}/time-{started:%H-%M-%S-%f}_{payload['litellm_call_id']}.json"
            url, body = f"{self.url.rstrip('/')}/{name}", encode_json(payload)
            yield Post(url, body, self.sign("PUT", url, _JSON, body), method="PUT")


def _answer(payload: Payload) -> Any:
    """The message of a chat, or the whole of another response."""
    response = payload["response"]
    choices = response.get("choices") if isinstance(response, dict) else None
    return choices[0].get("message", choices[0]) if choices else response
