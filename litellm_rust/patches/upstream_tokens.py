"""Which of upstream's models we count natively, and with what: found once a model, checked against upstream itself."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from litellm_rust import tokens
from litellm_rust._native import NativeEncoding

CORE: Final = "litellm.litellm_core_utils.token_counter"
UTILS: Final = "litellm.utils"
_MAX_MODELS: Final = 1024
# Upstream primes every reply with three tokens; function definitions add nine, beside a system message four less.
_REPLY, _TOOLS, _TOOLS_WITH_SYSTEM = 3, 9, -4
# What a message and a name cost in all models but one, which the native side counts with.
_USUAL: Final = (3, 1)
# For these names upstream asks a model hub for a tokenizer, and uses OpenAI's only while the hub does not answer.
_HUB_NAMES: Final = ("llama-2", "llama-3", "replicate")


@dataclass(frozen=True)
class ModelCounter:
    """How upstream counts one model: the encoding, and the tokens that each message and each name add."""

    encoding: tokens.Encoding
    piece_chars: int | None
    """Upstream cuts text into pieces of so many characters and adds up their counts; None: it does not cut."""
    max_chars: int
    """Upstream estimates the count of longer text; we leave that to it."""
    per_message: int
    per_name: int

    def count(self, text: str) -> int | None:
        """The tokens of `text` as upstream counts them; None when it has to count itself (very long text)."""
        if len(text) > self.max_chars or type(text) is not str:
            return None
        size, encoding = self.piece_chars, self.encoding
        if size is None or len(text) <= size:
            return encoding.count(text)
        if isinstance(encoding, NativeEncoding):
            return encoding.count_stretches(text, size)
        return sum(encoding.count_many([text[at : at + size] for at in range(0, len(text), size)]))

    def count_messages(self, messages: object) -> int | None:
        """Tokens of `messages`; None when they hold more than plain text."""
        encoding = self.encoding
        if isinstance(encoding, NativeEncoding) and (self.per_message, self.per_name) == _USUAL:
            counted = encoding.count_messages(messages, self.piece_chars or sys.maxsize)
            return counted if counted is not None and self._counts_exactly(counted, messages) else None
        if type(messages) is not list:
            return None
        total = 0
        for message in messages:
            if type(message) is not dict:
                return None
            total += self.per_message
            for key, value in message.items():
                counted = self._count_field(key, value)
                if counted is None:
                    return None
                total += counted
        return total

    def _counts_exactly(self, counted: int, messages: object) -> bool:
        """Whether no text of `messages` is so long that upstream estimates it: a piece has a token at least."""
        return counted < self.max_chars // (self.piece_chars or 1) or _longest(messages) <= self.max_chars

    def _count_field(self, key: object, value: Any) -> int | None:
        if value is None:
            return 0
        if key == "tool_calls":
            return self._count_tool_calls(value)
        if type(value) is not str or key == "function_call":
            return None
        counted = self.count(value)
        return counted if counted is None or key != "name" else counted + self.per_name

    def _count_tool_calls(self, calls: Any) -> int | None:
        total = 0
        try:
            for arguments in [call["function"]["arguments"] for call in calls]:
                total += self.count(arguments) or 0
        except (KeyError, TypeError):
            return None
        return total


def count_call(
    core: Any,
    counter: ModelCounter,
    text: object = None,
    messages: object = None,
    count_response_tokens: object = False,
    tools: Any = None,
) -> int | None:
    """What upstream's `token_counter` returns for these arguments; None for what only it can count.

    `core` is upstream's module, which formats function definitions.
    """
    if text is not None:
        return counter.count(text) if type(text) is str and messages is None and not tools else None
    total = counter.count_messages(messages)
    if total is None:
        return None
    if count_response_tokens is False:
        total += _REPLY
        if tools:
            definitions = counter.count(core._format_function_definitions(tools))
            if definitions is None:
                return None
            total += definitions + _TOOLS + (_TOOLS_WITH_SYSTEM if _has_system(messages) else 0)
    return total


def _longest(value: Any) -> int:
    """The characters of the longest text anywhere in a message."""
    if isinstance(value, dict):
        value = list(value.values())
    return max(map(_longest, value), default=0) if isinstance(value, list) else len(value) if value else 0


def _has_system(messages: Any) -> bool:
    return any(message.get("role") == "system" for message in messages)


class ModelCounters:
    """The counters of upstream's models, made when first asked for."""

    def __init__(self, agrees: Callable[[str, ModelCounter], bool]) -> None:
        """`agrees(model, counter)` says whether upstream counts as the counter does; asked once a model."""
        # Modules of a foreign package, whose attributes this class looks up by name.
        self._litellm: Any = sys.modules["litellm"]
        self._core: Any = sys.modules[CORE]
        self._utils: Any = sys.modules[UTILS]
        self._agrees = agrees
        self._known: dict[tuple[object, ...], ModelCounter | None] = {}

    def get(self, model: object) -> ModelCounter | None:
        """The counter of `model`, or None when upstream has to count it."""
        litellm = self._litellm
        if type(model) is not str:
            return None
        # What upstream's choice depends on; an application may change each of them at any time.
        key = (
            model,
            model in litellm.open_ai_chat_completion_models,
            model in litellm.azure_llms,
            model in litellm.anthropic_models,
            model in litellm.cohere_models,
            litellm.disable_hf_tokenizer_download,
        )
        try:
            return self._known[key]
        except KeyError:
            if len(self._known) >= _MAX_MODELS:
                self._known.clear()
            # Upstream counts while it is asked what it does, also when it asks back here.
            self._known[key] = None
            self._known[key] = counter = self._find(model)
            return counter

    def _find(self, model: str) -> ModelCounter | None:
        lowered = model.lower()
        if any(name in lowered for name in _HUB_NAMES) and not self._litellm.disable_hf_tokenizer_download:
            return None
        if self._utils._select_tokenizer(model)["type"] != "openai_tokenizer":
            return None
        params = self._core._MessageCountParams(model, None)
        counter = ModelCounter(
            encoding=tokens.get_encoding(self._encoding_name(model)),
            piece_chars=getattr(self._core, "TIKTOKEN_ENCODE_CHUNK_SIZE_CHARS", None),
            max_chars=getattr(self._core, "TOKEN_COUNTER_MAX_EXACT_CHARS", sys.maxsize),
            per_message=params.tokens_per_message,
            per_name=params.tokens_per_name,
        )
        return counter if self._agrees(model, counter) else None

    def _encoding_name(self, model: str) -> str:
        name = self._core._fix_model_name(model)
        if "gpt-4o" in name:
            return "o200k_base"
        encoding_for: Callable[[str], str] = self._core.tiktoken.encoding_name_for_model
        try:
            return encoding_for(name)
        except KeyError:
            return "cl100k_base"
