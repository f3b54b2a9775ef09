"""Containers, in which a model's code runs, and their files, as OpenAI's API describes them."""

from __future__ import annotations

from typing import Any

from litellm.types.openai_object import OpenAIObject, as_model
from litellm.types.responses_chat import HiddenResponse


class ExpiresAfter(OpenAIObject):
    """When a container goes: so many minutes after `anchor`."""

    anchor: str | None = None
    minutes: int | None = None


class ContainerObject(HiddenResponse):
    """A container."""

    id: str = ""
    object: str = "container"
    created_at: int | None = None
    status: str | None = None
    expires_after: Any = None
    last_active_at: int | None = None
    name: str | None = None

    def __init__(self, expires_after: Any = None, **fields: Any) -> None:
        super().__init__(expires_after=as_model(ExpiresAfter, expires_after), **fields)


class DeleteContainerResult(HiddenResponse):
    """A container that is gone."""

    id: str = ""
    object: str = "container.deleted"
    deleted: bool = True


class ContainerFileObject(HiddenResponse):
    """A file in a container; `source` is `user` or `assistant`."""

    id: str = ""
    object: str = "container.file"
    container_id: str | None = None
    bytes: int | None = None
    created_at: int | None = None
    path: str | None = None
    source: str | None = None


class DeleteContainerFileResponse(HiddenResponse):
    """A file of a container that is gone."""

    id: str = ""
    object: str = "container.file.deleted"
    deleted: bool = True


class _Page(HiddenResponse):
    object: str = "list"
    data: list[Any]
    first_id: str | None = None
    last_id: str | None = None
    has_more: bool = False


class ContainerListResponse(_Page):
    """A page of containers."""

    def __init__(self, data: Any = None, **fields: Any) -> None:
        super().__init__(data=[as_model(ContainerObject, item) for item in data or ()], **fields)


class ContainerFileListResponse(_Page):
    """A page of a container's files."""

    def __init__(self, data: Any = None, **fields: Any) -> None:
        super().__init__(data=[as_model(ContainerFileObject, item) for item in data or ()], **fields)
