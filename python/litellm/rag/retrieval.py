"""What a query asks of a vector store, and how the model is told what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import litellm

DEFAULT_TOP_K = 10


def question(messages: list[Any]) -> str:
    """The text of the last user message. Raises `BadRequestError` when there is none."""
    for message in reversed(messages):
        if isinstance(message, Mapping) and message.get("role") == "user":
            content = message.get("content")
            parts = content if isinstance(content, list) else [{"text": content}]
            text = " ".join(str(part["text"]) for part in parts if isinstance(part, Mapping) and part.get("text"))
            if text:
                return text
    raise litellm.BadRequestError(message="messages: a user message with a text is needed", model="", llm_provider="")


def matches(retrieval: Mapping[str, Any], asked: str) -> dict[str, Any]:
    """The arguments of the search. Raises `BadRequestError` for a config without a vector store."""
    if not isinstance(retrieval.get("vector_store_id"), str) or not retrieval["vector_store_id"]:
        raise litellm.BadRequestError(
            message="retrieval_config.vector_store_id: name the vector store", model="", llm_provider=""
        )
    known = {"top_k": "max_num_results", "retrieval_filter": "filters"}
    renamed = {known.get(name, name): value for name, value in retrieval.items() if value is not None}
    return {"custom_llm_provider": "openai", "max_num_results": DEFAULT_TOP_K, **renamed, "query": asked}


def passages(found: Mapping[str, Any]) -> list[str]:
    """The texts of what was found."""
    return [
        "\n".join(part["text"] for part in item.get("content") or () if part.get("text"))
        for item in found.get("data") or ()
    ]


def ranked(told: list[str], scores: Any) -> list[str]:
    """The texts that a ranking kept, in its order."""
    places = [result["index"] for result in scores.results or ()]
    return [told[place] for place in places if 0 <= place < len(told)]


def in_context(messages: list[Any], told: list[str]) -> list[Any]:
    """The messages, with the texts in a user message before the last of them; as they are where nothing was found."""
    if not told:
        return messages
    context = {"role": "user", "content": "Context:\n\n" + "\n\n".join(told) + "\n\n"}
    return [*messages[:-1], context, messages[-1]]
