"""What a reading of a document gives, as Mistral's API describes it."""

from __future__ import annotations

from typing import Any

from litellm.types.openai_object import OpenAIObject, as_model
from litellm.types.responses_chat import HiddenResponse


class OCRPageDimensions(OpenAIObject):
    """A page's size in pixels, at `dpi` of them an inch."""

    dpi: int | None = None
    height: int | None = None
    width: int | None = None


class OCRPageImage(OpenAIObject):
    """An image of a page."""

    image_base64: str | None = None
    bbox: dict[str, Any] | None = None


class OCRPage(OpenAIObject):
    """A page, its text in Markdown; `index` counts from 0."""

    index: int
    markdown: str
    images: list[Any] | None = None
    dimensions: Any = None

    def __init__(self, images: Any = None, dimensions: Any = None, **fields: Any) -> None:
        found = None if images is None else [as_model(OCRPageImage, image) for image in images]
        super().__init__(images=found, dimensions=as_model(OCRPageDimensions, dimensions), **fields)


class OCRUsageInfo(OpenAIObject):
    """What is billed: pages, those annotated among them, or the provider's credits."""

    pages_processed: int | None = None
    pages_processed_annotation: int | None = None
    credits: float | None = None
    doc_size_bytes: int | None = None


class OCRResponse(HiddenResponse):
    """A document's pages. `content`, `tables` and `keyValuePairs` are Azure's Document Intelligence's."""

    pages: list[Any]
    model: str = ""
    document_annotation: Any = None
    usage_info: Any = None
    content: str | None = None
    tables: list[Any] | None = None
    keyValuePairs: list[Any] | None = None
    object: str = "ocr"

    def __init__(self, pages: Any = None, usage_info: Any = None, **fields: Any) -> None:
        made = [as_model(OCRPage, page) for page in pages or ()]
        super().__init__(pages=made, usage_info=as_model(OCRUsageInfo, usage_info), **fields)
