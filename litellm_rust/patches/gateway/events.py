"""How upstream's proxy turns a provider's stream into its own: learnt from a stream that it served."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

from litellm_rust.patches.call.wire import Unsuitable
from litellm_rust.patches.gateway.document import Document, dumped, shape

DONE: Final = b"data: [DONE]\n\n"
_START: Final = b"data: "
_END: Final = b"\n\n"
_TOP: Final = frozenset(
    {"id", "object", "created", "model", "system_fingerprint", "choices", "usage", "service_tier", "obfuscation"}
)
_CHOICE: Final = frozenset({"index", "delta", "finish_reason", "logprobs"})
_DELTA: Final = frozenset({"role", "content", "refusal", "tool_calls", "function_call"})
_MAX_DOCUMENTS: Final = 64
# Upstream ends a stream whose model repeats itself among chunks longer than two characters: it is to see them.
_SHORT: Final = 2
_MAX_REPEATED: Final = 8


def parsed(event: bytes) -> dict[str, Any] | None:
    """The JSON of a plain event; None for one that upstream has to read."""
    if not event.startswith(_START) or not event.endswith(_END) or b"\n" in event[:-2] or b"\r" in event:
        return None
    try:
        body = json.loads(event[len(_START) :])
    except ValueError:
        return None
    if type(body) is not dict or not _TOP.issuperset(body) or type(body.get("choices")) is not list:
        return None
    for choice in body["choices"]:
        if type(choice) is not dict or not _CHOICE.issuperset(choice) or choice.get("logprobs") is not None:
            return None
        delta = choice.get("delta")
        if type(delta) is not dict or not _DELTA.issuperset(delta) or delta.get("function_call") is not None:
            return None
    return body if len(body["choices"]) < 2 else None


class Rules:
    """What becomes of the events of one kind of request, by whether something was sent before, and their shape."""

    def __init__(self, models: Collection[str]) -> None:
        """`models` are names that the proxy may give the model."""
        self._models = models
        self._documents: dict[tuple[bool, object], Document | None] = {}
        self.ends = False
        """Whether a stream has been seen to end as the proxy's do."""

    def find(self, sent: bool, body: dict[str, Any]) -> Document | None:
        """What makes an event of `body`, None for an event that is left out. Raises KeyError for an unknown one."""
        return self._documents[sent, shape(body)]

    def learn(self, events: Sequence[bytes], answered: bytes) -> None:
        """From the events of a provider's stream and all that the client got. Raises Unsuitable."""
        made = [event + _END for event in answered.split(_END) if event]
        if not made or made[-1] != DONE or not events or events[-1] != DONE:
            raise Unsuitable("a stream with another end")
        place, found = 0, dict(self._documents)
        for event in events[:-1]:
            body = parsed(event)
            if body is None:
                raise Unsuitable("an event of another kind")
            key = (place > 0, shape(body))
            document = self._document(body, made[place], found.get(key)) if place < len(made) - 1 else None
            if key in found and (found[key] is None) is not (document is None):
                raise Unsuitable("events that are alike are told apart")
            found[key] = document
            place += document is not None
        if place != len(made) - 1:
            raise Unsuitable("events that the provider's do not explain")
        if len(found) <= _MAX_DOCUMENTS:
            self._documents, self.ends = found, True

    def _document(self, body: dict[str, Any], event: bytes, known: Document | None) -> Document | None:
        client = event[len(_START) : -len(_END)]
        try:
            if known is None:
                return Document(body, client, self._models, streamed=True)
            return known if known.render(body, json.loads(client).get("created")) == client else None
        except (Unsuitable, ValueError, AttributeError):
            return None


class Translator:
    """One stream under the rules: takes a provider's events in order, gives the client's."""

    def __init__(self, rules: Rules, began_s: int) -> None:
        self._rules, self._began = rules, began_s
        self._around = (b"\n", b"")  # no event is like this
        self._made = (b"", b"")
        self._sent, self._finished = False, False
        self._last, self._repeated = "", 0
        self.texts: list[str] = []
        """The text so far, in pieces."""

    def translate(self, event: bytes) -> bytes | None:
        """What the client gets for `event`; None when upstream has to go on."""
        before, after = self._around
        if event.startswith(before) and event.endswith(after) and len(event) > len(before) + len(after):
            raw = event[len(before) : len(event) - len(after)]
            text = _plain(raw)
            if text is not None:
                return None if self._is_repeating(text) else self._made[0] + raw + self._made[1]
        if event == DONE:
            return DONE if self._finished else None  # upstream ends a stream that its provider did not
        body = parsed(event)
        if body is None:
            return None
        try:
            document = self._rules.find(self._sent, body)
            made = b"" if document is None else _START + document.render(body, self._began) + _END
        except (KeyError, ValueError):
            return None
        choice = body["choices"][0] if body["choices"] else {"delta": {}}
        self._finished = self._finished or choice.get("finish_reason") is not None
        content = choice["delta"].get("content")
        if content and self._is_repeating(content):
            return None
        if document is not None:
            if content and self._sent:
                self._remember(event, body, document, content)
            self._sent = True
        return made

    def _is_repeating(self, text: str) -> bool:
        self._repeated = self._repeated + 1 if text == self._last and len(text) > _SHORT else 0
        self._last = text
        self.texts.append(text)
        return self._repeated >= _MAX_REPEATED

    def _remember(self, event: bytes, body: dict[str, Any], document: Document, content: str) -> None:
        """Later events are mostly like this one but for the text."""
        quoted = dumped(content)
        around = document.around_text(body, self._began)
        if around is not None and event.count(quoted) == 1:
            before, after = event.split(quoted)
            self._around = (before + b'"', b'"' + after)
            self._made = (_START + around[0], around[1] + _END)


def _plain(raw: bytes) -> str | None:
    """The text between quotes when it stands for itself, else None."""
    if b'"' in raw or b"\\" in raw:
        return None
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() else None
