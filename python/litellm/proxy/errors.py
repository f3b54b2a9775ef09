"""Exceptions to HTTP answers: OpenAI's shape on OpenAI routes, on the others that of the API whose they are.

An exception counts as known when it carries an HTTP status (`ProxyException`, every class of `litellm.exceptions`);
its message is meant for the client. Anything else is a bug here: the client gets a bare 500.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from litellm.llms.aws.event_stream import encode_frame
from litellm.proxy._types import ProxyException

ErrorFormat = Literal["openai", "anthropic", "google", "cohere", "ollama", "bedrock"]

_OPENAI_TYPES: Mapping[int, str] = {
    400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error",
    408: "timeout_error", 413: "request_too_large", 422: "invalid_request_error", 429: "throttling_error",
    499: "client_disconnected",
}  # fmt: skip
_ANTHROPIC_TYPES: Mapping[int, str] = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 408: "timeout_error", 413: "request_too_large", 422: "invalid_request_error",
    429: "rate_limit_error",
    504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip
_GOOGLE_STATUSES: Mapping[int, str] = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED", 409: "ABORTED", 413: "INVALID_ARGUMENT", 422: "INVALID_ARGUMENT",
    429: "RESOURCE_EXHAUSTED", 499: "CANCELLED", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}  # fmt: skip
_AWS_EXCEPTIONS: Mapping[int, str] = {
    400: "ValidationException", 401: "AccessDeniedException", 402: "ServiceQuotaExceededException",
    403: "AccessDeniedException", 404: "ResourceNotFoundException", 408: "ModelTimeoutException",
    422: "ValidationException", 429: "ThrottlingException", 503: "ServiceUnavailableException",
}  # fmt: skip
_SHOWN = 300
"""Characters of a path that a refusal repeats."""
_HANDED_ON = ("retry-after", "retry-after-ms")
"""Headers of a provider's error that tell a client when to come back."""


@dataclass(frozen=True, slots=True)
class ErrorDetails:
    """What a client is told."""

    status: int
    message: str
    type: str | None = None
    param: str | None = None
    code: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] | None = None
    """What a guardrail tells of its refusal, shown in OpenAI's shape as `provider_specific_fields`."""


INTERNAL = ErrorDetails(500, "Internal server error", "internal_server_error")


class InvalidRequestError(Exception):
    """The request is wrong in a way that the client can mend; `param` names the field."""

    def __init__(
        self, message: str, param: str | None = None, status_code: int = 400, type: str = "invalid_request_error"
    ) -> None:
        super().__init__(message)
        self.message, self.param, self.status_code, self.type = message, param, status_code, type


def details_of(error: BaseException) -> ErrorDetails | None:
    """What to tell a client about `error`; None for an unexpected one."""
    if isinstance(error, (TimeoutError, asyncio.TimeoutError)):
        return ErrorDetails(408, "the request timed out", "timeout_error")
    status = _status_of(error)
    if status is None:
        return None
    message = getattr(error, "message", None) or getattr(error, "detail", None) or str(error)
    kind = getattr(error, "type", None)
    param = getattr(error, "param", None)
    return ErrorDetails(
        status=status,
        message=message if isinstance(message, str) else str(message),
        type=kind if isinstance(kind, str) and kind else None,
        param=param if isinstance(param, str) else None,
        code=_code_of(error),
        headers=_headers_of(error),
        fields=_fields_of(error),
    )


def _status_of(error: BaseException) -> int | None:
    for name in ("status_code", "code"):
        value = getattr(error, name, None)
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if isinstance(value, int) and 400 <= value <= 599:
            return value
    return None


def _code_of(error: BaseException) -> str | None:
    code = getattr(error, "openai_code", None)
    return str(code) if code else None


def _fields_of(error: BaseException) -> Mapping[str, Any] | None:
    found = vars(error).get("provider_specific_fields") if isinstance(error, ProxyException) else None
    return found if isinstance(found, Mapping) else None


def _headers_of(error: BaseException) -> dict[str, str]:
    own = getattr(error, "headers", None)
    found = {str(name).lower(): str(value) for name, value in own.items()} if isinstance(own, Mapping) else {}
    response = getattr(error, "response", None)
    provider: Any = getattr(error, "litellm_response_headers", None) or getattr(response, "headers", None) or {}
    for name in _HANDED_ON:
        if name not in found and (value := provider.get(name)) is not None:
            found[name] = str(value)
    return found


def with_call_id(body: dict[str, Any], call_id: str | None) -> dict[str, Any]:
    """An error's body that names its request, as `general_settings.include_call_id_in_error_body` asks for."""
    inside = body.get("error")
    if call_id and isinstance(inside, dict):
        return {**body, "error": {**inside, "litellm_call_id": call_id}}
    return body


