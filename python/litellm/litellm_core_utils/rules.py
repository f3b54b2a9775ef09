"""Functions of the caller's that judge what is asked and what is answered: `pre_call_rules` and `post_call_rules`.

A rule takes a text. It refuses by returning False, or `{"decision": False, "message": why}`; any other answer lets the
call pass.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import litellm

Chunks = list[dict[str, Any]]
Whole = Callable[[Chunks], Any]
"""The answer that chunks are of, with what it cost."""

REFUSED: ContextVar[list[Any] | None] = ContextVar("refused_answers", default=None)
"""Takes, where somebody has set a list, the answers that rules refused: they are paid for all the same."""


def check_input(messages: Any, model: str) -> None:
    """Let `litellm.pre_call_rules` judge the texts of `messages`, joined.

    Raises APIResponseValidationError with a rule's message, or one of our own.
    """
    if not litellm.pre_call_rules or not isinstance(messages, list):
        return
    contents = [message.get("content") for message in messages if isinstance(message, dict)]
    text = "".join(content for content in contents if isinstance(content, str))
    _judge(litellm.pre_call_rules, text, model, "a rule of pre_call_rules refuses what is asked")


def check_output(text: str | None, model: str) -> None:
    """Let `litellm.post_call_rules` judge an answer's text. Raises as `check_input`."""
    if text is not None:
        _judge(litellm.post_call_rules, text, model, "a rule of post_call_rules refuses the answer")


def check_answer(text: str | None, model: str, answer: Callable[[], Any]) -> None:
    """As `check_output`, of the text of `answer()`, which tells what it cost and is noted in `REFUSED` if refused."""
    if not litellm.post_call_rules:
        return
    try:
        check_output(text, model)
    except Exception:
        if (refused := REFUSED.get()) is not None:
            refused.append(answer())
        raise


def checked_stream(source: Any, model: str, whole: Whole) -> Any:
    """`source`, which yields lists of chunk dicts, up to the first that makes a text which a rule refuses.

    `whole` of those chunks is noted in `REFUSED` if nothing was said before them: then nobody else knows of them.
    """
    checked = _checked_async if hasattr(source, "__anext__") else _checked
    return checked(source, model, whole)


def _checked(source: Iterator[Chunks], model: str, whole: Whole) -> Iterator[Chunks]:
    text = ""
    try:
        for chunks in iter(lambda: next(source, None), None):
            text = _judged(text, chunks, model, whole)
            yield chunks
    finally:
        close = getattr(source, "close", None)
        if close is not None:
            close()


async def _checked_async(source: AsyncIterator[Chunks], model: str, whole: Whole) -> AsyncIterator[Chunks]:
    text = ""
    try:
        while (chunks := await anext(source, None)) is not None:
            text = _judged(text, chunks, model, whole)
            yield chunks
    finally:
        close = getattr(source, "aclose", None)
        if close is not None:
            await close()


def _judged(text: str, chunks: Chunks, model: str, whole: Whole) -> str:
    choices = [choice for chunk in chunks for choice in chunk.get("choices") or ()]
    said = "".join((choice.get("delta") or {}).get("content") or "" for choice in choices)
    if said and text:
        check_output(text + said, model)
    elif said:
        check_answer(said, model, lambda: whole(chunks))
    return text + said


def _judge(rules: list[Any], text: str, model: str, refusal: str) -> None:
    for rule in rules:
        decision = rule(text) if callable(rule) else True
        message = refusal
        if isinstance(decision, dict):
            decision, message = decision.get("decision", True), str(decision.get("message") or refusal)
        if decision is False:
            raise litellm.APIResponseValidationError(message=message, llm_provider="", model=model)
