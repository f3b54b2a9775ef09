"""Native counts against tiktoken: the same tokens for every string."""

from __future__ import annotations

import pickle
import random
import sys
import threading
from functools import cache
from typing import Any

import pytest
import tiktoken
import tiktoken_ext.openai_public
from hypothesis import given, settings, strategies as st
from tiktoken.model import MODEL_PREFIX_TO_ENCODING, MODEL_TO_ENCODING

from litellm_rust import flags, tokens
from litellm_rust._native import NativeEncoding
from litellm_rust._twins.tokens import ReferenceEncoding

NAMES = ["r50k_base", "p50k_base", "p50k_edit", "cl100k_base", "o200k_base", "o200k_harmony"]
# One of each vocabulary and pattern.
DISTINCT = ["p50k_base", "cl100k_base", "o200k_base"]
HARD = [
    "",
    "hello world",
    "<|endoftext|> as text",
    "def f(x):\n\treturn x ** 2  # 12345\r\n\r\n",
    "I'll DON'T we'Re it'ſ  \n\n  spaces   ",
    "Größe 世界 🎉 naïve é",
    "a" * 2000,
    " " * 500 + "x",
    "123456789 ١٢٣ Ⅻ",
    "lone \ud800 and \udfff, a pair \ud83d\ude00",
    "nul \0\0 and \x1c\x85\u2028",
]
PARTS = [
    *"abcdefgXYZ'''    \t\n\r0123456789.,;:!?-_/()[]{}<>|\"#=+*&%$@",
    *["'s", "'LL", "'ſ", "\r\n", "  ", "the ", " of", "tion", "//", "HTTP", "<|endoftext|>"],
    *["é", "SS", "ǅ", "ʰ", "ª", "中", "日本", "あ", "한", "\u0300", "²", "٣", "Ⅻ", "😀"],
    *["\u00a0", "\u2003", "\x00", "\ud800", "\udc00"],
]


reference_of = cache(ReferenceEncoding)


@pytest.fixture(scope="module", params=NAMES)
def pair(request: pytest.FixtureRequest) -> tuple[tokens.Encoding, tokens.Encoding]:
    """An encoding and its reference."""
    return tokens.get_encoding(request.param), reference_of(request.param)


def test_hard_strings(pair: tuple[tokens.Encoding, tokens.Encoding]) -> None:
    native, reference = pair
    for text in HARD:
        found = native.encode(text)
        assert found == reference.encode(text)
        assert native.count(text) == len(found)
        assert native.decode(found) == reference.decode(found)
        assert native.decode_bytes(found) == reference.decode_bytes(found)
    assert native.count_many(HARD) == reference.count_many(HARD)


def test_fuzzed_strings(pair: tuple[tokens.Encoding, tokens.Encoding]) -> None:
    """With a fixed seed; `any_text` in src/tokens/tests.rs and hypothesis below look for new ones."""
    native, reference = pair
    draw = random.Random(native.name)
    for _ in range(2_000):
        text = "".join(draw.choices(PARTS, k=draw.randrange(80)))
        assert native.encode(text) == reference.encode(text), ascii(text)


@pytest.mark.parametrize("name", DISTINCT)
def test_every_code_point(name: str) -> None:
    """Side by side, and between a letter, a space and an apostrophe."""
    native, reference = tokens.get_encoding(name), reference_of(name)
    points = [chr(point) for point in range(sys.maxunicode + 1)]
    for start in range(0, len(points), 1024):
        some = points[start : start + 1024]
        for text in ("".join(some), "".join(f"a{point} {point}'{point}" for point in some)):
            assert native.encode(text) == reference.encode(text), hex(start)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(), max_size=80))
def test_any_string(text: str) -> None:
    """Surrogates included: hypothesis makes lone ones too."""
    native, reference = tokens.get_encoding("o200k_base"), reference_of("o200k_base")
    assert native.encode(text) == reference.encode(text)
    assert native.count_many([text, "x"]) == [reference.count(text), 1]


