"""What upstream makes of the events of one kind of stream: learnt from streams that it served, event by event."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from litellm_rust.patches.call.template import UsageTemplate, copied, same, usage_in, usage_shape
from litellm_rust.patches.gateway.document import shape
from litellm_rust.patches.gateway.events import DONE, parsed
from litellm_rust.patches.stream.chunk_template import ChunkTemplate

if TYPE_CHECKING:
    from typing_extensions import Self

_MAX_STEPS: Final = 64
# Values of an event that are the same for a whole stream: another value, another kind of event.
_CONSTANT: Final = ("model", "system_fingerprint", "object")
_PLAIN: Final = ("refusal", "tool_calls", "function_call")
_OBFUSCATION: Final = "obfuscation"

Steps = tuple[bool, tuple[object, ...]]
"""Whether a chunk has been given before, and the shapes of the events since the last one."""


class Event(NamedTuple):
    """What of an event of plain text has a say in the chunk."""

    shape: object
    ident: str
    text: str | None
    obfuscation: str | None
    usage: dict[str, Any] | None = None
    """Of the event that ends a stream with its usage."""


_END_OF_EVENTS: Final = Event("[DONE]", "", None, None)


def event_of(event: bytes) -> Event | None:
    """The event's parts; None for one that upstream has to read."""
    if event == DONE:
        return _END_OF_EVENTS
    body = parsed(event)
    if body is None:
        return None
    ident, padding, usage = body.get("id"), body.get(_OBFUSCATION), body.get("usage")
    if type(ident) is not str or not ident or not (padding is None or type(padding) is str):
        return None
    text = None
    if usage is not None:
        if body["choices"] or not _adds_up(usage):
            return None
    elif len(body["choices"]) != 1:
        return None
    else:
        delta = body["choices"][0]["delta"]
        text = delta.get("content")
        if any(delta.get(name) is not None for name in _PLAIN) or not (text is None or type(text) is str):
            return None
    return Event((shape(body), *[body.get(name) for name in _CONSTANT]), ident, text, padding, usage)


def _adds_up(usage: Any) -> bool:
    """Whether upstream tells the same counts as the provider."""
    if type(usage) is not dict or usage_shape(usage) is None:
        return False
    total: bool = usage.get("total_tokens") == usage.get("prompt_tokens", 0) + usage.get("completion_tokens", 0)
    return total


class Facts(NamedTuple):
    """What differs from stream to stream."""

    ident: str
    created: int
    hidden: Mapping[str, Any]
    """The wrapper's `_hidden_params`."""
    headers: Mapping[str, Any]
    """What the chunks tell of the reply's headers."""


class Piece(ChunkTemplate):
    """Upstream's chunk for the last event of a step, from which those of other streams are made."""

    def __init__(self, chunk: Any, event: Event, facts: Facts, *, kept: bool) -> None:
        """`kept`: whether the wrapper has it among its `chunks`. Raises ValueError when it cannot be rebuilt."""
        self._take(chunk)
        self.kept = kept
        delta = chunk.choices[0].delta
        self._text = delta.content
        self.speaks = bool(event.text) and event.text == self._text
        self._obfuscated = bool(event.obfuscation) and (self._chunk[1] or {}).get(_OBFUSCATION) == event.obfuscation
        self._hidden_sources = {name: self._source(name, value, facts) for name, value in self._hidden.items()}
        if (chunk.id, chunk.created) != (facts.ident, facts.created):
            raise ValueError("a chunk of another stream")
        if event.text and not self.speaks:
            raise ValueError("a chunk with another text")
        if not self.agree(chunk, self.bound(facts).made(event)):
            raise ValueError("a chunk that cannot be rebuilt")

    @staticmethod
    def _source(name: str, value: Any, facts: Facts) -> str:
        if name in ("created_at", "usage"):
            return name
        if name == "received_model_id" and value == facts.ident:
            return "ident"
        if name in facts.hidden and same(facts.hidden[name], value):
            return "hidden"
        return "headers" if name == "additional_headers" and same(facts.headers, value) else "constant"

    def bound(self, facts: Facts) -> Self:
        """The piece of one stream."""
        piece = copy.copy(self)
        values, extra, fields = self._chunk
        piece._chunk = ({**values, "id": facts.ident, "created": facts.created}, extra, fields)
        known: dict[str, Any] = {"ident": facts.ident, "headers": facts.headers}
        piece._hidden = {
            name: facts.hidden[name] if source == "hidden" else known.get(source, self._hidden[name])
            for name, source in self._hidden_sources.items()
        }
        return piece

    def made(self, event: Event) -> Any:
        """The chunk for `event`, of a piece that is bound."""
        chunk = self.build(event.text if self.speaks else self._text)
        if self._obfuscated:
            chunk.__pydantic_extra__[_OBFUSCATION] = event.obfuscation
        if "usage" in self._hidden_sources:
            hidden = chunk.__pydantic_private__["_hidden_params"]
            hidden["usage"] = hidden["usage"].model_copy(deep=True)
        return chunk

    def follows(self, event: bytes) -> None:
        """Know from `event`, for which it was just made, those that differ in their text alone."""
        if self.speaks and not self._obfuscated:
            self.cut_around(event)


