"""Callbacks by name send what their services want; a name that is none says so; what is private stays private."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import litellm
import pytest
from litellm.integrations import named
from litellm.integrations.custom_logger import CustomLogger
from litellm.litellm_core_utils import callback_registry
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER

ASKED = [{"role": "user", "content": "a secret"}]


class Service(ThreadingHTTPServer):
    """Keeps what it is sent; answers the first `refuse` requests with 503, or with nothing when it `breaks`."""

    def __init__(self) -> None:
        self.got: list[tuple[str, str, Any, Any]] = []
        self.refuse = 0
        self.breaks = False
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status = 503 if self.server.refuse > 0 else 200
        self.server.refuse -= 1
        if status == 503 and self.server.breaks:
            self.close_connection = True
            return
        if status == 200:
            self.server.got.append((self.command, self.path, self.headers, body))
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    do_PUT = do_POST

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr(callback_registry, "_named", {})
    made = Service()
    yield made
    made.shutdown()
    made.server_close()


def told(name: str, service: Service, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, Any, Any]:
    monkeypatch.setattr(litellm, "success_callback", [name])
    litellm.completion("gpt-4o", ASKED, mock_response="an answer", user="u1")
    assert GLOBAL_LOGGING_WORKER.flush()
    assert callback_registry.resolve(name).flush()
    assert len(service.got) == 1
    return service.got[0]


@pytest.mark.parametrize("breaks", [False, True])
def test_webhook_gets_payloads_also_after_a_refusal(
    service: Service, monkeypatch: pytest.MonkeyPatch, breaks: bool
) -> None:
    monkeypatch.setenv("GENERIC_LOGGER_ENDPOINT", f"{service.url}/in")
    monkeypatch.setenv("GENERIC_LOGGER_HEADERS", "authorization=Bearer t,x-a=b")
    service.refuse, service.breaks = 1, breaks
    _, path, headers, body = told("generic_api", service, monkeypatch)
    assert (path, headers["authorization"], headers["x-a"]) == ("/in", "Bearer t", "b")
    assert [(one["status"], one["messages"], one["model"]) for one in body] == [("success", ASKED, "gpt-4o")]


def test_langfuse(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("HOST", service.url), ("PUBLIC_KEY", "pk"), ("SECRET_KEY", "sk")):
        monkeypatch.setenv(f"LANGFUSE_{name}", value)
    _, path, headers, body = told("langfuse", service, monkeypatch)
    assert path == "/api/public/ingestion"
    assert base64.b64decode(headers["authorization"].removeprefix("Basic ")) == b"pk:sk"
    trace, generation = body["batch"]
    assert (trace["type"], generation["type"]) == ("trace-create", "generation-create")
    assert generation["body"]["traceId"] == trace["body"]["id"]
    assert generation["body"]["output"]["content"] == "an answer"
    assert generation["body"]["usage"]["input"] > 0


def test_langsmith(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_BASE_URL", service.url)
    monkeypatch.setenv("LANGSMITH_API_KEY", "k")
    _, path, headers, body = told("langsmith", service, monkeypatch)
    (run,) = body["post"]
    assert (path, headers["x-api-key"], run["run_type"], run["session_name"]) == ("/runs/batch", "k", "llm", "litellm")
    assert run["dotted_order"].endswith(run["id"])


def test_datadog(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DD_API_KEY", "k")
    monkeypatch.setenv("DD_BASE_URL", service.url)
    _, path, headers, body = told("datadog", service, monkeypatch)
    assert (path, headers["DD-API-KEY"]) == ("/api/v2/logs", "k")
    assert json.loads(body[0]["message"])["call_type"] == "completion"


def test_s3(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        litellm,
        "s3_callback_params",
        {"s3_bucket_name": "logs", "s3_endpoint_url": service.url, "s3_region_name": "eu-west-1",
         "s3_aws_access_key_id": "AK", "s3_aws_secret_access_key": "SK", "s3_path": "calls"},
    )  # fmt: skip
    method, path, headers, body = told("s3", service, monkeypatch)
    assert method == "PUT"
    assert path.startswith("/logs/calls/")
    assert "AK" in headers["authorization"]
    assert body["model"] == "gpt-4o"


def test_unknown_names_and_missing_settings_say_so(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("LANGFUSE_PUBLIC_KEY", raising=False)
    with pytest.raises(ValueError, match="langfuse"):
        named.logger_for("no-such-callback")
    with pytest.raises(ValueError, match="LANGFUSE_PUBLIC_KEY"):
        named.logger_for("langfuse")
    monkeypatch.setattr(litellm, "success_callback", ["no-such-callback"])
    for _ in range(2):
        assert "fine" in str(litellm.completion("gpt-4o", ASKED, mock_response="fine"))
    assert GLOBAL_LOGGING_WORKER.flush()
    assert [record.getMessage().count("no-such-callback") for record in caplog.records] == [1]


class Recorder(CustomLogger):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seen: list[str] = []

    def log_pre_api_call(self, model: Any, messages: Any, kwargs: Any) -> None:
        self.seen.append(f"{messages} {kwargs}")

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self.seen.append(f"{kwargs} {response_obj}")


@pytest.mark.parametrize("stream", [False, True])
def test_messages_are_kept_from_callbacks(monkeypatch: pytest.MonkeyPatch, stream: bool) -> None:
    private, usual = Recorder(turn_off_message_logging=True), Recorder()
    monkeypatch.setattr(litellm, "callbacks", [private, usual])

    def ask(**more: Any) -> None:
        found: Any = litellm.completion("gpt-4o", ASKED, mock_response="an answer", stream=stream, **more)
        said = "".join(str(part.choices[0].delta.content or "") for part in found) if stream else str(found)
        assert "an answer" in said
        assert GLOBAL_LOGGING_WORKER.flush()

    ask()
    assert not any("secret" in text or "an answer" in text for text in private.seen)
    assert any("a secret" in text and "an answer" in text for text in usual.seen)
    monkeypatch.setattr(litellm, "turn_off_message_logging", True)
    usual.seen.clear()
    ask()
    assert not any("secret" in text or "an answer" in text for text in usual.seen)
    ask(turn_off_message_logging=False)
    assert any("a secret" in text for text in usual.seen)


def test_embeddings_are_kept_from_callbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    monkeypatch.setattr(litellm, "callbacks", [recorder])
    monkeypatch.setattr(litellm, "turn_off_message_logging", True)
    litellm.embedding("text-embedding-3-small", ["a secret"], mock_response=[0.125])
    assert GLOBAL_LOGGING_WORKER.flush()
    assert recorder.seen
    assert not any("secret" in text or "0.125" in text for text in recorder.seen)
