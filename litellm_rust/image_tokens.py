"""What an image costs in tokens: 85, and for high detail 170 more for each tile of 512 pixels (OpenAI's vision guide).

The sizes that an image is fitted into are those of LiteLLM's `token_counter`: its short side is brought to 768, and its
long side to 2,000 at most, unless neither side is longer than 768.
"""

from __future__ import annotations

import base64
import binascii
import struct
from typing import Final

DETAILS: Final = ("low", "high", "auto")
BASE_TOKENS: Final = 85
TILE_TOKENS: Final = 170
TILE: Final = 512
SHORT_SIDE: Final = 768
LONG_SIDE: Final = 2000
UNKNOWN_SIZE: Final = (300, 300)
"""Taken for images that are not inline: their bytes are not fetched to be counted."""


def image_tokens(url: str, detail: str = "auto") -> int:
    """Tokens of an image given inline (`data:`) or by address. Raises ValueError for a detail that does not exist."""
    if detail not in DETAILS:
        raise ValueError(f"image_url.detail: expected one of {', '.join(DETAILS)}, got {detail!r}")
    if detail != "high":
        return BASE_TOKENS
    width, height = _fitted(*(_size(url) or UNKNOWN_SIZE))
    return BASE_TOKENS + TILE_TOKENS * -(-width // TILE) * -(-height // TILE)


def _fitted(width: int, height: int) -> tuple[int, int]:
    """Width and height in pixels after scaling."""
    short, long = sorted((width, height))
    if long > SHORT_SIDE and short > 0:
        ratio = long / short
        short, long = SHORT_SIDE, int(SHORT_SIDE * ratio)
        if long > LONG_SIDE:
            short, long = int(LONG_SIDE / ratio), LONG_SIDE
    return (short, long) if width <= height else (long, short)


def _size(url: str) -> tuple[int, int] | None:
    """Width and height of an inline PNG, GIF, JPEG or WebP; None for anything else."""
    if not url.startswith("data:"):
        return None
    try:
        data = base64.b64decode(url.partition(",")[2])
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack_from(">II", data, 16)
        if data.startswith((b"GIF87a", b"GIF89a")):
            return struct.unpack_from("<HH", data, 6)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg_size(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _webp_size(data)
    except (binascii.Error, struct.error):
        return None
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """From the first frame header (SOF, ITU T.81 B.2.2)."""
    at = 2
    while at + 9 <= len(data):
        marker, length, _, height, width = struct.unpack_from(">HHBHH", data, at)
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            return width, height
        at += 2 + length
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    """From the first chunk, by the WebP container's specification (RFC 9649)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None
