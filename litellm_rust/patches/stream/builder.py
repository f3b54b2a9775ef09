"""What takes the place of upstream's `stream_chunk_builder`: it is given runs of text as one chunk.

Upstream looks at every chunk several times. Chunks that differ in their text alone say together what one chunk with
all of the text says, so upstream builds the response of a much shorter list.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from litellm_rust.counters import feature_metrics
from litellm_rust.patches.call.template import copied
from litellm_rust.patches.patch import Function

_metrics: Final = feature_metrics("streaming")
# Shorter lists are not worth a look.
_FEW: Final = 8


def _text(chunk: Any, kind: Any) -> str | None:
    """The text of a chunk that has nothing else in it; None for others."""
    if type(chunk) is not kind or len(chunk.choices) != 1:
        return None
    (choice,) = chunk.choices
    values = {**choice.__dict__, **(choice.__pydantic_extra__ or {})}
    delta = values.pop("delta", None)
    values.pop("index", None)
    if delta is None or any(value is not None for value in values.values()):
        return None
    text = None
    for fields in (delta.__dict__, delta.__pydantic_extra__ or {}):
        for name, value in fields.items():
            if name == "content":
                text = value
            elif value is not None:
                return None
    extra = chunk.__pydantic_extra__ or {}
    if chunk.__dict__.get("usage") is not None or extra.get("usage") is not None or extra.get("citations"):
        return None
    return text if type(text) is str and text else None


def _alike(one: Any, other: Any) -> bool:
    """Whether two chunks of text differ in nothing that the response shows."""
    mine, theirs = one.__dict__, other.__dict__
    return (
        all(mine.get(name) == theirs.get(name) for name in ("id", "created", "model", "object", "system_fingerprint"))
        and one.__pydantic_extra__ == other.__pydantic_extra__
        and one.choices[0].index == other.choices[0].index
    )


def _joined(chunk: Any, texts: list[str]) -> Any:
    """A chunk like `chunk` with all of `texts`."""
    if len(texts) == 1:
        return chunk
    (choice,) = chunk.choices
    delta = copied(choice.delta, {"content": "".join(texts)})
    return copied(chunk, {"choices": [copied(choice, {"delta": delta})]})


def shortened(chunks: list[Any], kind: Any) -> list[Any]:
    """`chunks` with each run of text chunks as one."""
    short: list[Any] = []
    first: Any = None
    texts: list[str] = []
    for chunk in chunks:
        text = _text(chunk, kind)
        if text is not None and first is not None and _alike(first, chunk):
            texts.append(text)
            continue
        if first is not None:
            short.append(_joined(first, texts))
        first, texts = (chunk, [text]) if text is not None else (None, [])
        if first is None:
            short.append(chunk)
    if first is not None:
        short.append(_joined(first, texts))
    return short


def stream_chunk_builder(original: Function, module: Any) -> Function:
    """The replacement."""
    kind = sys.modules["litellm.types.utils"].ModelResponseStream

    def stream_chunk_builder(chunks: Any, *args: Any, **kwargs: Any) -> Any:
        if type(chunks) is list and len(chunks) > _FEW and all(type(chunk) is kind for chunk in chunks):
            chunks = shortened(chunks, kind)
            _metrics.native.add()
        return original(chunks, *args, **kwargs)

    return stream_chunk_builder
