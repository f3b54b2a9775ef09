"""Readings of documents over HTTP: Mistral's, Azure's and Google's."""

from __future__ import annotations

import importlib
import io
import json
from pathlib import Path
from typing import Any

import litellm
import pytest
from litellm import Router
from litellm.litellm_core_utils.logging_worker import GLOBAL_LOGGING_WORKER
from litellm.llms.ocr import document_intelligence

from tests.litellm.support import Told
from tests.support.scripted import Answer, Scripted

PDF = {"type": "document_url", "document_url": "https://example.com/a.pdf"}
DATA = {"type": "document_url", "document_url": "data:application/pdf;base64,AAAA"}
READ = {
    "pages": [{"index": 0, "markdown": "# hi", "images": [{"id": "i", "image_base64": "x"}],
               "dimensions": {"dpi": 200, "height": 2200, "width": 1700}}],
    "model": "mistral-ocr-2505", "document_annotation": None, "usage_info": {"pages_processed": 2, "doc_size_bytes": 9},
}  # fmt: skip
LINES = [{"content": "a"}, {"content": "b"}]
PAGES = [{"pageNumber": 1, "width": 8.5, "height": 11, "unit": "inch", "lines": LINES},
         {"pageNumber": 2, "width": 800, "height": 600, "unit": "pixel"}]  # fmt: skip
ANALYSED = {"status": "succeeded", "analyzeResult": {"content": "all", "tables": [{"rowCount": 1}], "pages": PAGES}}
PRICE = litellm.model_cost["mistral/mistral-ocr-latest"]["ocr_cost_per_page"]


@pytest.fixture
def where(vendor: Scripted) -> dict[str, Any]:
    return {"model": "mistral/mistral-ocr-latest", "api_base": f"{vendor.base}/v1", "api_key": "sk-own"}


async def test_mistral_reads(vendor: Scripted, where: dict[str, Any]) -> None:
    for function in (litellm.ocr, litellm.aocr):
        vendor.will_say(READ)
        answer: Any = function(document=PDF, pages=[0], extra_headers={"x-a": "b"}, **where)
        read = await answer if hasattr(answer, "__await__") else answer
        (asked,) = vendor.asked
        assert (asked.method, asked.path, asked.headers["x-a"]) == ("POST", "/v1/ocr", "b")
        assert asked.headers["authorization"] == "Bearer sk-own"
        assert asked.json() == {"model": "mistral-ocr-latest", "document": PDF, "pages": [0]}
        assert (read.pages[0].markdown, read.pages[0].images[0].id, read.object) == ("# hi", "i", "ocr")
        assert (read.pages[0].dimensions.width, read.usage_info.pages_processed) == (1700, 2)
        assert read._hidden_params["response_cost"] == pytest.approx(2 * PRICE)


