"""The reference for `litellm_rust.tokens`: the tiktoken package, on the same vocabularies, without a download."""

from __future__ import annotations

from collections.abc import Sequence

from litellm_rust._native import ENCODINGS, NativeEncoding
from litellm_rust._twins import arguments
from litellm_rust._twins.arguments import integer, sequence, string

_LETTERS_GPT2 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""
_LETTERS_CL100K = "|".join(
    [
        r"""'(?i:[sdmt]|ll|ve|re)""",
        r"""[^\r\n\p{L}\p{N}]?+\p{L}++""",
        r"""\p{N}{1,3}+""",
        r""" ?[^\s\p{L}\p{N}]++[\r\n]*+""",
        r"""\s++$""",
        r"""\s*[\r\n]""",
        r"""\s+(?!\S)""",
        r"""\s""",
    ]
)
_LETTERS_O200K = "|".join(
    [
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
        r"""\p{N}{1,3}""",
        r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""",
        r"""\s*[\r\n]+""",
        r"""\s+(?!\S)""",
        r"""\s+""",
    ]
)
"""The patterns are tiktoken's own (tiktoken_ext/openai_public.py, version 0.14)."""


def _pattern(name: str) -> str:
    if name.startswith("o200k"):
        return _LETTERS_O200K
    return _LETTERS_CL100K if name == "cl100k_base" else _LETTERS_GPT2


class ReferenceEncoding:
    """The same answers as the native encoding, by tiktoken."""

    def __init__(self, name: str) -> None:
        """Raises ValueError for an unknown encoding, ImportError where tiktoken is not installed."""
        if string("name", name) not in ENCODINGS:
            raise ValueError(f"unknown encoding {name!r}; known: {', '.join(ENCODINGS)}")
        try:
            import tiktoken
        except ImportError as error:
            raise ImportError(
                "token_counting is off, and the reference needs tiktoken: pip install tiktoken"
            ) from error
        self.name = name
        tables = NativeEncoding(name)
        self._tiktoken = tiktoken.Encoding(
            name, pat_str=_pattern(name), mergeable_ranks=tables.ranks(), special_tokens=tables.special_tokens()
        )

    def count(self, text: str) -> int:
        """How many tokens `text` is."""
        return len(self.encode(text))

    def count_many(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text is."""
        return [self.count(text) for text in sequence("texts", texts)]

    def encode(self, text: str) -> list[int]:
        """`text` as tokens."""
        return self._tiktoken.encode_ordinary(arguments.text("text", text))

    def decode(self, tokens: Sequence[int]) -> str:
        """Tokens as text; bytes that are no UTF-8 become U+FFFD. Raises KeyError for an unknown token."""
        return self._tiktoken.decode(list(sequence("tokens", tokens)))

    def decode_bytes(self, tokens: Sequence[int]) -> bytes:
        """Tokens as the bytes they stand for. Raises KeyError for an unknown token."""
        return self._tiktoken.decode_bytes(list(sequence("tokens", tokens)))

    def truncate(self, text: str, max_tokens: int) -> str:
        """The longest start of `text` within its first `max_tokens` tokens, cut between characters.

        Raises ValueError for a negative number.
        """
        tokens, limit = self.encode(text), integer("max_tokens", max_tokens)
        if len(tokens) <= limit:
            return text
        return self._tiktoken.decode_bytes(tokens[:limit]).decode("utf-8", "ignore")
