"""Token counts that the call path needs, without loading a tokenizer before the first of them."""

from __future__ import annotations

from typing import Any


def count_text_tokens(text: str, model: str = "") -> int:
    """Tokens of `text` as `model` counts them; the common vocabulary for a model that is not known."""
    if not text:
        return 0
    from litellm.litellm_core_utils.token_counter import token_counter

    return int(token_counter(model=model, text=text))


def count_message_tokens(model: str, messages: list[Any]) -> int:
    """Tokens of a prompt, with what each message costs besides its text."""
    from litellm.litellm_core_utils.token_counter import token_counter

    return int(token_counter(model=model, messages=messages))
