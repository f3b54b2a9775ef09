"""Exact token counts for OpenAI's encodings, natively or by the tiktoken package, as the flag `token_counting` says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from litellm_rust import _native as native_module, flags
from litellm_rust._native import ENCODINGS, NativeEncoding, encoding_name_for_model as _openai_encoding
from litellm_rust.message_tokens import MessageCounter

__all__ = [
    "ENCODINGS",
    "Encoding",
    "MessageCounter",
    "Tokenizer",
    "count_messages",
    "count_text",
    "counting_encoding",
    "encoding_for_model",
    "encoding_name_for_model",
    "get_encoding",
    "load_tokenizer",
    "message_counter",
]

FEATURE = "token_counting"
_NEWER_CHAT_MODELS: Final = ("gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "o1", "o3", "o4", "chatgpt-4o")
# Characters that upstream counts at a time (its TIKTOKEN_ENCODE_CHUNK_SIZE_CHARS).
STRETCH: Final = 1024


class Encoding(Protocol):
    """A vocabulary and its rules. Special tokens in a text are text like any other, and lone surrogates are U+FFFD."""

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

    def decode_bytes(self, tokens: Sequence[int]) -> bytes:
        """Tokens as the bytes they stand for. Raises KeyError for an unknown token."""

    def truncate(self, text: str, max_tokens: int) -> str:
        """The longest start of `text` within its first `max_tokens` tokens, cut between characters.

        Raises ValueError for a negative number.
        """


class Tokenizer(Protocol):
    """A tokenizer of HuggingFace's format; `special` tells whether tokens that it puts around a text are there."""

    @property
    def vocabulary_size(self) -> int:
        """How many tokens there are, added ones included."""

    def count(self, text: str, *, special: bool = True) -> int:
        """How many tokens `text` is. Raises ValueError for a text that the vocabulary cannot express."""

    def count_many(self, texts: Sequence[str], *, special: bool = True) -> list[int]:
        """How many tokens each text is."""

    def encode(self, text: str, *, special: bool = True) -> list[int]:
        """`text` as tokens; lone surrogates are U+FFFD."""

    def decode(self, tokens: Sequence[int], *, skip_special: bool = True) -> str:
        """Tokens as text."""

    def truncate(self, text: str, max_tokens: int) -> str:
        """The longest start of `text` within its first `max_tokens` tokens, without special ones.

        Raises ValueError for a negative number.
        """


def load_tokenizer(source: str | os.PathLike[str]) -> Tokenizer:
    """The tokenizer of a `tokenizer.json`, as HuggingFace and Anthropic publish them: its text, or its path.

    Needs no package but this one; with the flag off, the `tokenizers` package. Raises ValueError for what is no
    tokenizer, OSError for a file that cannot be read.
    """
    text = source if isinstance(source, str) and source.lstrip().startswith("{") else _read(source)
    if flags.native(FEATURE, "tokenizer.json"):
        return native_module.NativeTokenizer(text)
    from litellm_rust._twins.pretrained import ReferenceTokenizer

    return ReferenceTokenizer(text)


def _read(path: str | os.PathLike[str]) -> str:
    return Path(path).read_text(encoding="utf-8")


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
    """The encoding of one of OpenAI's models, with or without a provider (`openai/gpt-4o`), as tiktoken 0.14 has it.

    Raises KeyError for a model of somebody else.
    """
    name = _openai_encoding(model) or _openai_encoding(model.rsplit("/", 1)[-1])
    if name is None:
        raise KeyError(f"no encoding is known for {model!r}; use get_encoding")
    return name


def encoding_for_model(model: str) -> Encoding:
    """The encoding of one of OpenAI's models. Raises KeyError for a model of somebody else."""
    return get_encoding(encoding_name_for_model(model))


def counting_encoding(model: str) -> Encoding:
    """What LiteLLM's `token_counter` counts `model` with: o200k_base for OpenAI's newer models, else cl100k_base."""
    name = None if model.startswith("ft:") or not model.startswith(_NEWER_CHAT_MODELS) else _openai_encoding(model)
    return get_encoding(name or "cl100k_base")


def count_text(text: str, encoding: Encoding) -> int:
    """Tokens of `text` as LiteLLM's `token_counter` counts them: in stretches of 1,024 characters, added up."""
    if len(text) <= STRETCH:
        return encoding.count(text)
    if isinstance(encoding, NativeEncoding):
        return encoding.count_stretches(text, STRETCH)
    return sum(encoding.count(text[at : at + STRETCH]) for at in range(0, len(text), STRETCH))


def message_counter(encoding: Encoding, **arguments: Any) -> MessageCounter:
    """What counts messages in `encoding`. Takes `MessageCounter`'s arguments but those that count.

    Plain messages are counted in one call of a native encoding; its twin is the counter over the reference encoding.
    """
    plain = None
    if isinstance(encoding, NativeEncoding):

        def plain(messages: object) -> int | None:
            return encoding.count_messages(messages, STRETCH)

    return MessageCounter(lambda text: count_text(text, encoding), plain=plain, **arguments)


def count_messages(
    messages: Sequence[Any],
    *,
    tools: Sequence[Any] | None = None,
    tool_choice: Any = None,
    model: str = "",
) -> int:
    """Tokens of a chat request as LiteLLM's `token_counter` counts them for `model`; images are not fetched.

    Raises ValueError for a content block, an image or a tool call of an unknown shape.
    """
    return message_counter(counting_encoding(model)).prompt(messages, tools, tool_choice)
