"""Content parts of OpenAI messages as Gemini's parts: text, inline data and references to files."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from typing import Any

from litellm.llms.gemini.tools import camel

FILES_API = "https://generativelanguage.googleapis.com/v1beta/"
_TYPES: Mapping[str, str] = {
    ".jpg": "image/jpeg", ".webp": "image/webp", ".heic": "image/heic", ".heif": "image/heif", ".mp4": "video/mp4",
    ".mov": "video/quicktime", ".mpg": "video/mpg", ".wmv": "video/wmv", ".flv": "video/x-flv", ".3gp": "video/3gpp",
    ".webm": "video/webm", ".mp3": "audio/mp3", ".wav": "audio/wav", ".flac": "audio/flac", ".aac": "audio/aac",
    ".m4a": "audio/m4a", ".opus": "audio/opus", ".ogg": "audio/ogg", ".pdf": "application/pdf", ".txt": "text/plain",
    ".md": "text/md", ".csv": "text/csv", ".json": "application/json",
}  # fmt: skip
"""Media types by extension, where the platform's table may have none or another."""
RESOLUTIONS: Mapping[str, str] = {
    "low": "MEDIA_RESOLUTION_LOW", "medium": "MEDIA_RESOLUTION_MEDIUM", "high": "MEDIA_RESOLUTION_HIGH",
    "ultra_high": "MEDIA_RESOLUTION_ULTRA_HIGH",
}  # fmt: skip


class InvalidPart(ValueError):
    """A content part that Gemini has no place for."""


def content_parts(content: Any) -> list[dict[str, Any]]:
    """The parts of a message's content: a text, or a list of parts. Empty texts in a list are left out."""
    if content is None:
        return []
    if isinstance(content, str):
        return [{"text": content}]
    parts: list[dict[str, Any]] = []
    for item in content:
        if isinstance(item, str):
            parts.append({"text": item})
        elif item.get("type") in (None, "text", "input_text", "output_text"):
            if item.get("text"):
                parts.append({"text": item["text"]})
        else:
            made = media_part(item)
            if made is not None:
                parts.append(made)
    return parts


def media_part(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """An image, file, video or audio part; None for a kind that is not known. `detail` stays beside it for now."""
    kind = item.get("type")
    if kind in ("image_url", "video_url", "input_image"):
        return _linked(item.get(kind, item.get("image_url")))
    if kind == "file":
        return _file(item.get("file") or {})
    if kind == "input_audio":
        audio = item.get("input_audio") or {}
        data, form = str(audio.get("data") or ""), str(audio.get("format") or "wav")
        media_type = form if "/" in form else f"audio/{form}"
        return data_part(data, media_type) if data.startswith("data:") else _inline(data, media_type)
    return None


def _linked(image: Any) -> dict[str, Any]:
    if isinstance(image, str):
        return data_part(image, None)
    if not isinstance(image, Mapping):
        raise InvalidPart("image_url: expected an address or an object with a 'url'")
    part = data_part(str(image.get("url") or ""), image.get("format"))
    return _with_settings(part, image)


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    address = file.get("file_data") or file.get("file_id")
    if not isinstance(address, str):
        raise InvalidPart("file: has neither 'file_data' nor 'file_id'")
    if address.startswith("files/"):
        address = FILES_API + address
    return _with_settings(data_part(address, file.get("format")), file)


def _with_settings(part: dict[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    if source.get("detail") in RESOLUTIONS:
        part["media_resolution"] = {"level": RESOLUTIONS[source["detail"]]}
    if isinstance(source.get("video_metadata"), Mapping):
        part["video_metadata"] = {camel(key): value for key, value in source["video_metadata"].items()}
    return part


def data_part(address: str, media_type: str | None) -> dict[str, Any]:
    """The part for a data URL (inline) or for the address of a file. Raises `InvalidPart` for anything else."""
    if address.startswith("data:"):
        head, _, data = address[5:].partition(",")
        return _inline(data, media_type or head.split(";")[0] or "text/plain")
    if address.startswith(("gs://", "http://", "https://")):
        reference: dict[str, Any] = {"file_uri": address}
        found = media_type or guess_type(address)
        if found is not None:
            reference["mime_type"] = found
        elif address.startswith("gs://"):
            raise InvalidPart(f"the media type of {address!r} cannot be told from its name; give it as 'format'")
        return {"file_data": reference}
    raise InvalidPart(
        f"{address[:100]!r} is neither a data URL nor the address of a file (gs://, https://, or the files/… of an "
        "uploaded one)"
    )


def _inline(data: str, media_type: str) -> dict[str, Any]:
    return {"inline_data": {"data": data, "mime_type": media_type}}


def guess_type(address: str) -> str | None:
    """The media type that an address's extension stands for; None when it has none that is known."""
    path = address.split("?", 1)[0].split("#", 1)[0].rsplit("/", 1)[-1].lower()
    dot = path.rfind(".")
    if dot < 0:
        return None
    return _TYPES.get(path[dot:]) or mimetypes.guess_type(path)[0]
