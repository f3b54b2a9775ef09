"""Videos as OpenAI's API describes them: jobs that are asked about until they are done."""

from __future__ import annotations

from typing import Any

from litellm.types.responses_chat import HiddenResponse


class VideoObject(HiddenResponse):
    """A video, or the work on it. `usage["duration_seconds"]` is what is billed."""

    id: str
    object: str = "video"
    status: str = "queued"
    created_at: int | None = None
    completed_at: int | None = None
    expires_at: int | None = None
    error: dict[str, Any] | None = None
    progress: int | None = None
    remixed_from_video_id: str | None = None
    seconds: str | None = None
    size: str | None = None
    model: str | None = None
    usage: dict[str, Any] | None = None

    def __init__(self, seconds: Any = None, **fields: Any) -> None:
        super().__init__(seconds=None if seconds is None else str(seconds), **fields)


class CharacterObject(HiddenResponse):
    """Somebody who can appear in videos."""

    id: str
    object: str = "character"
    created_at: int | None = None
    name: str = ""
