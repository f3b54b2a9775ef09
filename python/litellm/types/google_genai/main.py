"""A response of generateContent."""

from __future__ import annotations

from typing import Any

from litellm.types.responses_chat import HiddenResponse


class GenerateContentResponse(HiddenResponse):
    """Candidates and their usage, in Gemini's own field names; read like an object or like a dict."""

    candidates: list[Any] | None = None
    usageMetadata: Any = None

    def __init__(self, **params: Any) -> None:
        fields = {"candidates": params.pop("candidates", None), "usageMetadata": params.pop("usageMetadata", None)}
        self._fill_response(fields, params, None, None)

    @property
    def text(self) -> str:
        """The text of the first candidate, without its thoughts."""
        first = (self.candidates or [{}])[0]
        parts = (first.get("content") or {}).get("parts") or []
        return "".join(part.get("text") or "" for part in parts if not part.get("thought"))
