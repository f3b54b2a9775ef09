"""AWS on loopback: answers what a test scripts, remembers what it was asked, and checks signatures by itself."""

from __future__ import annotations

import base64
import contextlib
import datetime
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from litellm.llms.aws.event_stream import encode_frame

KEYS = {"AKIAEXAMPLE": "example-secret", "ASIAASSUMED": "assumed-secret"}
"""The secret of each key that the service knows."""
ARGUMENTS = {
    "aws_access_key_id": "AKIAEXAMPLE",
    "aws_secret_access_key": KEYS["AKIAEXAMPLE"],
    "aws_region_name": "eu-west-1",
}
CLAUDE = "anthropic.claude-3-5-sonnet-20240620-v1:0"
_CREDENTIAL = re.compile(
    r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)"
)
Reply = tuple[int, dict[str, str], bytes]


def event(kind: str, payload: Any, message_type: str = "event") -> bytes:
    """One frame."""
    name = ":exception-type" if message_type == "exception" else ":event-type"
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return encode_frame({name: kind, ":content-type": "application/json", ":message-type": message_type}, body)


def chunk(piece: Any) -> bytes:
    """One frame of InvokeModel's stream."""
    return event("chunk", {"bytes": base64.b64encode(json.dumps(piece).encode()).decode()})


def converse_reply(*content: dict[str, Any], reason: str = "end_turn", **usage: int) -> dict[str, Any]:
    """A Converse reply of these blocks."""
    used = {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18, **usage}
    return {"output": {"message": {"role": "assistant", "content": list(content)}}, "stopReason": reason, "usage": used}


def as_json(value: Any, status: int = 200, **headers: str) -> Reply:
    """A JSON reply."""
    return status, {"content-type": "application/json", **headers}, json.dumps(value).encode()


def as_stream(*frames: bytes) -> Reply:
    """An event stream."""
    return 200, {"content-type": "application/vnd.amazon.eventstream"}, b"".join(frames)


class Aws:
    """The service. `reply` makes the answer to a recorded request; a test sets it."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.reply: Callable[[dict[str, Any]], Reply] = lambda request: as_json(converse_reply({"text": "Hello."}))
        self.url = ""

    @property
    def arguments(self) -> dict[str, Any]:
        """What a call needs to come here with a good signature."""
        return {**ARGUMENTS, "aws_bedrock_runtime_endpoint": self.url}

    @property
    def last(self) -> dict[str, Any]:
        """The newest request."""
        return self.requests[-1]


def _signed_well(method: str, url: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether the signature is the one that the known secret gives."""
    found = _CREDENTIAL.search(headers.get("authorization", ""))
    if found is None or found[1] not in KEYS:
        return False
    request = AWSRequest(method=method, url=url, data=body)
    for name in found[4].split(";"):
        if name != "host":
            request.headers[name] = headers.get(name, "")
    stamp = headers["x-amz-date"]
    if (
        abs(
            datetime.datetime.strptime(stamp + "+0000", "%Y%m%dT%H%M%SZ%z")
            - datetime.datetime.now(datetime.timezone.utc)
        ).total_seconds()
        > 300
    ):
        return False
    request.context["timestamp"] = stamp
    signer = SigV4Auth(Credentials(found[1], KEYS[found[1]]), found[3], found[2])
    canonical = signer.canonical_request(request)
    return bool(signer.signature(signer.string_to_sign(request, canonical), request) == found[5])


def _handler(service: Aws) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            form = headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
            request = {
                "path": unquote(self.path),
                "raw_path": self.path,
                "headers": headers,
                "body": body.decode() if form else json.loads(body or b"null"),
                "signed": _signed_well("POST", f"http://{headers['host']}{self.path}", headers, body),
            }
            service.requests.append(request)
            status, reply_headers, reply = service.reply(request)
            self.send_response(status)
            for name, value in {**reply_headers, "content-length": str(len(reply))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply)

    return Handler


@contextlib.contextmanager
def running() -> Iterator[Aws]:
    """The service, on a free port, until the end of the block."""
    service = Aws()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(service))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
