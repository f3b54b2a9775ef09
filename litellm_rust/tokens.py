"""Exact token counts for OpenAI's encodings, natively or by the tiktoken package, as the flag `token_counting` says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from litellm_rust import flags
from litellm_rust._native import ENCODINGS, NativeEncoding

__all__ = ["ENCODINGS", "Encoding", "encoding_for_model", "encoding_name_for_model", "get_encoding"]

FEATURE = "token_counting"
_STARTS: tuple[tuple[str, str], ...] = (
    ("gpt-oss", "o200k_harmony"),
    ("gpt-4o", "o200k_base"),
    ("gpt-4.1", "o200k_base"),
    ("gpt-4.5", "o200k_base"),
    ("gpt-5", "o200k_base"),
    ("chatgpt-4o", "o200k_base"),
    ("o1", "o200k_base"),
    ("o3", "o200k_base"),
    ("o4", "o200k_base"),
    ("gpt-4", "cl100k_base"),
    ("gpt-3.5", "cl100k_base"),
    ("text-embedding", "cl100k_base"),
    ("davinci-002", "cl100k_base"),
    ("babbage-002", "cl100k_base"),
    ("text-davinci-edit", "p50k_edit"),
    ("code-davinci-edit", "p50k_edit"),
    ("text-davinci-00", "p50k_base"),
    ("code-", "p50k_base"),
    ("gpt2", "r50k_base"),
    ("davinci", "r50k_base"),
    ("curie", "r50k_base"),
    ("babbage", "r50k_base"),
    ("ada", "r50k_base"),
)


class Encoding(Protocol):
    """A vocabulary and its rules. Special tokens in a text are text like any other."""

    @property
    def name(self) -> str:
        """tiktoken's name of it."""

    def count(self, text: str) -> int:
        """How many tokens `text` is."""

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text is."""

    def encode(self, text: str) -> list[int]:
        """`text` as tokens."""

    def decode(self, tokens: Sequence[int]) -> str:
        """Tokens as text; bytes that are no UTF-8 become U+FFFD. Raises KeyError for an unknown token."""

    def truncate(self, text: str, max_tokens: int) -> str:
        """The longest start of `text` of at most `max_tokens` tokens, cut between characters."""


@cache
def _native(name: str) -> Encoding:
    return NativeEncoding(name)


@cache
def _twin(name: str) -> Encoding:
    from litellm_rust._twins.tokens import ReferenceEncoding

    return ReferenceEncoding(name)


def get_encoding(name: str) -> Encoding:
    """The encoding of tiktoken's `name`. Raises ValueError, which lists the known ones, for another."""
    return _native(name) if flags.native(FEATURE, name) else _twin(name)


def encoding_name_for_model(model: str) -> str:
    """The encoding of one of OpenAI's models. Raises KeyError for a model of somebody else."""
    name = model.removeprefix("ft:").rsplit("/", 1)[-1]
    for start, encoding in _STARTS:
        if name.startswith(start):
            return encoding
    raise KeyError(f"no encoding is known for {model!r}; use get_encoding")


def encoding_for_model(model: str) -> Encoding:
    """The encoding of one of OpenAI's models. Raises KeyError for a model of somebody else."""
    return get_encoding(encoding_name_for_model(model))
