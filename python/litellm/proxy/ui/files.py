"""The UI's files, read once and kept ready to send."""

from __future__ import annotations

import functools
import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "static"
_TYPES = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
    ".js": "text/javascript; charset=utf-8",
}  # fmt: skip
INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is sent; `packed` by gzip, `etag` by its content."""

    content: bytes
    packed: bytes
    media_type: str
    etag: str


@functools.cache
def files() -> Mapping[str, File]:
    """Every file by its path below `/ui/`. What is not in it is not served, whatever a path looks like."""
    return {path.relative_to(_FOLDER).as_posix(): _file(path) for path in _FOLDER.rglob("*") if path.suffix in _TYPES}


def _file(path: Path) -> File:
    content = path.read_bytes()
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return File(content, gzip.compress(content, mtime=0), _TYPES[path.suffix], etag)
