"""Counting tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litellm.litellm_core_utils import accelerator

DEFAULT_IMAGE_TOKENS = 250


def token_counter(
    model: str = "",
    custom_tokenizer: Any = None,
    text: str | list[str] | None = None,
    messages: Sequence[Any] | None = None,
    count_response_tokens: bool | None = False,
    tools: list[Any] | None = None,
    tool_choice: Any = None,
    use_default_image_token_count: bool | None = False,
    default_token_count: int | None = None,
) -> int:
    """Tokens of `text`, or of `messages` with `tools`, as `model` counts them.

    With `count_response_tokens` the messages are a reply's, which primes nothing. `use_default_image_token_count` makes
    every image 250 tokens; `default_token_count` is what contents cost that cannot be counted.

    Raises ValueError when neither text nor messages are given, or both, or tools with text, and for contents of an
    unknown shape.
    """
    if (text is None) == (messages is None):
        raise ValueError("text and messages: give one of them")
    custom = None if custom_tokenizer is None else _counter(custom_tokenizer)
    if messages is None:
        if tools or tool_choice:
            raise ValueError("tools and tool_choice: give them with messages, not with text")
        count = custom or accelerator.text_counter(model)
        return count("".join(part for part in text if isinstance(part, str)) if isinstance(text, list) else str(text))
    counter = accelerator.message_counter(
        model,
        custom,
        image_tokens=DEFAULT_IMAGE_TOKENS if use_default_image_token_count else None,
        block_tokens=default_token_count,
    )
    # Upstream tells False from None here.
    return (
        counter.prompt(messages, tools, tool_choice) if count_response_tokens is False else counter.messages(messages)
    )


def _counter(custom_tokenizer: Any) -> Callable[[str], int]:
    tokenizer = custom_tokenizer["tokenizer"] if isinstance(custom_tokenizer, Mapping) else custom_tokenizer

    def count(text: str) -> int:
        encoded = tokenizer.encode(text)
        return len(getattr(encoded, "ids", encoded))

    return count
