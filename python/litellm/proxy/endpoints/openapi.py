"""The OpenAPI document: FastAPI's, and the LLM routes, which are none of FastAPI's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route

from litellm.proxy.endpoints.routes import LLM_ROUTES, LLMRoute

_TYPES: Mapping[type, dict[str, Any]] = {
    str: {"type": "string"}, list: {"type": "array"}, dict: {"type": "object"}, int: {"type": "integer"},
    tuple: {"type": "string", "format": "binary"},
}  # fmt: skip
_FRAMEWORK = frozenset({"/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"})
_ANSWERS = {"200": {"description": "The provider's answer."}}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document, made once."""
    if app.openapi_schema is None:
        made = FastAPI.openapi(app)
        bodies = {path: _operation(route) for route in LLM_ROUTES for path in route.paths}
        for route in app.routes:
            if type(route) is Route and route.include_in_schema and route.path not in _FRAMEWORK:
                for method in (route.methods or set()) - {"HEAD", "OPTIONS"}:
                    _add(made.setdefault("paths", {}), route.path, method.lower(), bodies.get(route.path, {}))
        app.openapi_schema = made
    return app.openapi_schema


def _add(paths: dict[str, Any], path: str, method: str, more: Mapping[str, Any]) -> None:
    plain = path.replace(":path}", "}")
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{(\w+)\}", plain)
    ]
    operation: dict[str, Any] = {"tags": ["llm"], "parameters": parameters, "responses": _ANSWERS}
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
