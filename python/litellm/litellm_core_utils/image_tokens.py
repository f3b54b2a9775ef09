"""What an image costs in tokens: OpenAI's vision guide. 85 for low detail; else 85 + 170 for each 512-pixel tile."""

from __future__ import annotations

import base64
import binascii
import math
import struct

BASE_TOKENS = 85
TILE_TOKENS = 170
TILE = 512
LONG_SIDE = 2048
SHORT_SIDE = 768
UNKNOWN_SIZE = (300, 300)
"""Taken for images that are not inline: their bytes are not fetched to be counted."""


def image_tokens(url: str, detail: str = "auto") -> int:
    """Tokens of an image given inline or by address. Raises ValueError for a detail that does not exist."""
    if detail in ("low", "auto"):
        return BASE_TOKENS
    if detail != "high":
        raise ValueError(f"image_url.detail: expected 'low', 'high' or 'auto', got {detail!r}")
    width, height = _fitted(*(_size(url) or UNKNOWN_SIZE))
    return BASE_TOKENS + TILE_TOKENS * math.ceil(width / TILE) * math.ceil(height / TILE)


def _fitted(width: int, height: int) -> tuple[int, int]:
    """The size after scaling into 2048 x 2048 and then its short side to 768."""
    long, short = max(width, height), min(width, height)
    if long > LONG_SIDE:
        short, long = int(short * LONG_SIDE / long), LONG_SIDE
    if short > SHORT_SIDE:
        long, short = int(long * SHORT_SIDE / short), SHORT_SIDE
    return (long, short) if width >= height else (short, long)


def _size(url: str) -> tuple[int, int] | None:
    """Width and height of an inline PNG, GIF, JPEG or WebP; None for anything else."""
    if not url.startswith("data:"):
        return None
    try:
        data = base64.b64decode(url.partition(",")[2], validate=False)
    except (binascii.Error, ValueError):
        return None
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack(">II", data[16:24])
        if data[:6] in (b"GIF87a", b"GIF89a"):
            return struct.unpack("<HH", data[6:10])
        if data.startswith(b"\xff\xd8"):
            return _jpeg_size(data)
        if data[8:16] == b"WEBPVP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    except struct.error:
        return None
    return None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 < len(data):
        marker, length = struct.unpack(">HH", data[position : position + 4])
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return None
