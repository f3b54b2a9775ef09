"""multipart/form-data, written and nothing else: files given in any way that OpenAI's SDK takes them."""

from __future__ import annotations

import mimetypes
import os
import secrets
from collections.abc import Iterable
from typing import Any

Part = tuple[str, Any]
"""A field's name, and a text value or a `NamedFile`."""
_KNOWN_TYPES = {".wav": "audio/x-wav", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".webp": "image/webp"}
_MAGIC = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"), (b"RIFF", "image/webp"))


class NamedFile:
    """A file's name, content and media type."""

    __slots__ = ("content", "media_type", "name")

    def __init__(self, name: str, content: bytes, media_type: str | None = None) -> None:
        self.name = name
        self.content = content
        self.media_type = "".join((media_type or media_type_of(name)).splitlines())


def media_type_of(name: str) -> str:
    """The media type that a file's name tells; `application/octet-stream` when it tells none."""
    known = _KNOWN_TYPES.get(os.path.splitext(name)[1].lower())
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"


def image_type_of(content: bytes) -> str | None:
    """The media type that the first bytes of an image tell."""
    for magic, media_type in _MAGIC:
        if content.startswith(magic):
            return media_type
    return None


def named_file(value: Any, *, field: str = "file", default_name: str = "upload") -> NamedFile:
    """`value` read: bytes, a path, an open binary file, or a tuple of name, content and media type.

    Raises `ValueError`, naming `field`, for anything else.
    """
    if isinstance(value, NamedFile):
        return value
    if isinstance(value, tuple) and len(value) >= 2:
        inner = named_file(value[1], field=field, default_name=value[0] or default_name)
        return NamedFile(value[0] or inner.name, inner.content, value[2] if len(value) > 2 else None)
    if isinstance(value, bytes | bytearray | memoryview):
        return NamedFile(default_name, bytes(value))
    if isinstance(value, str | os.PathLike):
        if not os.path.isfile(value):
            raise ValueError(f"{field}: there is no file {os.fspath(value)!r}")
        with open(value, "rb") as file:
            return NamedFile(os.path.basename(os.fspath(value)), file.read())
    read = getattr(value, "read", None)
    if read is None:
        raise ValueError(f"{field}: expected bytes, a path, an open file or a tuple, not {type(value).__name__}")
    _rewind(value)
    content = read()
    name = os.path.basename(str(getattr(value, "name", "") or default_name))
    return NamedFile(name, content.encode() if isinstance(content, str) else content)


def _rewind(file: Any) -> None:
    seekable = getattr(file, "seekable", None)
    if seekable is not None and seekable():
        file.seek(0)


def form_text(value: Any) -> str:
    """A form field's text, as OpenAI's SDK writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def form_fields(values: dict[str, Any], *, brackets: bool = True) -> list[Part]:
    """The parts of `values`; a list becomes a part for each item, named `name[]` with `brackets`."""
    parts: list[Part] = []
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, list | tuple):
            parts.extend((f"{name}[]" if brackets else name, form_text(item)) for item in value)
        elif isinstance(value, dict):
            parts.extend((f"{name}[{key}]", form_text(item)) for key, item in value.items())
        else:
            parts.append((name, form_text(value)))
    return parts


def encode(parts: Iterable[Part]) -> tuple[str, bytes]:
    """`(content type, body)` of a form with these parts."""
    boundary = secrets.token_hex(16)
    pieces: list[bytes] = []
    for name, value in parts:
        pieces.append(f"--{boundary}\r\ncontent-disposition: form-data; name={_quoted(name)}".encode())
        if isinstance(value, NamedFile):
            pieces.append(f"; filename={_quoted(value.name)}\r\ncontent-type: {value.media_type}\r\n\r\n".encode())
            pieces.append(value.content)
        else:
            pieces.append(b"\r\n\r\n" + str(value).encode())
        pieces.append(b"\r\n")
    pieces.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(pieces)


def _quoted(text: str) -> str:
    """`text` as browsers quote it in a Content-Disposition header (WHATWG HTML, multipart form data)."""
    escaped = text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return f'"{escaped}"'
