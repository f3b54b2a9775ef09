"""Azure's Document Intelligence, which is asked until it has read. Source: its REST reference, 2024-11-30."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from litellm.llms.azure.auth import auth_headers, signed_in
from litellm.llms.endpoint_wire import EndpointCall, EndpointFormat
from litellm.llms.ocr.mistral import AzureMistralOCR, place_of
from litellm.llms.wire import SHAPE_ERRORS, WireError, WireRequest, decode_object, encode_json, misshapen

PREFIX = "doc-intelligence/"
VERSION = "2024-11-30"
DPI = 96
"""Pixels an inch that pages measured in inches are given."""
PAUSE_S = 1.0
_WORKING = frozenset({"notStarted", "running"})
_QUERY = ("pages", "features", "locale", "queryFields", "stringIndexType", "outputContentFormat")


class DocumentIntelligence(EndpointFormat):
    """`documentModels/<model>:analyze`."""

    sdk_retries = False

    def headers(self, call: EndpointCall) -> dict[str, str]:
        """The key in the service's own header, or a token."""
        auth = {"ocp-apim-subscription-key": call.api_key} if call.api_key else auth_headers(None, call.options)
        return {**auth, **call.headers}

    def url(self, call: EndpointCall) -> str:
        """The model's method; pages count from 1 here."""
        asked: dict[str, Any] = {"api-version": call.options.get("api_version") or VERSION}
        for name in _QUERY:
            value = call.params.get(name)
            if name == "pages" and isinstance(value, list):
                value = [page + 1 for page in value]
            if value is not None:
                asked[name] = ",".join(map(str, value)) if isinstance(value, list) else value
        model = call.model.removeprefix(PREFIX)
        base = (call.api_base or "").rstrip("/")
        return f"{base}/documentintelligence/documentModels/{model}:analyze?{urlencode(asked)}"

    def build_request(self, call: EndpointCall) -> WireRequest:
        """The POST that starts the reading."""
        _, url = place_of(call)
        body = {"base64Source": url.partition(",")[2]} if url.startswith("data:") else {"urlSource": url}
        headers = {"content-type": "application/json", **self.headers(call)}
        return WireRequest("POST", self.url(call), headers, encode_json(body))

    def sign_in(self, call: EndpointCall, request: WireRequest) -> WireRequest:
        """Signed in to Azure AD where there is no key."""
        return request if call.api_key else signed_in(request, call.options)

    def next_request(
        self, call: EndpointCall, headers: Mapping[str, str], body: bytes
    ) -> tuple[WireRequest, float] | None:
        """The GET of the operation while it works. Raises `WireError` when it is at another server than the service."""
        started = not call.replies
        if started:
            call.replies.append(headers.get("operation-location") or "")
        elif decode_object(body).get("status") not in _WORKING:
            return None
        place = str(call.replies[0])
        if urlsplit(place)[:2] != urlsplit(call.api_base or "")[:2]:
            raise WireError("the provider's reply names no operation of its own")
        asked = headers.get("retry-after", "")
        pause = float(asked) if asked.isdigit() else PAUSE_S
        return self.sign_in(call, WireRequest("GET", place, self.headers(call), b"")), pause

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """The pages. Raises `WireError` for a reading that failed."""
        data = decode_object(body)
        if data.get("status") != "succeeded":
            said = (data.get("error") or {}).get("message") or f"its status is {data.get('status')!r}"
            raise WireError(f"the document was not read: {said}")
        result = data.get("analyzeResult")
        try:
            pages = [_page(page) for page in result.get("pages") or ()]  # type: ignore[union-attr]
            known = {name: result.get(name) for name in ("content", "tables", "keyValuePairs")}  # type: ignore[union-attr]
        except SHAPE_ERRORS as error:
            raise misshapen(error) from error
        return {"pages": pages, "model": call.model, "usage_info": {"pages_processed": len(pages)}, **known}


def _page(page: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "index": int(page["pageNumber"]) - 1,
        "markdown": "\n".join(line["content"] for line in page.get("lines") or ()),
    }
    if page.get("width") and page.get("height"):
        inches = page.get("unit") == "inch"
        scale = DPI if inches else 1
        size = {name: round(page[name] * scale) for name in ("width", "height")}
        made["dimensions"] = {**size, "dpi": DPI if inches else None}
    return made


class AzureOCR(EndpointFormat):
    """The reader that a model's name tells."""

    sdk_retries = False

    def __init__(self) -> None:
        self._readers: tuple[EndpointFormat, EndpointFormat] = (AzureMistralOCR(), DocumentIntelligence())

    def _of(self, call: EndpointCall) -> EndpointFormat:
        return self._readers[call.model.startswith(PREFIX)]

    def build_request(self, call: EndpointCall) -> WireRequest:
        """As the reader does."""
        return self._of(call).build_request(call)

    def sign_in(self, call: EndpointCall, request: WireRequest) -> WireRequest:
        """As the reader does."""
        return self._of(call).sign_in(call, request)

    def next_request(
        self, call: EndpointCall, headers: Mapping[str, str], body: bytes
    ) -> tuple[WireRequest, float] | None:
        """As the reader does."""
        return self._of(call).next_request(call, headers, body)

    def parse_response(self, call: EndpointCall, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """As the reader does."""
        return self._of(call).parse_response(call, headers, body)
