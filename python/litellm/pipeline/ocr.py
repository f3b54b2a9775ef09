"""Readings of documents, as steps: the document checked and read, and what it costs."""

from __future__ import annotations

import base64
import mimetypes
import os
from collections.abc import Mapping
from typing import Any

import litellm
from litellm.llms.multipart import image_type_of, named_file
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.plain import Endpoint, plain_steps
from litellm.pipeline.plain_costs import ocr as ocr_cost
from litellm.pipeline.run import Run
from litellm.types.ocr import OCRResponse

_URLS = ("document_url", "image_url")


def _resolve(run: Run) -> None:
    """Completes the provider and the document of `run`. Raises `BadRequestError` for a document that is none."""
    run.resolve_provider()
    resolve_endpoint(run)
    run.arguments = {**run.arguments, "document": _document(run)}


def _document(run: Run) -> dict[str, Any]:
    """The document with its address, which is a `data:` URL where it was a file."""
    given = run.arguments.get("document")
    kind = given.get("type") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or kind not in (*_URLS, "file"):
        raise _refused(run, "document.type: expected document_url, image_url or file")
    if kind == "file":
        return _embedded(run, given)
    url = given.get(kind)
    if isinstance(url, Mapping):  # as in OpenAI's chat
        url = url.get("url")
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "data:")):
        raise _refused(run, f"document.{kind}: expected an http://, https:// or data: URL")
    return {**given, kind: url}


def _embedded(run: Run, given: Mapping[str, Any]) -> dict[str, Any]:
    """A file in the document's own words. A text is no path here, for a request's text might name any file."""
    file = given.get("file")
    if file is None or isinstance(file, str):
        raise _refused(run, "document.file: expected bytes, a pathlib.Path or an open file")
    try:
        read = named_file(file, field="document.file")
    except (ValueError, OSError) as error:
        raise _refused(run, str(error)) from error
    named = mimetypes.guess_type(read.name)[0] if isinstance(file, os.PathLike) or hasattr(file, "name") else None
    media = given.get("mime_type") or named or image_type_of(read.content) or _document_type(read.content)
    kind = "image_url" if media.startswith("image/") else "document_url"
    return {"type": kind, kind: f"data:{media};base64,{base64.b64encode(read.content).decode()}"}


def _document_type(content: bytes) -> str:
    return "application/pdf" if content.startswith(b"%PDF") else "application/octet-stream"


def _refused(run: Run, message: str) -> litellm.BadRequestError:
    return litellm.BadRequestError(message=message, model=run.model, llm_provider=run.provider)


def _asked(arguments: dict[str, Any]) -> Any:
    """What callbacks see of a document: its kind, and its address where it is not the document itself."""
    given = arguments.get("document")
    if not isinstance(given, Mapping):
        return None
    shown = {name: value for name, value in given.items() if name in ("type", "mime_type")}
    url = next((given[name] for name in _URLS if isinstance(given.get(name), str)), None)
    return shown if url is None or url.startswith("data:") else {**shown, "url": url}


def _mocked(run: Run, mock: Any) -> dict[str, Any]:
    """A whole response, or the text of the only page."""
    if isinstance(mock, Mapping):
        return dict(mock)
    return {"pages": [{"index": 0, "markdown": str(mock)}], "model": run.model, "usage_info": {"pages_processed": 1}}


OCR = plain_steps(
    Endpoint(
        "ocr", inputs=("document",), params=frozenset(), response=OCRResponse, cost=ocr_cost, mock=_mocked,
        asked=_asked, resolve=_resolve,
    )
)  # fmt: skip
