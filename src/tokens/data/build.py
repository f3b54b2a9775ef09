"""Writes the data files beside this script.

    python src/tokens/data/build.py <folder with *.tiktoken files>

The vocabularies are OpenAI's published rank files, as the crate tiktoken-rs 0.12.1 (MIT) carries them in `assets/`;
each is checked against the SHA-256 that tiktoken 0.14.0 demands. The classes are read from tiktoken itself, by
asking it which code points each property matches (Unicode 16). Written 2026-11-21.

`<name>.bin`: u32 LE count, one u8 length per rank (0: the rank is not in use), then the tokens' bytes.
`classes.bin`: one u8 block number per 256 code points, then the blocks: one class per code point.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import sys
from pathlib import Path

import tiktoken

HERE = Path(__file__).parent
SHA256 = {
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}
# In the order of `Class` in scan.rs.
CLASSES = {1: r"[\p{Lu}\p{Lt}]", 2: r"\p{Ll}", 3: r"[\p{Lm}\p{Lo}]", 4: r"\p{M}", 5: r"\p{N}", 6: r"\s", 7: r"[\r\n]"}


def write_vocabulary(source: Path, name: str) -> None:
    raw = (source / f"{name}.tiktoken").read_bytes()
    if hashlib.sha256(raw).hexdigest() != SHA256[name]:
        raise SystemExit(f"{name}: not the published file")
    tokens = {int(rank): base64.b64decode(token) for token, rank in (line.split() for line in raw.splitlines())}
    ordered = [tokens.get(rank, b"") for rank in range(max(tokens) + 1)]
    header = struct.pack("<I", len(ordered)) + bytes(map(len, ordered))
    (HERE / f"{name}.bin").write_bytes(header + b"".join(ordered))


def write_classes() -> None:
    everything = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000)]))
    singles = {bytes([byte]): byte for byte in range(256)}
    table = bytearray(0x110000)
    for number, pattern in CLASSES.items():
        probe = tiktoken.Encoding("probe", pat_str=pattern, mergeable_ranks=singles, special_tokens={})
        for character in bytes(probe.encode_ordinary(everything)).decode():
            table[ord(character)] = number
    blocks: dict[bytes, int] = {}
    index = bytes(blocks.setdefault(bytes(table[at : at + 256]), len(blocks)) for at in range(0, len(table), 256))
    (HERE / "classes.bin").write_bytes(index + b"".join(blocks))


if __name__ == "__main__":
    for vocabulary in SHA256:
        write_vocabulary(Path(sys.argv[1]), vocabulary)
    write_classes()
