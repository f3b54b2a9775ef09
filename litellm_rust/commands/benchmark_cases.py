"""What the benchmark measures: calls of upstream's public functions, one case a row of its table."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """A call to measure: `make` prepares the data once and returns the call."""

    feature: str
    name: str
    make: Callable[[], Callable[[], object]]


_SENTENCES = (
    "The committee met on Tuesday, 14 March 2023, and approved the budget (€1,250,000) without amendments. ",
    "def fold(values: list[int]) -> int:\n    return sum(value * 31 ** i for i, value in enumerate(values))\n",
    "Wer das Lesen gelernt hat, liest weiter: Bücher, Briefe, Straßenschilder, Verpackungen. ",
    "私たちは駅前の小さな店で昼ごはんを食べました。 ",
    '{"id": "a81f-77", "status": "queued", "retries": 3, "tags": ["eu-west", "batch"]}\n',
    "I can't believe it's already over, she'll be back by 10:45pm, won't she? ",
)


def text_of(size: int) -> str:
    """Mixed prose, code, JSON and Japanese of about `size` bytes; numbers make every paragraph its own."""
    parts, length, index = [], 0, 0
    while length < size:
        part = f"{index * 7919} {_SENTENCES[index % len(_SENTENCES)]}"
        parts.append(part)
        length += len(part.encode())
        index += 1
    return "".join(parts)


def _tool(name: str) -> dict[str, Any]:
    properties = {"city": {"type": "string", "description": "City and country"}, "days": {"type": "integer"}}
    parameters = {"type": "object", "properties": properties, "required": ["city"]}
    return {"type": "function", "function": {"name": name, "description": f"Look up {name}", "parameters": parameters}}


def _litellm() -> Any:
    return importlib.import_module("litellm")


_SMALL = [{"role": "user", "content": "Hello, how are you today?"}]
_CHAT = [{"role": ("user", "assistant")[i % 2], "content": text_of(300)} for i in range(20)]


def _make_encode() -> Callable[[], object]:
    litellm, text = _litellm(), text_of(1_000)
    return lambda: litellm.encode(model="gpt-4o", text=text)


def _make_decode() -> Callable[[], object]:
    litellm = _litellm()
    tokens = litellm.encode(model="gpt-4o", text=text_of(1_000))
    return lambda: litellm.decode(model="gpt-4o", tokens=tokens)


def _make_count(messages: list[dict[str, Any]], **arguments: Any) -> Callable[[], Callable[[], object]]:
    def make() -> Callable[[], object]:
        litellm = _litellm()
        return lambda: litellm.token_counter(model="gpt-4o", messages=messages, **arguments)

    return make


CASES: tuple[Case, ...] = (
    Case("token_counting", "token_counter, one short message", _make_count(_SMALL)),
    Case(
        "token_counting",
        "token_counter, one message and three tools",
        _make_count(_SMALL, tools=[_tool(n) for n in "abc"]),
    ),
    Case("token_counting", "token_counter, chat of 20 messages, 6 KB", _make_count(_CHAT)),
    Case("token_counting", "token_counter, 225 KB", _make_count([{"role": "user", "content": text_of(225_000)}])),
    Case("token_counting", "encode, 1 KB", _make_encode),
    Case("token_counting", "decode, 1 KB", _make_decode),
)
