"""Mistral's OCR: at Mistral, and behind Azure's and Google's addresses, which read no address of a document."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.vertex_ai.endpoint import VertexEndpoint
from litellm.llms.wire import WireError, WireRequest, decode_object


class MistralOCR(EndpointFormat):
    """`POST /v1/ocr`. Source: Mistral's API reference."""

    sdk_retries = False

    def url(self, call: EndpointCall) -> str:
        """Below `/v1`, which a base need not have."""
        base = (call.api_base or "").rstrip("/").removesuffix("/ocr").removesuffix("/v1")
        return f"{base}/v1/ocr"

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that has the document read."""
        body = {"model": call.model, "document": call.inputs["document"], **call.params}
        return self.json_request(call, body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The pages. Raises `WireError` when there are none."""
        data = decode_object(body)
        if not isinstance(data.get("pages"), list):
            raise WireError("the provider's reply holds no 'pages'")
        return data


class _Embedding(MistralOCR):
    """Fetches a document at an address first: the provider wants it in the request."""

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The GET of the document, or the POST that has it read."""
        _, url = place_of(call)
        return super().build_request(call) if url.startswith("data:") else WireRequest("GET", url, {}, b"")

    def next_request(
        self, call: EndpointCall, headers: Mapping[str, str], body: bytes
    ) -> tuple[WireRequest, float] | None:
        """The POST, once the document is there."""
        kind, url = place_of(call)
        if url.startswith("data:"):
            return None
        usual = "image/png" if kind == "image_url" else "application/pdf"
        media = (headers.get("content-type") or usual).partition(";")[0]
        call.inputs["document"] = {"type": kind, kind: f"data:{media};base64,{base64.b64encode(body).decode()}"}
        return self.sign_in(call, self.build_request(call)), 0.0

    def sign_in(self, call: EndpointCall, request: WireRequest) -> WireRequest:
        """`request` signed, unless it goes to the document's own server."""
        return request if request.method == "GET" else self.signed(call, request)

    def signed(self, call: EndpointCall, request: WireRequest) -> WireRequest:
        """`request` with what proves who calls."""
        raise NotImplementedError


class AzureMistralOCR(_Embedding):
    """Mistral's models of Azure AI Foundry."""

    def url(self, call: EndpointCall) -> str:
        """Mistral's place below the endpoint."""
        return f"{(call.api_base or '').rstrip('/')}/providers/mistral/azure/ocr"

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """The key, or a token, as a bearer token."""
        return {**auth_headers(call.api_key, call.options, bearer=True), **call.headers}

    def signed(self, call: EndpointCall, request: WireRequest) -> WireRequest:
        """Signed in to Azure AD where there is no key."""
        return signed_in(request, call.options)


class VertexMistralOCR(_Embedding):
    """Mistral's models of Vertex AI."""

    def url(self, call: EndpointCall) -> str:
        """The model's `rawPredict`."""
        return VertexEndpoint(call.options, call.api_base, call.model).model_method(
            call.model, "rawPredict", "mistralai"
        )

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """What the caller adds; the token comes with the signature."""
        return dict(call.headers)

    def signed(self, call: EndpointCall, request: WireRequest) -> WireRequest:
        """With Google's access token."""
        request.signer = VertexEndpoint(call.options, call.api_base, call.model).signer()
        return request


def place_of(call: EndpointCall) -> tuple[str, str]:
    """The kind of the document's address, and the address."""
    document = call.inputs["document"]
    kind = str(document["type"])
    return kind, str(document[kind])
