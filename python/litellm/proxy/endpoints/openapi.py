"""The OpenAPI document: FastAPI's, and the LLM routes, which are none of FastAPI's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from litellm.proxy.endpoints.routes import LLM_ROUTES, LLMRoute
from litellm.proxy.errors import format_of

_TYPES: Mapping[type, dict[str, Any]] = {
    str: {"type": "string"}, list: {"type": "array"}, dict: {"type": "object"}, int: {"type": "integer"},
    tuple: {"type": "string", "format": "binary"},
}  # fmt: skip
_LLM = "llm"
_FRAMEWORK = frozenset({"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"})
_ANSWERS = {"2XX": {"description": "The provider's answer."}}
_ERROR = "GatewayError"
_ERROR_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"}, "type": {"type": "string"}, "param": {"type": ["string", "null"]},
                "code": {"type": "string"},
            },
        }
    },
}  # fmt: skip
_REFUSALS: Mapping[str, str] = {
    "400": "A value that cannot be used; `param` names its field.", "401": "Nobody, or nobody who is known.",
    "403": "The caller may not do this.", "404": "There is no such thing.", "405": "No such method.",
    "409": "It is in the way of what is there.", "413": "The body is too large.",
    "429": "A limit or a budget is used up.",
    "503": "What this needs is not there now.",
}  # fmt: skip
_PROVIDERS_TOO: Mapping[str, str] = {
    "4XX": "Refused, by the gateway or the provider, in the format of errors that clients of the route read.",
    "5XX": "The provider failed, or what the call needs is not there now.",
}


def route(app: FastAPI) -> Route:
    """`/openapi.json`: the document is made in a thread, as it takes seconds in which other requests are answered."""
    making = asyncio.Lock()

    async def openapi(request: Request) -> JSONResponse:
        async with making:
            made = await asyncio.to_thread(app.openapi)
        root = request.scope.get("root_path", "").rstrip("/")
        return JSONResponse(made | {"servers": [{"url": root}]} if root else made)

    return Route("/openapi.json", openapi, include_in_schema=False)


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document, made once."""
    if app.openapi_schema is None:
        made = FastAPI.openapi(app)
        bodies = {path: _operation(route) for route in LLM_ROUTES for path in route.paths}
        for route in app.routes:
            if type(route) is Route and route.include_in_schema and route.path not in _FRAMEWORK:
                for method in (route.methods or set()) - {"HEAD", "OPTIONS"}:
                    _add(made.setdefault("paths", {}), route.path, method.lower(), bodies.get(route.path, {}))
        _tell_errors(made)
        app.openapi_schema = made
    return app.openapi_schema


def _tell_errors(made: dict[str, Any]) -> None:
    """Every operation's refusals: those of the gateway, or any that a provider may have."""
    made.setdefault("components", {}).setdefault("schemas", {})[_ERROR] = _ERROR_SCHEMA
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{_ERROR}"}}}
    own = {status: {"description": text, "content": content} for status, text in _REFUSALS.items()}
    others = {status: {"description": text} for status, text in _REFUSALS.items()}
    handed_on = {status: {"description": text} for status, text in _PROVIDERS_TOO.items()}
    for path, operations in made["paths"].items():
        for operation in operations.values():
            of_the_gateway = own if format_of(path) == "openai" else others
            told = handed_on if operation.get("tags") == [_LLM] else of_the_gateway
            operation["responses"] = {**told, **operation["responses"]}


def _add(paths: dict[str, Any], path: str, method: str, more: Mapping[str, Any]) -> None:
    plain = path.replace(":path}", "}")
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", plain)
    ]
    operation: dict[str, Any] = {"tags": [_LLM], "parameters": parameters, "responses": _ANSWERS}
    paths.setdefault(plain, {}).setdefault(method, {**operation, **more})


def _operation(route: LLMRoute) -> dict[str, Any]:
    """The body that the gateway itself asks for; every other field goes to the provider."""
    fields: dict[str, Any] = {
        name: {"anyOf": [_TYPES[kind] for kind in kinds]} for name, kinds in route.required.items()
    }
    if "{model" not in route.path:
        fields = {"model": {"type": "string"}, **fields}
    required = [name for name in fields if name != "model" or route.default_model is None]
    schema = {"type": "object", "properties": fields, "required": required, "additionalProperties": True}
    media_type = "multipart/form-data" if route.form else "application/json"
    body = {"required": True, "content": {media_type: {"schema": schema}}}
    made: dict[str, Any] = {"summary": route.call_type, "requestBody": body}
    return made
