"""The reference for `litellm_rust.tokens.load_tokenizer`: the `tokenizers` package."""

from __future__ import annotations

from collections.abc import Sequence

from litellm_rust._twins import arguments
from litellm_rust._twins.arguments import integer, sequence, string


class ReferenceTokenizer:
    """The same answers as the native tokenizer."""

    def __init__(self, json: str) -> None:
        """Raises ValueError for what is no `tokenizer.json`, ImportError where `tokenizers` is not installed."""
        from tokenizers import Tokenizer

        json = string("json", json)
        try:
            self._tokenizer = Tokenizer.from_str(json)
        except Exception as error:
            raise ValueError(f"tokenizer.json: {error}") from error

    @property
    def vocabulary_size(self) -> int:
        """How many tokens there are, added ones included."""
        size: int = self._tokenizer.get_vocab_size()
        return size

    def encode(self, text: str, *, special: bool = True) -> list[int]:
        """`text` as tokens."""
        return list(self._tokenizer.encode(_plain(text), add_special_tokens=special).ids)

    def count(self, text: str, *, special: bool = True) -> int:
        """How many tokens `text` is."""
        return len(self.encode(text, special=special))

    def count_many(self, texts: Sequence[str], *, special: bool = True) -> list[int]:
        """How many tokens each text is."""
        return [self.count(text, special=special) for text in sequence("texts", texts)]

    def decode(self, tokens: Sequence[int], *, skip_special: bool = True) -> str:
        """Tokens as text."""
        text: str = self._tokenizer.decode(list(sequence("tokens", tokens)), skip_special_tokens=skip_special)
        return text

    def truncate(self, text: str, max_tokens: int) -> str:
        """The longest start of `text` within its first `max_tokens` tokens."""
        text, limit = _plain(text), integer("max_tokens", max_tokens)
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        if limit >= len(offsets):
            return text
        begins = offsets[limit][0]
        return text[: max((end for _, end in offsets[:limit] if end <= begins), default=0)]


def _plain(text: str) -> str:
    return arguments.text("text", text).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
