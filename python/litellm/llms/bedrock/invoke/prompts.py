"""Chats as the text prompts of models that take only text, in the template each was trained with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litellm.llms.openai.messages import as_dict

Turn = tuple[str, str]
_ROLES = {"developer": "system", "tool": "user", "function": "user"}


def turns(messages: Iterable[Any]) -> list[Turn]:
    """(role, text) of each message; the role is `system`, `user` or `assistant`."""
    made: list[Turn] = []
    for raw in messages:
        message = raw if isinstance(raw, dict) else as_dict(raw)
        role = str(message.get("role") or "user")
        made.append((_ROLES.get(role, role), text_of(message.get("content"))))
    return made


def text_of(content: Any) -> str:
    """The text of a message's content."""
    if isinstance(content, str):
        return content
    return "".join(part.get("text") or "" for part in content or () if isinstance(part, dict))


def joined(chat: Iterable[Turn]) -> str:
    """The texts alone, for models whose template is not known."""
    return "".join(text for _, text in chat)


def paragraphs(chat: Iterable[Turn]) -> str:
    """The texts alone, an empty line between them."""
    return "\n\n".join(text for _, text in chat)


def llama3(chat: Iterable[Turn]) -> str:
    """Llama 3's template."""
    said = "".join(f"<|start_header_id|>{role}<|end_header_id|>\n\n{text}<|eot_id|>" for role, text in chat)
    return f"<|begin_of_text|>{said}<|start_header_id|>assistant<|end_header_id|>\n\n"


def llama2(chat: Iterable[Turn]) -> str:
    """Llama 2's chat template."""
    forms = {
        "system": "[INST] <<SYS>>\n{}\n<</SYS>>\n [/INST]\n",
        "user": "[INST] {} [/INST]\n",
        "assistant": "{}\n</s>",
    }
    return "<s>" + "".join(forms[role].format(text) for role, text in chat)


def mistral(chat: Iterable[Turn]) -> str:
    """Mistral's instruction template."""
    forms = {"system": "[INST] \n{} [/INST]\n", "user": "[INST] {} [/INST]\n", "assistant": " {}</s> "}
    return "<s>" + "".join(forms[role].format(text) for role, text in chat)


def titan(chat: Iterable[Turn]) -> str:
    """Titan's `User:` and `Bot:` lines."""
    forms = {
        "system": "\n\nUser: <admin>{}</admin>",
        "user": "\n\nUser: {}",
        "assistant": "\n\nBot: {}",
    }
    return "".join(forms[role].format(text) for role, text in chat) + "\n\nBot: "


def deepseek(chat: Iterable[Turn]) -> str:
    """DeepSeek R1's template, which begins the answer with its thinking."""
    forms = {"system": "{}", "user": "<｜User｜>{}", "assistant": "<｜Assistant｜>{}<｜end▁of▁sentence｜>"}
    said = "".join(forms[role].format(text) for role, text in chat)
    return f"<｜begin▁of▁sentence｜>{said}<｜Assistant｜><think>\n"


def chatml(chat: Iterable[Turn]) -> str:
    """ChatML, which Qwen uses."""
    said = "".join(f"<|im_start|>{role}\n{text}<|im_end|>\n" for role, text in chat)
    return f"{said}<|im_start|>assistant\n"


def labelled(chat: Iterable[Turn]) -> str:
    """`role: text`, a line each."""
    return "\n".join(f"{role}: {text}" for role, text in chat)
