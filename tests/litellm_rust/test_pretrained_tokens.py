"""`load_tokenizer`: equal to the `tokenizers` package on tokenizers of every kind."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from litellm_rust import tokens
from litellm_rust._twins.pretrained import ReferenceTokenizer

tokenizers = pytest.importorskip("tokenizers")

CORPUS = ["Hello there, how are you?", "The cats' naïve façade: 日本語 😀 नमस्ते", "def f(x):\n\treturn  x + 12345"] * 4


def byte_level() -> Any:
    made = tokenizers.Tokenizer(tokenizers.models.BPE())
    made.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=400, initial_alphabet=alphabet, special_tokens=["<bos>"], show_progress=False
    )
    made.train_from_iterator(CORPUS, trainer)
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", made.token_to_id("<bos>"))]
    )
    return made


def word_piece() -> Any:
    made = tokenizers.Tokenizer(tokenizers.models.WordPiece(unk_token="[UNK]"))
    made.normalizer = tokenizers.normalizers.BertNormalizer()
    made.pre_tokenizer = tokenizers.pre_tokenizers.BertPreTokenizer()
    made.decoder = tokenizers.decoders.WordPiece()
    trainer = tokenizers.trainers.WordPieceTrainer(vocab_size=200, special_tokens=["[UNK]"], show_progress=False)
    made.train_from_iterator(CORPUS, trainer)
    return made


def unigram() -> Any:
    made = tokenizers.Tokenizer(tokenizers.models.Unigram())
    made.normalizer = tokenizers.normalizers.NFKC()
    made.pre_tokenizer = tokenizers.pre_tokenizers.Metaspace()
    made.decoder = tokenizers.decoders.Metaspace()
    trainer = tokenizers.trainers.UnigramTrainer(
        vocab_size=120, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False
    )
    made.train_from_iterator(CORPUS, trainer)
    return made


@pytest.fixture(scope="module", params=[byte_level, word_piece, unigram], ids=lambda kind: kind.__name__)
def json(request: pytest.FixtureRequest) -> str:
    text: str = request.param().to_str()
    return text


def test_equal_to_the_package_on_any_text(json: str) -> None:
    native, twin = tokens.load_tokenizer(json), ReferenceTokenizer(json)
    assert native.vocabulary_size == twin.vocabulary_size

    @settings(max_examples=150, deadline=None)
    @given(st.text(st.characters(codec=None), max_size=60), st.integers(0, 40), st.booleans())
    def agree(text: str, limit: int, special: bool) -> None:
        ids = native.encode(text, special=special)
        assert ids == twin.encode(text, special=special)
        assert native.count(text, special=special) == len(ids)
        assert native.count_many([text, ""], special=special) == twin.count_many([text, ""], special=special)
        assert native.decode(ids, skip_special=special) == twin.decode(ids, skip_special=special)

    agree()


def test_a_truncated_text_is_a_start_within_the_limit() -> None:
    native, twin = tokens.load_tokenizer(text := byte_level().to_str()), ReferenceTokenizer(text)

    @settings(max_examples=150, deadline=None)
    @given(st.text(max_size=60), st.integers(0, 40))
    def agree(text: str, limit: int) -> None:
        kept = native.truncate(text, limit)
        assert text.startswith(kept)
        assert kept == twin.truncate(text, limit)
        assert (
            native.encode(text, special=False)[: native.count(kept, special=False)]
            == native.encode(kept, special=False)
            or len(native.encode(kept, special=False)) <= limit
        )

    agree()


def test_files_pickles_and_what_is_wrong(json: str, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(json, encoding="utf-8")
    for source in (path, str(path)):
        assert tokens.load_tokenizer(source).count("Hello") == tokens.load_tokenizer(json).count("Hello")
    assert pickle.loads(pickle.dumps(tokens.load_tokenizer(json))).count("Hello") == ReferenceTokenizer(json).count(
        "Hello"
    )
    for make in (tokens.load_tokenizer, ReferenceTokenizer):
        with pytest.raises(ValueError, match=r"tokenizer\.json"):
            make('{"no": "tokenizer"}')
        with pytest.raises(ValueError, match="max_tokens"):
            make(json).truncate("Hello", -1)
    with pytest.raises(OSError, match="No such file"):
        tokens.load_tokenizer(tmp_path / "missing.json")


def test_litellm_counts_with_it(json: str) -> None:
    import litellm

    own = litellm.create_tokenizer(json)
    counted = litellm.token_counter(model="any", text="Hello there", custom_tokenizer=own)
    assert counted == ReferenceTokenizer(json).count("Hello there")