@pytest.mark.parametrize("file", ["bytes", "path", "open"])
def test_a_file_is_put_into_the_request(vendor: Scripted, where: dict[str, Any], file: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1")
    held: Any = {"bytes": b"%PDF-1", "path": path, "open": io.BytesIO(b"%PDF-1")}[file]
    vendor.will_say(READ)
    litellm.ocr(document={"type": "file", "file": held}, **where)
    url = "data:application/pdf;base64,JVBERi0x"
    assert vendor.last["document"] == {"type": "document_url", "document_url": url}


def test_an_image_is_told_by_its_bytes_or_its_type(vendor: Scripted, where: dict[str, Any]) -> None:
    vendor.will_say(READ)
    litellm.ocr(document={"type": "file", "file": b"\x89PNG"}, **where)
    assert vendor.last["document"] == {"type": "image_url", "image_url": "data:image/png;base64,iVBORw=="}
    litellm.ocr(document={"type": "file", "file": b"..", "mime_type": "image/tiff"}, **where)
    assert vendor.last["document"]["image_url"].startswith("data:image/tiff;base64,")


@pytest.mark.parametrize(("document", "named"), [
    ("x", "document.type"), ({"type": "x"}, "document.type"), ({"type": "document_url"}, "document.document_url"),
    ({"type": "image_url", "image_url": "/etc/passwd"}, "document.image_url"),
    ({"type": "file", "file": "/etc/passwd"}, "document.file"), ({"type": "file", "file": 5}, "document.file"),
    ({"type": "file", "file": Path("/no/such")}, "document.file"),
])  # fmt: skip
def test_what_is_no_document_is_refused(vendor: Scripted, where: dict[str, Any], document: Any, named: str) -> None:
    vendor.will_say(READ)
    with pytest.raises(litellm.BadRequestError, match=named):
        litellm.ocr(document=document, **where)
    assert vendor.asked == []


@pytest.mark.parametrize(("status", "error"), [
    (401, litellm.AuthenticationError), (404, litellm.NotFoundError), (429, litellm.RateLimitError),
])  # fmt: skip
def test_refusals_are_mapped(vendor: Scripted, where: dict[str, Any], status: int, error: type[Exception]) -> None:
    vendor.will_say({"message": "so it is"}, status=status)
    with pytest.raises(error, match="so it is"):
        litellm.ocr(document=PDF, **where)
    assert len(vendor.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"pages": 5}', b""])
def test_garbage_is_an_error_of_ours(vendor: Scripted, where: dict[str, Any], body: bytes) -> None:
    vendor.will(Answer(body))
    with pytest.raises((litellm.InternalServerError, litellm.APIConnectionError)):
        litellm.ocr(document=PDF, **where)


@pytest.mark.parametrize("start", [PDF["type"], "image_url"])
def test_azure_is_given_the_document_itself(vendor: Scripted, start: str) -> None:
    vendor.will(Answer(b"%PDF", content_type="application/pdf; x=1"), Answer(json.dumps(READ).encode()))
    document = {"type": start, start: f"{vendor.base}/a.pdf"}
    read = litellm.ocr("azure_ai/mistral-ocr-2505", document, api_base=vendor.base, api_key="sk-own")
    fetched, asked = vendor.asked
    assert (fetched.method, fetched.path) == ("GET", "/a.pdf")
    assert "authorization" not in fetched.headers, "the document's server is not shown the key"
    assert (asked.path, asked.headers["authorization"]) == ("/providers/mistral/azure/ocr", "Bearer sk-own")
    assert asked.json()["document"] == {"type": start, start: "data:application/pdf;base64,JVBERg=="}
    price = litellm.model_cost["azure_ai/mistral-ocr-2505"]["ocr_cost_per_page"]
    assert read._hidden_params["response_cost"] == pytest.approx(2 * price)


def test_vertex_reads_by_raw_predict(vendor: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "litellm.secret_managers.google.signer.GoogleSigner.sign", lambda self, **asked: asked["headers"]
    )
    vendor.will_say(READ)
    litellm.ocr("vertex_ai/mistral-ocr-2505", DATA, api_base=vendor.base, vertex_project="p",
                vertex_location="us-central1")  # fmt: skip
    (asked,) = vendor.asked
    models = "/v1/projects/p/locations/us-central1/publishers/mistralai/models"
    assert asked.path == f"{models}/mistral-ocr-2505:rawPredict"


async def test_document_intelligence_is_asked_until_it_has_read(
    vendor: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document_intelligence, "PAUSE_S", 0.0)
    vendor.will(
        Answer(b"", status=202, headers={"operation-location": f"{vendor.base}/op/1", "retry-after": "0"}),
        Answer(b'{"status": "running"}'),
        Answer(json.dumps(ANALYSED).encode()),
    )
    model = "azure_ai/doc-intelligence/prebuilt-layout"
    read = await litellm.aocr(model, DATA, api_base=vendor.base, api_key="k", pages=[0, 1], features=["keyValuePairs"])
    start, *polls = vendor.asked
    assert start.path == (
        "/documentintelligence/documentModels/prebuilt-layout:analyze"
        "?api-version=2024-11-30&pages=1%2C2&features=keyValuePairs"
    )
    assert start.json() == {"base64Source": "AAAA"}
    assert [(poll.method, poll.path) for poll in polls] == [("GET", "/op/1")] * 2
    assert {asked.headers["ocp-apim-subscription-key"] for asked in vendor.asked} == {"k"}
    assert [page.markdown for page in read.pages] == ["a\nb", ""]
    assert [(page.dimensions.width, page.dimensions.dpi) for page in read.pages] == [(816, 96), (800, None)]
    assert (read.content, read.tables) == ("all", [{"rowCount": 1}])
    assert read._hidden_params["response_cost"] == pytest.approx(2 * litellm.model_cost[model]["ocr_cost_per_page"])


@pytest.mark.parametrize("answer", [
    Answer(b"", status=202, headers={"operation-location": "http://127.0.0.2:9/op"}), Answer(b"", status=202),
])  # fmt: skip
def test_the_key_is_shown_to_the_service_only(vendor: Scripted, answer: Answer) -> None:
    vendor.will(answer)
    with pytest.raises(litellm.InternalServerError, match="operation"):
        litellm.ocr("azure_ai/doc-intelligence/prebuilt-read", PDF, api_base=vendor.base, api_key="k")
    assert len(vendor.asked) == 1


def test_a_document_that_cannot_be_read_says_why(vendor: Scripted) -> None:
    failed = {"status": "failed", "error": {"message": "it is torn"}}
    place = {"operation-location": f"{vendor.base}/op/1", "retry-after": "0"}
    vendor.will(Answer(b"", status=202, headers=place), Answer(json.dumps(failed).encode()))
    with pytest.raises(litellm.InternalServerError, match="it is torn"):
        litellm.ocr("azure_ai/doc-intelligence/prebuilt-read", PDF, api_base=vendor.base, api_key="k")


def test_a_provider_that_does_not_read_says_so(vendor: Scripted) -> None:
    with pytest.raises(litellm.BadRequestError, match="groq has no ocr"):
        litellm.ocr("groq/x", PDF, api_base=vendor.base, api_key="k")


def test_a_mocked_reading_asks_nobody() -> None:
    read = litellm.ocr("mistral/mistral-ocr-latest", PDF, mock_response="hello")
    assert (read.pages[0].markdown, read._hidden_params["response_cost"]) == ("hello", pytest.approx(PRICE))


def test_callbacks_are_told_the_price_and_not_the_document(
    vendor: Scripted, where: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told()
    monkeypatch.setattr(litellm, "callbacks", [told])
    vendor.will_say(READ)
    litellm.ocr(document=DATA, **where)
    assert GLOBAL_LOGGING_WORKER.flush(5.0)
    (payload,) = told.payloads
    assert (payload["call_type"], payload["response_cost"]) == ("ocr", pytest.approx(2 * PRICE))
    assert "AAAA" not in json.dumps(payload["messages"])


def test_the_package_and_the_function_are_one(vendor: Scripted, where: dict[str, Any]) -> None:
    package: Any = importlib.import_module("litellm.ocr")
    vendor.will_say(READ)
    assert package(document=PDF, **where).pages


@pytest.mark.parametrize("name", ["ocr", "aocr"])
async def test_the_router_reads(vendor: Scripted, where: dict[str, Any], name: str) -> None:
    router = Router(model_list=[{"model_name": "reader", "litellm_params": where}], num_retries=0)
    vendor.will_say(READ)
    answer = getattr(router, name)(model="reader", document=PDF)
    assert (await answer if name == "aocr" else answer).pages[0].markdown == "# hi"
    router.discard()
