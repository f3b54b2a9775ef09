"""The OpenAPI document has every route that is served."""

from __future__ import annotations

from litellm.proxy.app import create_app
from litellm.proxy.config.settings import ProxyConfig

from tests.proxy.auth.test_route_matrix import ROUTES


def test_every_route_is_in_the_document() -> None:
    paths = create_app(ProxyConfig(), "sk-openapi-000000000").openapi()["paths"]
    missing = [
        (method, path) for method, path in ROUTES if method.lower() not in paths.get(path.replace(":path}", "}"), {})
    ]
    second_names = (
        "/engines/",
        "/end_user/",
        "/metrics",
        "/sso/",
        "/v2/login",
        "/login",
        "/logout",
        "/fallback/login",
        "/ui",
    )
    assert [item for item in missing if not item[1].startswith(second_names)] == []


def test_every_operation_tells_its_refusals() -> None:
    paths = create_app(ProxyConfig(), "sk-openapi-000000000").openapi()["paths"]
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation["responses"].keys() & {"400", "4XX"}, path
    shown = paths["/key/generate"]["post"]["responses"]["401"]["content"]["application/json"]["schema"]
    assert shown == {"$ref": "#/components/schemas/GatewayError"}
    hub = paths["/public/v1/model_hub/{facet}"]["get"]["responses"]["400"]["content"]
    assert list(hub) == ["application/problem+json"]
    assert "content" not in paths["/v1/messages/count_tokens"]["post"]["responses"]["400"]


def test_the_bodys_required_fields_are_named() -> None:
    paths = create_app(ProxyConfig(), "sk-openapi-000000000").openapi()["paths"]
    body = paths["/v1/messages"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["model", "messages", "max_tokens"]
    form = paths["/v1/audio/transcriptions"]["post"]["requestBody"]["content"]
    assert list(form) == ["multipart/form-data"]
