"""Token counting of upstream LiteLLM: `token_counter`, `encode` and the function they count with.

`decode` is left alone: upstream's own takes little more than a microsecond, so there is nothing to win.

A call is served natively when its model counts with one of OpenAI's encodings and its messages are plain: roles, names,
text, tool calls. Everything else (images, documents, HuggingFace or custom tokenizers, debug logging) goes to the
original untouched; the counting function that the original asks for is native again where that is exact.
The first call of each model compares a few counts with the original's; where they differ, the original counts.
"""

from __future__ import annotations

import functools
import logging
import sys
from typing import Any, Final

from litellm_rust import tokens
from litellm_rust.counters import feature_metrics
from litellm_rust.patches.patch import Function, Patch
from litellm_rust.patches.upstream_tokens import CORE, UTILS, ModelCounter, ModelCounters, count_call

FEATURE: Final = "token_counting"
_metrics: Final = feature_metrics(FEATURE)

_TEXT: Final = "Ärger: 12345678 tokenizer'll DON'T\n\n  def f(x):\treturn  日本語 😀 नमस्ते <|endoftext|> "
_MESSAGES: Final = [
    {"role": "system", "content": "Answer briefly."},
    {"role": "user", "name": "ann", "content": _TEXT, "cache_control": None},
    {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": '{"a": 1}'}}]},
]
_TOOLS: Final = [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {}}}]
_PROBES: Final[tuple[dict[str, Any], ...]] = (
    {"text": _TEXT * 40},
    {"messages": _MESSAGES},
    {"messages": _MESSAGES, "count_response_tokens": True},
    {"messages": _MESSAGES, "tools": _TOOLS},
    {"messages": [{"role": "user", "content": [{"type": "text", "text": _TEXT}]}]},
    {"messages": []},
)


@functools.cache
def _counters(original: Function) -> ModelCounters:
    """The counters that agree with `original`, upstream's token_counter."""

    def agrees(model: str, counter: ModelCounter) -> bool:
        core = sys.modules[CORE]
        return all(count_call(core, counter, **probe) == original(model=model, **probe) for probe in _PROBES)

    return ModelCounters(agrees)


def _token_counter(original: Function, module: Any) -> Function:
    counters = _counters(original)
    litellm: Any = sys.modules["litellm"]
    is_logged = module.verbose_logger.isEnabledFor
    native, fallback = _metrics.native.add, _metrics.fallback

    def token_counter(
        model: Any = "",
        custom_tokenizer: Any = None,
        text: Any = None,
        messages: Any = None,
        count_response_tokens: Any = False,
        tools: Any = None,
        tool_choice: Any = None,
        use_default_image_token_count: Any = False,
        default_token_count: Any = None,
    ) -> Any:
        if custom_tokenizer is not None or tool_choice is not None:
            fallback("custom tokenizer or tool choice")
        elif litellm.disable_token_counter or litellm.set_verbose or is_logged(logging.DEBUG):
            fallback("counting is off or logged")
        elif (counter := counters.get(model)) is None:
            fallback("model counted by other means")
        elif (total := count_call(module, counter, text, messages, count_response_tokens, tools)) is None:
            fallback("more than plain text")
        else:
            native()
            return total
        return original(
            model,
            custom_tokenizer,
            text,
            messages,
            count_response_tokens,
            tools,
            tool_choice,
            use_default_image_token_count,
            default_token_count,
        )

    return token_counter


def _get_count_function(original: Function, module: Any) -> Function:
    counters = _counters(module.token_counter)

    def get_count_function(model: Any, custom_tokenizer: Any = None) -> Any:
        counter = None if custom_tokenizer is not None else counters.get(model)
        theirs = original(model, custom_tokenizer)
        if counter is None:
            return theirs

        def count_tokens(text: str) -> Any:
            total = counter.count(text)
            return theirs(text) if total is None else total

        return count_tokens

    return get_count_function


def _encode(original: Function, module: Any) -> Function:
    # Upstream encodes with one encoding, whatever it counts the model with.
    encode_native = tokens.get_encoding("cl100k_base").encode
    models = ModelCounters(lambda model, _: original(model=model, text=_TEXT) == encode_native(_TEXT))
    native, fallback = _metrics.native.add, _metrics.fallback

    def encode(model: Any = "", text: Any = "", custom_tokenizer: Any = None) -> Any:
        if custom_tokenizer is None and type(text) is str and models.get(model) is not None:
            native()
            return encode_native(text)
        fallback("tokenizer or text of another kind")
        return original(model=model, text=text, custom_tokenizer=custom_tokenizer)

    return encode


_CORE_NEEDS: Final = (
    "verbose_logger",
    "tiktoken",
    "_MessageCountParams",
    "_fix_model_name",
    "_format_function_definitions",
)
_BOTH: Final = (CORE, UTILS)

PATCHES: Final = (
    # Before token_counter, whose original it is compared with.
    Patch(
        FEATURE, CORE, "_get_count_function", ("model", "custom_tokenizer"), build=_get_count_function, modules=_BOTH
    ),
    Patch(
        FEATURE,
        CORE,
        "token_counter",
        (
            "model",
            "custom_tokenizer",
            "text",
            "messages",
            "count_response_tokens",
            "tools",
            "tool_choice",
            "use_default_image_token_count",
            "default_token_count",
        ),
        build=_token_counter,
        needs=_CORE_NEEDS,
        modules=_BOTH,
        shadow=True,
    ),
    Patch(
        FEATURE,
        UTILS,
        "encode",
        ("model", "text", "custom_tokenizer"),
        build=_encode,
        needs=("_select_tokenizer",),
        modules=_BOTH,
        shadow=True,
    ),
)
