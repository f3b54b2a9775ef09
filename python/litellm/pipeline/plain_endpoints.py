"""The endpoints that answer once: one row each."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from litellm.llms.multipart import named_file
from litellm.pipeline import plain_costs
from litellm.pipeline.plain import Endpoint, plain_steps
from litellm.pipeline.run import Run
from litellm.types.binary import HttpxBinaryResponseContent
from litellm.types.media import ImageResponse, OpenAIModerationResponse, RerankResponse, TranscriptionResponse


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _mock_images(run: Run, mock: Any) -> dict[str, Any]:
    """A list of images, or an image response, perhaps as JSON text."""
    value = json.loads(mock) if isinstance(mock, str) and mock.lstrip()[:1] in ("{", "[") else mock
    if isinstance(value, str):
        return {"data": [{"url": value}]}
    return value if isinstance(value, dict) else {"data": list(value)}


def _recording(arguments: dict[str, Any]) -> str | None:
    """What callbacks see of a recording: its SHA-256. None for what cannot be read, which the call itself refuses."""
    try:
        content = named_file(arguments.get("file")).content
    except (ValueError, OSError):
        return None
    return hashlib.sha256(content).hexdigest()


IMAGE_GENERATION = plain_steps(
    Endpoint(
        "image_generation",
        inputs=("prompt",),
        params=_names("n quality response_format size style user"),
        response=ImageResponse,
        cost=plain_costs.image,
        mock=_mock_images,
    )
)
IMAGE_EDIT = plain_steps(
    Endpoint(
        "image_edit",
        inputs=("image", "prompt"),
        params=_names(
            "mask n quality response_format size user background input_fidelity output_compression output_format "
            "partial_images"
        ),
        response=ImageResponse,
        cost=plain_costs.image,
        mock=_mock_images,
    )
)
IMAGE_VARIATION = plain_steps(
    Endpoint(
        "image_variation",
        inputs=("image",),
        params=_names("n response_format size user"),
        response=ImageResponse,
        cost=plain_costs.image,
        mock=_mock_images,
    )
)
TRANSCRIPTION = plain_steps(
    Endpoint(
        "transcription",
        inputs=("file",),
        params=_names("language prompt response_format temperature timestamp_granularities"),
        response=TranscriptionResponse,
        cost=plain_costs.transcription,
        mock=lambda run, mock: {"text": mock} if isinstance(mock, str) else dict(mock),
        asked=_recording,
    )
)
SPEECH = plain_steps(
    Endpoint(
        "speech",
        inputs=("input", "voice"),
        params=_names("response_format speed instructions"),
        response=HttpxBinaryResponseContent,
        cost=plain_costs.speech,
    )
)
MODERATION = plain_steps(
    Endpoint(
        "moderation",
        inputs=("input",),
        params=frozenset(),
        response=OpenAIModerationResponse,
        cost=plain_costs.moderation,
    )
)
RERANK = plain_steps(
    Endpoint(
        "rerank",
        inputs=("query", "documents"),
        params=_names("top_n rank_fields return_documents max_chunks_per_doc max_tokens_per_doc"),
        response=RerankResponse,
        cost=plain_costs.rerank,
        mock=lambda run, mock: dict(mock),
        shown=frozenset({"query", "documents"}),
        asked=lambda arguments: arguments.get("query"),
    )
)
