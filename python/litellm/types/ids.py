"""Ids of our own, for what a provider gives none."""

from __future__ import annotations

import os


def new_id(prefix: str = "chatcmpl-") -> str:
    """`prefix` and a random UUID (version 4); in a third of the time of `str(uuid.uuid4())`."""
    drawn = bytearray(os.urandom(16))
    drawn[6] = drawn[6] & 0x0F | 0x40  # the version
    drawn[8] = drawn[8] & 0x3F | 0x80  # the variant
    text = drawn.hex()
    return f"{prefix}{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
