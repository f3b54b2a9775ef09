"""Which template turns a chat into a prompt, for models that are asked by text completion."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from litellm.llms.bedrock.invoke import prompts
from litellm.llms.bedrock.invoke.prompts import Turn, turns
from litellm.llms.wire import ChatCall

Template = Callable[[Iterable[Turn]], str]


def granite(chat: Iterable[Turn]) -> str:
    """IBM Granite's template."""
    said = "".join(f"<|{role}|>\n{text}\n" for role, text in chat)
    return f"{said}<|assistant|>\n"


def human(chat: Iterable[Turn]) -> str:
    """Claude's first template: `Human:` and `Assistant:` turns, ending where the assistant goes on."""
    said, last = "", ""
    for role, text in chat:
        said += text if role == "system" else f"\n\n{'Assistant' if role == 'assistant' else 'Human'}: {text}"
        last = role
    return said if last == "assistant" else said + "\n\nAssistant: "


def plain(chat: Iterable[Turn]) -> str:
    """The texts, one after the other."""
    return "".join(text for _, text in chat)


_FAMILIES: tuple[tuple[tuple[str, ...], Template], ...] = (
    (("granite",), granite),
    (("llama-2", "llama2"), prompts.llama2),
    (("llama-3", "llama3"), prompts.llama3),
    (("mistral", "mixtral"), prompts.mistral),
    (("qwen", "chatml"), prompts.chatml),
    (("claude",), human),
)


def prompt_of_call(call: ChatCall) -> str:
    """The prompt of `call`: as it is for a text completion, else its messages in the model's template."""
    if call.options.get("text_completion"):
        return plain(turns(call.messages))
    return prompt_for(call.model, call.messages)


def separate_system(messages: Iterable[Any]) -> tuple[str, list[Any]]:
    """The system prompts of `messages` as one text, and the other messages."""
    said = list(messages)
    system = [text for role, text in turns(said) if role == "system"]
    rest = [message for message, (role, _) in zip(said, turns(said), strict=True) if role != "system"]
    return "\n".join(system), rest


def prompt_for(model: str, messages: Iterable[Any]) -> str:
    """`messages` in the template of `model`'s family; the bare texts for a family that is not known."""
    name = model.lower()
    for words, template in _FAMILIES:
        if any(word in name for word in words):
            return template(turns(messages))
    return plain(turns(messages))