def error_body(details: ErrorDetails, shape: ErrorFormat) -> dict[str, Any]:
    """The JSON body of an error answer, or of an error event in a stream."""
    if shape == "anthropic":
        kind = _ANTHROPIC_TYPES.get(details.status, "api_error")
        return {"type": "error", "error": {"type": kind, "message": details.message}}
    if shape == "google":
        status = _GOOGLE_STATUSES.get(details.status, "INTERNAL" if details.status >= 500 else "INVALID_ARGUMENT")
        return {"error": {"code": details.status, "message": details.message, "status": status}}
    if shape == "ollama":
        return {"error": details.message}
    if shape in ("cohere", "bedrock"):
        return {"message": details.message}
    fallback = "internal_server_error" if details.status >= 500 else "invalid_request_error"
    error: dict[str, Any] = {
        "message": details.message,
        "type": details.type or _OPENAI_TYPES.get(details.status, fallback),
        "param": details.param,
        "code": details.code or str(details.status),
    }
    if details.fields is not None:
        error["provider_specific_fields"] = dict(details.fields)
    return {"error": error}


def error_event(details: ErrorDetails, shape: ErrorFormat) -> bytes:
    """What ends a stream that failed."""
    if shape == "cohere":
        ended = {"finish_reason": "ERROR", "error": details.message}
        return b"event: message-end\ndata: %b\n\n" % orjson.dumps({"type": "message-end", "delta": ended})
    data = orjson.dumps(error_body(details, shape), default=str)
    if shape == "ollama":
        return data + b"\n"
    if shape == "bedrock":
        name = _aws_exception(details)
        headers = {":exception-type": name[0].lower() + name[1:], ":content-type": "application/json"}
        return encode_frame({**headers, ":message-type": "exception"}, data)
    return b"event: error\ndata: %b\n\n" % data if shape == "anthropic" else b"data: %b\n\n" % data


def _aws_exception(details: ErrorDetails) -> str:
    fallback = "InternalServerException" if details.status >= 500 else "ValidationException"
    return _AWS_EXCEPTIONS.get(details.status, fallback)


def error_response(details: ErrorDetails, shape: ErrorFormat, call_id: str | None = None) -> Response:
    """The answer for `details`, which names the request where `call_id` is given."""
    headers = {name: value for name, value in details.headers.items() if name != "content-length"}
    if shape == "bedrock":
        headers["x-amzn-errortype"] = _aws_exception(details)
    return Response(
        orjson.dumps(with_call_id(error_body(details, shape), call_id), default=str),
        details.status,
        headers=headers,
        media_type="application/json",
    )


def invalid_response(_request: Request, error: Exception) -> Response:
    """FastAPI's 422 for a body or a query of the wrong shape: which field and why, without what was sent.

    What was sent may be a secret, or text that is no Unicode.
    """
    problems = error.errors() if isinstance(error, RequestValidationError) else ()
    shown = [{"type": item["type"], "loc": item["loc"], "msg": item["msg"]} for item in problems]
    return Response(json.dumps({"detail": shown}), 422, media_type="application/json")  # ASCII, whatever `loc` holds


def http_response(request: Request, error: Exception) -> Response:
    """The framework's own refusals (a body that is not UTF-8, a method that a route has not) in the route's format."""
    details = details_of(error) or INTERNAL
    asked = f"{request.method} {request.url.path[:_SHOWN]}"
    if details.status == 404 and details.message == "Not Found":
        details = replace(details, message=f"{asked}: no such route")
    elif details.status == 405:
        allowed = details.headers.get("allow") or "another method"
        details = replace(details, message=f"{asked}: the route takes {allowed}")
    return error_response(details, format_of(request.url.path))


def format_of(path: str) -> ErrorFormat:
    """The error shape that clients of `path` read."""
    if path.startswith(_GOOGLE_PREFIXES) or path.endswith(_GOOGLE_METHODS):
        return "google"
    if (own := _CHAT_APIS.get(path)) is not None:
        return own
    if path.startswith("/model/") and path.endswith(("/converse", "/converse-stream")):
        return "bedrock"
    if path.startswith("/anthropic/"):
        return "anthropic"
    return "anthropic" if "/messages" in path and not path.startswith(("/threads", "/v1/threads")) else "openai"


_CHAT_APIS: Mapping[str, ErrorFormat] = {
    "/v2/chat": "cohere",
    **dict.fromkeys(("/api/chat", "/api/generate", "/api/tags", "/api/version", "/api/show", "/api/ps"), "ollama"),
}
_GOOGLE_PREFIXES = ("/v1beta/", "/gemini/", "/vertex_ai/", "/vertex-ai/")
_GOOGLE_METHODS = (":generateContent", ":streamGenerateContent", ":countTokens")
