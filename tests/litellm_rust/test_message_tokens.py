"""Tokens of chat requests: the figures are what LiteLLM 1.106.2's `token_counter` gives for the same arguments."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from litellm_rust import tokens
from litellm_rust.image_tokens import image_tokens

RECORDED: list[dict[str, Any]] = json.loads(Path(__file__).with_name("message_tokens.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: f"{case['name']}-{case['model']}")
def test_requests_cost_what_upstream_says(case: dict[str, Any]) -> None:
    assert tokens.count_messages(case["messages"], model=case["model"], **case["arguments"]) == case["tokens"]


def test_what_cannot_be_counted_is_refused() -> None:
    for content in ([{"type": "hologram"}], [{"type": "image_url", "image_url": {}}], [{"type": "tool_use"}]):
        with pytest.raises(ValueError, match="content"):
            tokens.count_messages([{"role": "user", "content": content}])
    with pytest.raises(ValueError, match="tool_calls"):
        tokens.count_messages([{"role": "assistant", "tool_calls": [{"id": "1"}]}])
    with pytest.raises(ValueError, match="detail"):
        image_tokens("https://example.com/a.png", "medium")


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(8) + struct.pack(">II", 1600, 900), (1600, 900)),
        (b"GIF89a" + struct.pack("<HH", 1600, 900), (1600, 900)),
        (b"RIFF____WEBPVP8X" + bytes(8) + b"\x3f\x06\x00\x83\x03\x00", (1600, 900)),
        (b"RIFF____WEBPVP8 " + bytes(10) + struct.pack("<HH", 1600, 900), (1600, 900)),
        (b"RIFF____WEBPVP8L" + bytes(5) + struct.pack("<I", 1599 | 899 << 14), (1600, 900)),
        (b"\xff\xd8\xff\xe0\x00\x04\x00\x00\xff\xc0\x00\x11\x08" + struct.pack(">HH", 900, 1600), (1600, 900)),
        (b"\x89PNG\r\n\x1a\n", None),
        (b"no image", None),
    ],
)
def test_sizes_of_inline_images(data: bytes, size: tuple[int, int] | None) -> None:
    """1600 x 900 is fitted to 1365 x 768, six tiles; one whose size is unknown is one tile."""
    url = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    assert image_tokens(url, "high") == (85 + 170 * 6 if size else 85 + 170)
