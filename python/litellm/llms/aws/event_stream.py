"""AWS's binary event stream as the payloads of its events.

Source: AWS "Event stream encoding", and the exceptions that Bedrock's and SageMaker's API models declare.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from litellm.litellm_core_utils.accelerator import event_stream_splitter
from litellm.llms.wire import ErrorDetails, WireError, decode_json

MAX_FRAME_BYTES = 24 * 1024 * 1024
"""The format's own limit is 16 MiB of payload and 128 KiB of headers."""
STATUS_OF_EXCEPTION: Mapping[str, int] = {
    "accessDeniedException": 403,
    "internalServerException": 500,
    "modelErrorException": 424,
    "modelStreamErrorException": 424,
    "modelTimeoutException": 408,
    "resourceNotFoundException": 404,
    "serviceUnavailableException": 503,
    "throttlingException": 429,
    "validationException": 400,
    "InternalStreamFailure": 500,
    "ModelStreamError": 424,
}


class AwsEventSplitter:
    """The payload of every event. An exception in the stream is raised after the events before it were given out."""

    __slots__ = ("_failure", "_frames")

    def __init__(self) -> None:
        self._frames: Any = event_stream_splitter(MAX_FRAME_BYTES)
        self._failure: WireError | None = None

    def feed(self, chunk: bytes) -> list[bytes]:
        """The payloads that `chunk` completes. Raises `WireError` for an exception or a damaged frame."""
        if self._failure is not None:
            raise self._failure
        try:
            frames = self._frames.feed(chunk)
        except ValueError as error:
            raise WireError(f"the provider's event stream is damaged: {error}") from error
        payloads: list[bytes] = []
        for headers, payload in frames:
            if headers.get(":message-type", "event") == "event":
                payloads.append(payload)
                continue
            self._failure = exception_of(headers, payload)
            if not payloads:
                raise self._failure
            break
        return payloads

    def finish(self) -> list[bytes]:
        """Nothing. Raises `WireError` when the stream ended with an exception, or inside a frame."""
        if self._failure is not None:
            raise self._failure
        if self._frames.unfinished:
            raise WireError("the provider's event stream ended inside a frame")
        return []


def encode_frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """One frame. The other direction: for answering in AWS's format. Header names take at most 255 bytes."""
    packed = b"".join(_string_header(name, value) for name, value in headers.items())
    prelude = struct.pack(">II", 16 + len(packed) + len(payload), len(packed))
    signed = prelude + struct.pack(">I", crc32(prelude)) + packed + payload
    return signed + struct.pack(">I", crc32(signed))


def _string_header(name: str, value: str) -> bytes:
    coded, text = name.encode(), value.encode()
    return bytes((len(coded),)) + coded + b"\x07" + struct.pack(">H", len(text)) + text


def exception_of(headers: Mapping[str, str], payload: bytes) -> WireError:
    """The error that a frame of message type `exception` or `error` stands for."""
    kind = headers.get(":exception-type") or headers.get(":error-code") or ""
    text = headers.get(":error-message") or payload[:10_000].decode("utf-8", "replace")
    try:
        body = decode_json(payload)
    except ValueError:
        body = None
    if isinstance(body, dict):
        text = str(body.get("message") or body.get("Message") or text)
        status = body.get("originalStatusCode")
    else:
        status = None
    if not isinstance(status, int) or not 400 <= status < 600:
        status = STATUS_OF_EXCEPTION.get(kind, 500)
    message = f"{kind}: {text}" if kind else text
    return WireError(message, status=status, details=ErrorDetails(message=message, type=kind or None, body=body))
