"""Images, documents and video as Converse content blocks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

IMAGE_FORMATS = frozenset({"png", "jpeg", "gif", "webp"})
DOCUMENT_FORMATS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/markdown": "md",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
VIDEO_FORMATS: Mapping[str, str] = {
    "video/mp4": "mp4", "video/mpeg": "mpeg", "video/mpg": "mpg", "video/webm": "webm", "video/quicktime": "mov",
    "video/mov": "mov", "video/x-matroska": "mkv", "video/x-flv": "flv", "video/x-ms-wmv": "wmv",
    "video/3gpp": "three_gp", "video/wmv": "wmv", "video/flv": "flv", "video/mkv": "mkv",
}  # fmt: skip
_BY_ENDING: Mapping[str, str] = {
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
    "pdf": "application/pdf", "csv": "text/csv", "html": "text/html", "txt": "text/plain", "md": "text/markdown",
    "mp4": "video/mp4", "mov": "video/quicktime", "mkv": "video/x-matroska", "webm": "video/webm",
}  # fmt: skip


class UnsupportedMedia(ValueError):
    """Media that Converse has no block for."""


def media_block(url: str, media_type: str | None = None) -> dict[str, Any]:
    """The block for a `data:` URL or an `s3://` address. Raises `UnsupportedMedia` for anything else."""
    if url.startswith("s3://"):
        kind = media_type or _BY_ENDING.get(url.rsplit(".", 1)[-1].lower(), "")
        return _block(kind, {"s3Location": {"uri": url}}, url)
    if not url.startswith("data:"):
        raise UnsupportedMedia(
            f"Bedrock takes media as data: URLs or from s3://, got {url[:80]!r}; fetch it and send its bytes"
        )
    head, comma, data = url[5:].partition(",")
    if not comma:
        raise UnsupportedMedia("a data: URL without data")
    return _block(media_type or head.split(";")[0], {"bytes": data}, data)


def _block(media_type: str, source: dict[str, Any], content: str) -> dict[str, Any]:
    media_type = media_type.strip().lower()
    kind, _, name = media_type.partition("/")
    if kind == "image":
        image_format = "jpeg" if name == "jpg" else name
        if image_format not in IMAGE_FORMATS:
            raise UnsupportedMedia(f"image type {media_type!r}: Bedrock takes {', '.join(sorted(IMAGE_FORMATS))}")
        return {"image": {"format": image_format, "source": source}}
    if media_type in VIDEO_FORMATS:
        return {"video": {"format": VIDEO_FORMATS[media_type], "source": source}}
    document_format = DOCUMENT_FORMATS.get(media_type)
    if document_format is None:
        raise UnsupportedMedia(f"media type {media_type!r}: Bedrock has no block for it")
    return {"document": {"format": document_format, "name": document_name(content, document_format), "source": source}}


def document_name(content: str, document_format: str) -> str:
    """A name that is the same for the same content, so that prompt caching works."""
    digest = hashlib.sha256(f"{content}{len(content)}".encode()).hexdigest()[:16]
    return f"DocumentPDFmessages_{digest}_{document_format}"
