"""Videos made by models, each call blocking and on an event loop.

A video's id tells who keeps it: what asks about a video needs no `custom_llm_provider`.
"""

from __future__ import annotations

from typing import Any

from litellm.pipeline import videos
from litellm.pipeline.pairs import Asked, asked, pair
from litellm.types.videos.main import CharacterObject, VideoObject

__all__ = [
    "avideo_content", "avideo_create_character", "avideo_delete", "avideo_edit", "avideo_extension",
    "avideo_generation", "avideo_get_character", "avideo_list", "avideo_remix", "avideo_status", "video_content",
    "video_create_character", "video_delete", "video_edit", "video_extension", "video_generation",
    "video_get_character", "video_list", "video_remix", "video_status",
]  # fmt: skip

TIMEOUT_S = 600.0


def _video_generation(
    prompt: str,
    model: str | None = None,
    input_reference: Any = None,
    seconds: str | None = None,
    size: str | None = None,
    user: str | None = None,
    timeout: float = TIMEOUT_S,
    custom_llm_provider: str | None = None,
    extra_headers: dict[str, Any] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    **kwargs: Any,
) -> Asked[VideoObject]:
    """Starts a video of `prompt`, as long as `seconds` and as large as `size` (`1280x720`); `sora-2` without a model.

    `input_reference` is an image to begin with: bytes, a path, an open binary file, or a tuple of name, content and
    media type. Ask `video_status` until it is done, then read `video_content`.
    Raises the exceptions of `litellm.exceptions`, as all of these do.
    """
    return asked(videos.generation, locals(), kwargs)


def _video_status(
    video_id: str, timeout: float = TIMEOUT_S, custom_llm_provider: str | None = None, **kwargs: Any
) -> Asked[VideoObject]:
    """How far a video is."""
    return asked(videos.STATUS, locals(), kwargs)


def _video_content(
    video_id: str,
    timeout: float | None = None,
    custom_llm_provider: str | None = None,
    variant: str | None = None,
    **kwargs: Any,
) -> Asked[bytes]:
    """The bytes of a finished video, or of its `thumbnail` or `spritesheet`."""
    return asked(videos.content, locals(), kwargs)


def _video_list(
    after: str | None = None,
    limit: int | None = None,
    order: str | None = None,
    timeout: float = TIMEOUT_S,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[dict[str, Any]]:
    """A page of the videos, in `data`."""
    return asked(videos.LIST, locals(), kwargs)


def _video_remix(
    video_id: str, prompt: str, timeout: float = TIMEOUT_S, custom_llm_provider: str | None = None, **kwargs: Any
) -> Asked[VideoObject]:
    """Starts a video like another, but for what `prompt` says."""
    return asked(videos.REMIX, locals(), kwargs)


def _video_edit(
    video_id: str,
    prompt: str,
    timeout: float = TIMEOUT_S,
    custom_llm_provider: str | None = None,
    *,
    video: Any = None,
    **kwargs: Any,
) -> Asked[VideoObject]:
    """Starts a change of a video that is kept, or of the file `video`."""
    return asked(videos.EDIT, locals(), kwargs)


def _video_extension(
    video_id: str,
    prompt: str,
    seconds: str,
    timeout: float = TIMEOUT_S,
    custom_llm_provider: str | None = None,
    **kwargs: Any,
) -> Asked[VideoObject]:
    """Starts a continuation of a video, by so many seconds."""
    return asked(videos.EXTENSION, locals(), kwargs)


def _video_delete(
    video_id: str, timeout: float = TIMEOUT_S, custom_llm_provider: str | None = None, **kwargs: Any
) -> Asked[VideoObject]:
    """Deletes a video."""
    return asked(videos.DELETE, locals(), kwargs)


def _video_create_character(
    name: str, video: Any, timeout: float = TIMEOUT_S, custom_llm_provider: str | None = None, **kwargs: Any
) -> Asked[CharacterObject]:
    """A character that videos may show, of the file `video`."""
    return asked(videos.CREATE_CHARACTER, locals(), kwargs)


def _video_get_character(
    character_id: str, timeout: float = TIMEOUT_S, custom_llm_provider: str | None = None, **kwargs: Any
) -> Asked[CharacterObject]:
    """What is known of a character."""
    return asked(videos.GET_CHARACTER, locals(), kwargs)


video_generation, avideo_generation = pair("video_generation", _video_generation)
video_status, avideo_status = pair("video_status", _video_status)
video_content, avideo_content = pair("video_content", _video_content)
video_list, avideo_list = pair("video_list", _video_list)
video_remix, avideo_remix = pair("video_remix", _video_remix)
video_edit, avideo_edit = pair("video_edit", _video_edit)
video_extension, avideo_extension = pair("video_extension", _video_extension)
video_delete, avideo_delete = pair("video_delete", _video_delete)
video_create_character, avideo_create_character = pair("video_create_character", _video_create_character)
video_get_character, avideo_get_character = pair("video_get_character", _video_get_character)
