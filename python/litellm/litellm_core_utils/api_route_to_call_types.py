"""Which kinds of calls a gateway's route makes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from litellm.types.utils import CallTypes

_KINDS: Mapping[str, tuple[str, ...]] = {
    "/chat/completions": ("acompletion", "completion"),
    "/completions": ("atext_completion", "text_completion"),
    "/embeddings": ("aembedding", "embedding"),
    "/responses": ("aresponses", "responses"),
    "/messages": ("anthropic_messages",),
    "/images/generations": ("aimage_generation", "image_generation"),
    "/images/edits": ("aimage_edit", "image_edit"),
    "/audio/transcriptions": ("atranscription", "transcription"),
    "/audio/speech": ("aspeech", "speech"),
    "/moderations": ("amoderation", "moderation"),
    "/rerank": ("arerank", "rerank"),
    "/batches": ("acreate_batch", "create_batch"),
    "/files": ("acreate_file", "create_file", "afile_list", "file_list"),
    "/realtime": ("_arealtime",),
    "/search": ("asearch", "search"),
}
_METHODS: Mapping[str, tuple[str, ...]] = {
    "generateContent": ("agenerate_content", "generate_content"),
    "streamGenerateContent": ("agenerate_content_stream", "generate_content_stream"),
}
_PREFIX = re.compile(r"^/(?:openai/)?(?:deployments/[^/]+/|engines/[^/]+/)?(?:v\d+(?:beta)?/)?")


def get_call_types_for_route(route: str) -> Sequence[CallTypes] | None:
    """The kinds of calls that `route` (`/v1/chat/completions`) makes; None for a route that makes none."""
    path = "/" + _PREFIX.sub("", route.partition("?")[0])
    kinds = _KINDS.get(path) or _METHODS.get(path.rpartition(":")[2])
    return None if kinds is None else [CallTypes(kind) for kind in kinds]