@settings(deadline=None)
@given(st.text(max_size=60), st.integers(0, 30))
def test_truncation_keeps_a_start_that_fits(text: str, limit: int) -> None:
    native = tokens.get_encoding("cl100k_base")
    kept = native.truncate(text, limit)
    assert kept == reference_of("cl100k_base").truncate(text, limit)
    assert text.startswith(kept)
    assert native.count(text) > limit or kept == text


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_those_of_tiktoken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pattern, special tokens and size; only the ranks, which tiktoken downloads, are ours."""
    reference = reference_of(name)
    ranks = NativeEncoding(name).ranks()

    def load(*_: object, **__: object) -> dict[bytes, int]:
        return dict(ranks)

    monkeypatch.setattr(tiktoken_ext.openai_public, "load_tiktoken_bpe", load)
    monkeypatch.setattr(tiktoken_ext.openai_public, "data_gym_to_mergeable_bpe_ranks", load)
    published: dict[str, Any] = getattr(tiktoken_ext.openai_public, name)()
    ours = reference._tiktoken
    assert ours._pat_str == published["pat_str"]
    assert NativeEncoding(name).special_tokens() == published["special_tokens"]
    assert tiktoken.Encoding(**published).n_vocab == ours.n_vocab
    for text in ("I'll  go\n", "x" * 40, "Straße//\n\n1234 "):
        assert tiktoken.Encoding(**published).encode_ordinary(text) == tokens.get_encoding(name).encode(text)


def test_models_have_the_encodings_that_tiktoken_gives_them() -> None:
    known = {name: encoding for name, encoding in MODEL_TO_ENCODING.items() if encoding in NAMES}
    known |= {f"{start}x": encoding for start, encoding in MODEL_PREFIX_TO_ENCODING.items()}
    known["gpt-2"] = known["gpt2"] = "r50k_base"
    assert {name: tokens.encoding_name_for_model(name) for name in known} == known
    assert tokens.encoding_for_model("openai/gpt-4o-mini").name == "o200k_base"
    assert tokens.encoding_for_model("azure/gpt-35-turbo").name == "cl100k_base"
    with pytest.raises(KeyError, match="claude-9"):
        tokens.encoding_for_model("claude-9")


@pytest.mark.parametrize("make", [tokens.get_encoding, ReferenceEncoding])
def test_bad_input_raises_the_same_on_both_paths(make: Any) -> None:
    encoding = make("cl100k_base")
    with pytest.raises(KeyError):
        encoding.decode([4_000_000])
    with pytest.raises(TypeError):
        encoding.count(5)
    with pytest.raises(TypeError):
        encoding.count_many([None])
    with pytest.raises(OverflowError):
        encoding.decode([-1])
    with pytest.raises(ValueError, match="max_tokens"):
        encoding.truncate("text", -1)
    with pytest.raises(ValueError, match="cl100k_base"):
        make("cl999k")


def test_special_tokens_decode(pair: tuple[tokens.Encoding, tokens.Encoding]) -> None:
    native, reference = pair
    for token in NativeEncoding(native.name).special_tokens().values():
        assert native.decode([token]) == reference.decode([token])


def test_an_encoding_can_be_pickled_and_shared_by_threads() -> None:
    encoding = pickle.loads(pickle.dumps(tokens.get_encoding("cl100k_base")))
    text = "Ten threads, one vocabulary. " * 1_000
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(encoding.count(text))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [reference_of("cl100k_base").count(text)] * 10


def test_the_flag_chooses_the_twin() -> None:
    flags.set_flags({"token_counting": False})
    try:
        assert isinstance(tokens.get_encoding("cl100k_base"), ReferenceEncoding)
    finally:
        flags.set_flags({"token_counting": True})
    assert isinstance(tokens.get_encoding("cl100k_base"), NativeEncoding)
