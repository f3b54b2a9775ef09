"""What a conversation shows: what kind of request it is, and whether the last answer helped."""

from __future__ import annotations

import enum
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from litellm.router_strategy.sub_router import text_of


class RequestType(str, enum.Enum):
    """What is asked for."""

    CODE_GENERATION = "code_generation"
    CODE_UNDERSTANDING = "code_understanding"
    TECHNICAL_DESIGN = "technical_design"
    ANALYTICAL_REASONING = "analytical_reasoning"
    WRITING = "writing"
    FACTUAL_LOOKUP = "factual_lookup"
    GENERAL = "general"


_CODE = r"(?:code|function|script|program|class|method|query|regex|test|endpoint|component|bug|exception)s?"
# The first that matches counts.
_TYPES: tuple[tuple[re.Pattern[str], RequestType], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (rf"\b(?:explain|understand|review|debug|fix|trace|what does)\b.{{0,80}}\b{_CODE}\b|```.*\bwhy\b",
         RequestType.CODE_UNDERSTANDING),
        (rf"\b(?:write|implement|create|generate|build|add|port|refactor)\b.{{0,80}}\b{_CODE}\b",
         RequestType.CODE_GENERATION),
        (r"\b(?:architecture|system design|schema|scal(?:e|able|ing)|trade-?offs?|microservices?|data model)\b",
         RequestType.TECHNICAL_DESIGN),
        (r"\b(?:prove|derive|calculate|analy[sz]e|compare|evaluate|reason|why (?:is|are|does|do)|step by step)\b",
         RequestType.ANALYTICAL_REASONING),
        (r"\b(?:write|draft|rewrite|edit|summari[sz]e|translate|proofread)\b|\b(?:essay|email|poem|story|letter)\b",
         RequestType.WRITING),
        (r"^\s*(?:who|what|when|where|which|how (?:many|much|old|far|long))\b", RequestType.FACTUAL_LOOKUP),
    )
)  # fmt: skip
_SATISFIED = re.compile(
    r"\b(?:thanks|thank you|perfect|great|awesome|excellent|exactly|that works|works now|well done|looks good)\b", re.I
)
_UNHAPPY = re.compile(
    r"\b(?:wrong|incorrect|not what i|doesn'?t work|does not work|didn'?t work|still (?:fails|broken|not|wrong)|"
    r"you misunderstood|that'?s not|try again)\b", re.I
)  # fmt: skip
_GAVE_UP = re.compile(r"\b(?:never ?mind|forget it|give up|do it myself|speak to a human|this is useless)\b", re.I)
_WORD = re.compile(r"[a-z0-9]+")
SAME_QUESTION = 0.5
LOOP = 3


def request_type(text: str) -> RequestType:
    """What kind of request a user's message is."""
    return next((kind for pattern, kind in _TYPES if pattern.search(text)), RequestType.GENERAL)


def reaction(messages: Sequence[Any]) -> tuple[float, float]:
    """(praise, blame) that the last user's message and the turns before it are for the answer before it."""
    users = [text_of(each.get("content")) for each in messages if isinstance(each, Mapping) and each["role"] == "user"]
    if not users:
        return 0.0, 0.0
    last, before = users[-1], users[-2] if len(users) > 1 else ""
    blame = float(bool(_UNHAPPY.search(last))) + float(bool(_GAVE_UP.search(last)))
    blame += float(bool(before) and _likeness(last, before) >= SAME_QUESTION)
    blame += 0.5 * _loops(messages)
    praise = float(not blame and bool(_SATISFIED.search(last)))
    return praise, blame


def _likeness(one: str, other: str) -> float:
    """The share of words that two texts have in common."""
    a, b = set(_WORD.findall(one.lower())), set(_WORD.findall(other.lower()))
    return len(a & b) / len(a | b) if a | b else 0.0


def _loops(messages: Sequence[Any]) -> bool:
    """Whether the same tool was called with the same arguments again and again."""
    calls = Counter(
        json.dumps((call.get("function") or {}), sort_keys=True, default=str)
        for message in messages
        if isinstance(message, Mapping)
        for call in message.get("tool_calls") or ()
        if isinstance(call, Mapping)
    )
    return any(count >= LOOP for count in calls.values())
