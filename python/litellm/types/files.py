"""Files and batches that a provider keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from litellm.types.openai_object import OpenAIObject, as_model
from litellm.types.responses_chat import HiddenResponse

Item = TypeVar("Item")


class FileObject(OpenAIObject):
    """A stored file."""

    id: str = ""
    bytes: int | None = None
    created_at: int | None = None
    filename: str | None = None
    object: str = "file"
    purpose: str | None = None
    status: str | None = None
    expires_at: int | None = None
    status_details: str | None = None


class OpenAIFileObject(HiddenResponse):
    """A file that was just stored."""

    id: str = ""
    bytes: int | None = None
    created_at: int | None = None
    filename: str | None = None
    object: str = "file"
    purpose: str | None = None
    status: str | None = None
    expires_at: int | None = None
    status_details: str | None = None


class FileDeleted(OpenAIObject):
    """A file that is gone."""

    id: str = ""
    deleted: bool = True
    object: str = "file"


class SyncCursorPage(OpenAIObject, Generic[Item]):
    """A page of a list; iterating over it gives its items."""

    data: list[Any]
    has_more: bool | None = None
    object: str = "list"
    first_id: str | None = None
    last_id: str | None = None

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]  # OpenAI's pages iterate over items, not fields
        return iter(self.data)


class AsyncCursorPage(SyncCursorPage[Item]):
    """The same, from a call on an event loop."""


class BatchRequestCounts(OpenAIObject):
    """How far a batch is."""

    completed: int = 0
    failed: int = 0
    total: int = 0


class LiteLLMBatch(HiddenResponse):
    """Many requests, answered within a day."""

    id: str = ""
    completion_window: str | None = None
    created_at: int | None = None
    endpoint: str | None = None
    input_file_id: str | None = None
    object: str = "batch"
    status: str | None = None
    cancelled_at: int | None = None
    cancelling_at: int | None = None
    completed_at: int | None = None
    error_file_id: str | None = None
    errors: Any = None
    expired_at: int | None = None
    expires_at: int | None = None
    failed_at: int | None = None
    finalizing_at: int | None = None
    in_progress_at: int | None = None
    metadata: dict[str, Any] | None = None
    output_file_id: str | None = None
    request_counts: Any = None
    usage: Any = None

    def __init__(self, request_counts: Any = None, **fields: Any) -> None:
        super().__init__(request_counts=as_model(BatchRequestCounts, request_counts), **fields)
