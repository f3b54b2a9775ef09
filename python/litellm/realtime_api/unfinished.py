"""What a realtime response used that nobody saw the end of: the provider bills it, and tells of it in no event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import litellm

INPUT_BYTES_A_TOKEN, OUTPUT_BYTES_A_TOKEN = 4800, 2400
"""Of base64-decoded PCM at 24 kHz: 100 ms of a user's audio are a token, and 50 ms of a model's (OpenAI's pricing)."""
MAX_TEXT = 1 << 20
_SAID = '.delta"'
_WORDS = ("text", "instructions", "output", "transcript")
_ASKED = ('"conversation.item.create"', '"input_audio_buffer.append"', '"session.update"', '"response.create"')


class Unfinished:
    """Counts what goes both ways since the last response that ended."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._context = 0
        """Tokens of the conversation as of the last response that ended: the next one reads them all again."""
        self.open = False
        self._forget()

    def _forget(self) -> None:
        self._asked: list[str] = []
        self._said: list[str] = []
        self._length = self._asked_audio = self._said_audio = 0

    def asked(self, message: str) -> None:
        """Notes an event of the client's."""
        if any(name in message for name in _ASKED):
            event = _event(message)
            self._asked_audio += _audio_bytes(event.get("audio"))
            for text in _texts(event):
                self._keep(self._asked, text)

    def said(self, message: str) -> None:
        """Notes an event of the provider's, between a response's beginning and its end."""
        if self.open and _SAID in message:
            event = _event(message)
            delta = event.get("delta")
            if str(event.get("type")).endswith("audio.delta"):
                self._said_audio += _audio_bytes(delta)
            elif isinstance(delta, str):
                self._keep(self._said, delta)

    def _keep(self, texts: list[str], text: str) -> None:
        if self._length < MAX_TEXT:
            self._length += len(text)
            texts.append(text)

    def ended(self, usage: Mapping[str, Any]) -> None:
        """A response ended, and told its `usage`."""
        self._context = int(usage.get("total_tokens") or self._context)
        self.open = False
        self._forget()

    def event(self) -> dict[str, Any] | None:
        """The `response.done` that did not come, as far as it can be known; None where no response is open."""
        if not self.open:
            return None
        heard, spoken = self._asked_audio // INPUT_BYTES_A_TOKEN, self._said_audio // OUTPUT_BYTES_A_TOKEN
        read, written = self._context + self._tokens(self._asked), self._tokens(self._said)
        return {"response": {"usage": {
            "input_tokens": read + heard, "output_tokens": written + spoken,
            "input_token_details": {"text_tokens": read, "audio_tokens": heard},
            "output_token_details": {"text_tokens": written, "audio_tokens": spoken},
        }}}  # fmt: skip

    def _tokens(self, texts: list[str]) -> int:
        return litellm.token_counter(model=self._model, text="".join(texts)) if texts else 0


def _event(message: str) -> dict[str, Any]:
    try:
        event = json.loads(message)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _audio_bytes(encoded: Any) -> int:
    return len(encoded) * 3 // 4 if isinstance(encoded, str) else 0


def _texts(value: Any) -> list[str]:
    """The texts and instructions in an event, and the tools that it offers."""
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    if not isinstance(value, dict):
        return []
    found = [value[name] for name in _WORDS if isinstance(value.get(name), str)]
    if value.get("tools"):
        found.append(json.dumps(value["tools"]))
    return found + [text for name in ("item", "content", "session", "response") for text in _texts(value.get(name))]