class UsagePiece(Piece):
    """The chunk that tells the usage at a stream's end."""

    def __init__(self, chunk: Any, event: Event, facts: Facts) -> None:
        self._usage = UsageTemplate(usage_in(chunk).model_copy(deep=True))
        super().__init__(chunk, event, facts, kept=False)

    def made(self, event: Event) -> Any:
        chunk = super().made(event)
        extra = chunk.__pydantic_extra__
        (extra if extra and "usage" in extra else chunk.__dict__)["usage"] = self._usage.build(event.usage or {})
        return chunk


class KeptUsage:
    """What the wrapper has among its `chunks` of the event that told the usage."""

    def __init__(self, chunk: Any, event: Event, facts: Facts) -> None:
        """Raises ValueError when it cannot be rebuilt."""
        self._chunk = chunk.model_copy(deep=True)
        self._usage = UsageTemplate(usage_in(self._chunk))
        self._hidden: dict[str, Any] = self._chunk.__pydantic_private__["_hidden_params"]
        self._sources = {name: Piece._source(name, value, facts) for name, value in self._hidden.items()}
        if chunk.choices and chunk.choices[0].delta.content:
            raise ValueError("a chunk with text")
        if not ChunkTemplate.agree(chunk, self.made(event, facts)):
            raise ValueError("a chunk that cannot be rebuilt")

    def made(self, event: Event, facts: Facts) -> Any:
        """The chunk for `event`."""
        changes: dict[str, Any] = {
            "id": facts.ident,
            "created": facts.created,
            "usage": self._usage.build(event.usage or {}),
        }
        if _OBFUSCATION in (self._chunk.__pydantic_extra__ or {}):
            changes[_OBFUSCATION] = event.obfuscation
        chunk = copied(self._chunk, changes)
        known: dict[str, Any] = {
            "ident": facts.ident,
            "headers": facts.headers,
            "created_at": time.time(),
            "usage": changes["usage"].model_copy(deep=True),
        }
        chunk.__pydantic_private__["_hidden_params"] = {
            name: facts.hidden[name] if source == "hidden" else known.get(source, self._hidden[name])
            for name, source in self._sources.items()
        }
        return chunk


class Closing(NamedTuple):
    """The last step of a stream that tells its usage: what is given, and what is kept of the provider's event."""

    told: UsagePiece
    kept: KeptUsage


class Script:
    """Every step that is known of one kind of stream."""

    def __init__(self) -> None:
        self._steps: dict[Steps, Piece | Closing | None] = {}
        self._begun: set[Steps] = set()
        self.tells_usage = False
        """Whether upstream writes the final usage into the last chunk when the stream ends."""

    @property
    def ends(self) -> bool:
        """Whether a stream has been seen from its start to its end."""
        return any(piece is None or type(piece) is Closing for piece in self._steps.values())

    def find(self, steps: Steps) -> Piece | Closing | None:
        """The chunk that comes of these events, None when the stream ends with them. Raises KeyError otherwise."""
        return self._steps[steps]

    def is_begun(self, steps: Steps) -> bool:
        """Whether these events are the first ones of a step."""
        return steps in self._begun

    def knows(self, steps: Steps) -> bool:
        """Whether `find` finds something."""
        return steps in self._steps

    def learn(self, started: bool, shapes: Sequence[object], piece: Piece | Closing | None) -> None:
        """Take note of one step; `piece` is None when the stream ended with it."""
        if len(self._steps) >= _MAX_STEPS:
            return
        self._steps[started, tuple(shapes)] = piece
        self._begun |= {(started, tuple(shapes[:size])) for size in range(1, len(shapes))}
