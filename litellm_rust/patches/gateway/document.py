"""How upstream's proxy turns one JSON document of a provider into one of its own: learnt from a pair of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from litellm_rust.patches.call.wire import Unsuitable

Path = tuple[str | int, ...]
# Texts that say what kind of document it is: another value, another shape.
_KINDS: Final = frozenset({"object", "role", "finish_reason", "type", "service_tier"})
_TEXT: Final = ("choices", 0, "delta", "content")
_CREATED: Final[Path] = ("created",)
_MODEL: Final[Path] = ("model",)


def dumped(value: Any) -> bytes:
    """`value` as the proxy writes JSON. Raises ValueError for what it could not write."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def shape(value: Any, name: str | int = "") -> object:
    """What documents like `value` have in common: keys, kinds of values, and the values that say what they are."""
    kind = type(value)
    if kind is dict:
        return tuple([(key, shape(part, key)) for key, part in value.items()])
    if kind is list:
        return ("list", *[shape(part) for part in value])
    if kind is str:
        return value if name in _KINDS else ("str", bool(value))
    if kind is int:
        return value if name == "index" else ("int", bool(value))
    return value if kind is bool or value is None else kind


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The texts and numbers of a document that may differ among documents of one shape, and empty values."""
    if type(value) is dict:
        for key, part in value.items():
            yield from _leaves(part, (*path, key))
    elif type(value) is list:
        for index, part in enumerate(value):
            yield from _leaves(part, (*path, index))
    elif not path or path[-1] not in _KINDS | {"index"}:
        yield path, value


def _at(document: Any, path: Path) -> Any:
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


class Document:
    """Makes the proxy's document for a provider's of one shape."""

    def __init__(self, provider: Mapping[str, Any], client: bytes, models: Collection[str], *, streamed: bool) -> None:
        """From a provider's document and what the proxy made of it. `models` are names that it may give the model.

        A stream's time is when it began here. Raises Unsuitable when the one does not explain the other.
        """
        document = json.loads(client)
        began_s = document.get("created")
        slots: list[Path] = []
        for path, value in _leaves(provider):
            made = _at(document, path)
            if (
                made is None
                or (not value and made == value)
                or (path == _MODEL and made != value and made in models)
                or (path == _CREATED and streamed)
            ):
                continue  # left out, or the same for all
            if type(made) is not type(value) or made != value:
                raise Unsuitable(f"{'.'.join(map(str, path))} is made of something else")
            slots.append(path)
        for path, made in _leaves(document.get("choices"), ("choices",)):
            if made and _at(provider, path) is None:
                raise Unsuitable(f"{'.'.join(map(str, path))} is made of nothing")
        if streamed and type(began_s) is int:
            slots.append(_CREATED)
        self._slots: list[Path] = []
        self._pieces = self._cut(document, slots)
        self._streamed = streamed
        if self.render(provider, began_s) != client:
            raise Unsuitable("a document that cannot be rebuilt")

    def _cut(self, document: Any, slots: list[Path]) -> list[bytes]:
        """The fixed text around the values at `slots`, which are noted in the order of the text."""
        for number, path in enumerate(slots):
            holder = _at(document, path[:-1])
            holder[path[-1]] = f"\0{number}\0"
        text = dumped(document)
        pieces = []
        while (start := text.find(b'"\\u0000')) >= 0:
            end = text.index(b'\\u0000"', start + 7)
            pieces.append(text[:start])
            self._slots.append(slots[int(text[start + 7 : end])])
            text = text[end + 7 :]
        return [*pieces, text]

    def render(self, provider: Mapping[str, Any], began_s: int | None = None) -> bytes:
        """The proxy's document; `began_s` is when the stream began. Raises ValueError for text that is not Unicode."""
        text = bytearray(self._pieces[0])
        for path, piece in zip(self._slots, self._pieces[1:], strict=True):
            text += dumped(began_s if self._streamed and path == _CREATED else _at(provider, path))
            text += piece
        return bytes(text)

    def around_text(self, provider: Mapping[str, Any], began_s: int) -> tuple[bytes, bytes] | None:
        """What stands before and after the text of a stream's event, without its quotes; None without a text."""
        if self._slots.count(_TEXT) != 1:
            return None
        pieces = [b""]
        for path, piece in zip([None, *self._slots], self._pieces, strict=True):
            if path == _TEXT:
                pieces[-1] += b'"'
                pieces.append(b'"')
            elif path is not None:
                pieces[-1] += dumped(began_s if path == _CREATED else _at(provider, path))
            pieces[-1] += piece
        return pieces[0], pieces[1]
