"""The text of a document or an image, page by page, blocking and on an event loop."""

from __future__ import annotations

from typing import Any

from litellm.pipeline.ocr import OCR
from litellm.pipeline.pairs import Asked, asked, pair
from litellm.types.ocr import OCRResponse

__all__ = ["aocr", "ocr"]


def _ocr(
    model: str,
    document: dict[str, Any],
    api_key: str | None = None,
    api_base: str | None = None,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    extra_headers: dict[str, Any] | None = None,
    **kwargs: Any,
) -> Asked[OCRResponse]:
    """The pages of `document` in Markdown; `timeout` in seconds.

    `document` is `{"type": "document_url", "document_url": …}`, `{"type": "image_url", "image_url": …}` (addresses or
    `data:` URLs), or `{"type": "file", "file": …, "mime_type": …}` with bytes, a `pathlib.Path` or an open file.
    Other arguments (`pages`, counted from 0, `include_image_base64`, …) go to the provider as they are.
    Raises the exceptions of `litellm.exceptions`.
    """
    return asked(OCR, locals(), kwargs)


ocr, aocr = pair("ocr", _ocr)
