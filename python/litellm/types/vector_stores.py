"""What functions of vector stores return, for type checkers."""

from __future__ import annotations

from typing import Any, TypedDict


class VectorStoreResultContent(TypedDict, total=False):
    """A part of a passage."""

    text: str | None
    type: str | None


class VectorStoreSearchResult(TypedDict, total=False):
    """A passage that was found."""

    score: float | None
    content: list[VectorStoreResultContent] | None
    file_id: str | None
    filename: str | None
    attributes: dict[str, Any] | None


class VectorStoreSearchResponse(TypedDict, total=False):
    """What a search found, best first."""

    object: str
    search_query: str | list[str] | None
    data: list[VectorStoreSearchResult] | None


class VectorStoreFileCounts(TypedDict, total=False):
    """How far the files of a vector store are."""

    in_progress: int
    completed: int
    failed: int
    cancelled: int
    total: int


class VectorStoreCreateResponse(TypedDict, total=False):
    """A vector store."""

    id: str
    object: str
    created_at: int
    name: str | None
    bytes: int
    file_counts: VectorStoreFileCounts
    status: str
    expires_after: dict[str, Any] | None
    expires_at: int | None
    last_active_at: int | None
    metadata: dict[str, str] | None
