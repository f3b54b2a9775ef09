"""Native counts against the reference: the same tokens for every string."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings, strategies as st

from litellm_rust import flags, tokens

NAMES = ["r50k_base", "p50k_base", "cl100k_base", "o200k_base", "o200k_harmony"]
HARD = [
    "",
    "hello world",
    "<|endoftext|> as text",
    "def f(x):\n\treturn x ** 2  # 12345\r\n\r\n",
    "I'll DON'T we'Re  \n\n  spaces   ",
    "Größe 世界 🎉 naïve é",
    "a" * 2000,
    " " * 500 + "x",
    "123456789 ١٢٣ Ⅻ",
]


def twin(name: str) -> tokens.Encoding:
    from litellm_rust._twins.tokens import ReferenceEncoding

    return ReferenceEncoding(name)


@pytest.mark.parametrize("name", NAMES)
def test_hard_strings(name: str) -> None:
    native, reference = tokens.get_encoding(name), twin(name)
    for text in HARD:
        assert native.encode(text) == reference.encode(text)
        assert native.count(text) == reference.count(text)
        assert native.decode(native.encode(text)) == text


@pytest.mark.parametrize("name", ["cl100k_base", "o200k_base"])
def test_every_code_point(name: str) -> None:
    native, reference = tokens.get_encoding(name), twin(name)
    points = [chr(point) for point in range(sys.maxunicode + 1) if not 0xD800 <= point < 0xE000]
    texts = ["".join(points[start : start + 512]) for start in range(0, len(points), 512)]
    assert [native.encode(text) for text in texts] == [reference.encode(text) for text in texts]


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=80))
def test_any_string(text: str) -> None:
    """Surrogates included: hypothesis makes lone ones too."""
    native, reference = tokens.get_encoding("o200k_base"), twin("o200k_base")
    assert native.encode(text) == reference.encode(text)
    assert native.count_many([text, "x"]) == [reference.count(text), 1]


@given(st.text(max_size=60), st.integers(0, 30))
def test_truncation_keeps_a_start_that_fits(text: str, limit: int) -> None:
    native = tokens.get_encoding("cl100k_base")
    kept = native.truncate(text, limit)
    assert text.startswith(kept)
    assert native.count(text) > limit or kept == text


def test_names_and_errors() -> None:
    assert tokens.encoding_for_model("openai/gpt-4o-mini").name == "o200k_base"
    assert tokens.encoding_for_model("gpt-4-turbo").name == "cl100k_base"
    with pytest.raises(KeyError):
        tokens.encoding_for_model("claude-9")
    with pytest.raises(ValueError, match="cl100k_base"):
        tokens.get_encoding("cl999k")
    with pytest.raises(KeyError):
        tokens.get_encoding("cl100k_base").decode([4_000_000])


def test_the_flag_chooses_the_twin() -> None:
    flags.set_flags({"token_counting": False})
    try:
        assert type(tokens.get_encoding("cl100k_base")).__name__ == "ReferenceEncoding"
    finally:
        flags.set_flags({"token_counting": True})
    assert type(tokens.get_encoding("cl100k_base")).__name__ != "ReferenceEncoding"
