"""What AWS says when it refuses a call."""

from __future__ import annotations

from collections.abc import Mapping

from litellm.llms.wire import ErrorDetails, decode_json

TYPE_HEADER = "x-amzn-errortype"


def read_aws_error(headers: Mapping[str, str], body: bytes) -> ErrorDetails:
    """The message of an AWS error, with its type in front of it as the type decides what the error means."""
    text = body[:10_000].decode("utf-8", "replace")
    try:
        parsed = decode_json(body)
    except ValueError:
        parsed = None
    kind = headers.get(TYPE_HEADER, "").split(":")[0] or None
    message = text
    if isinstance(parsed, dict):
        said = parsed.get("message") or parsed.get("Message")
        if isinstance(said, str):
            message = said
        kind = kind or _kind(parsed.get("__type"))
    if kind and kind not in message:
        message = f"{kind}: {message}"
    return ErrorDetails(message=message, body=parsed if isinstance(parsed, dict) else None)


def _kind(given: object) -> str | None:
    return given.rsplit("#", 1)[-1] if isinstance(given, str) and given else None
