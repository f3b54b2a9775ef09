"""Containers, in which a model's code runs, and their files, each call blocking and on an event loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import litellm
from litellm.cost_rules import session_cost
from litellm.llms.endpoint_wire import EndpointCall
from litellm.llms.openai.stored import asks, placed, upload
from litellm.llms.wire import WireRequest
from litellm.pipeline.pairs import Asked, asked, pair
from litellm.pipeline.plain_costs import free
from litellm.pipeline.run import Run
from litellm.pipeline.stored import Read, priced, raw, stored_steps
from litellm.types.containers.main import (
    ContainerFileListResponse,
    ContainerFileObject,
    ContainerListResponse,
    ContainerObject,
    DeleteContainerFileResponse,
    DeleteContainerResult,
)

__all__ = [
    "acreate_container", "adelete_container", "adelete_container_file", "alist_container_files", "alist_containers",
    "aretrieve_container", "aretrieve_container_file", "aretrieve_container_file_content", "aupload_container_file",
    "create_container", "delete_container", "delete_container_file", "list_container_files", "list_containers",
    "retrieve_container", "retrieve_container_file", "retrieve_container_file_content", "upload_container_file",
]  # fmt: skip

_KEEPERS = frozenset({"openai", "azure", "litellm_proxy"})
_AZURE_VERSION = "v1"
_CONTAINER = "/containers/{container_id}"
_FILES = f"{_CONTAINER}/files"
_FILE = f"{_FILES}/{{file_id}}"
_PAGE = ("after", "limit", "order")
TIMEOUT_S = 600.0


def _session(run: Run, made: Any) -> float | None:
    """What a container costs, which is made for a session: US dollars by the catalogue."""
    price = session_cost(litellm.model_cost, run.provider)
    return None if price is None else float(price)


def _steps(
    method: str, path: str, read: Read, *, body: tuple[str, ...] = (), query: tuple[str, ...] = (), price: Any = free
) -> Any:
    build = asks(method, path, body=body, query=query, version=_AZURE_VERSION)
    return stored_steps(build, read, kind="containers", providers=_KEEPERS, sdk=False, price=price)


def _upload_request(call: EndpointCall, asked: dict[str, Any]) -> WireRequest:
    return upload(call, asked["file"], {}, placed(_FILES, asked), _AZURE_VERSION)


_CREATE = _steps(
    "POST", "/containers", priced(ContainerObject), body=("name", "expires_after", "file_ids", "memory_limit"),
    price=_session,
)  # fmt: skip
_LIST = _steps("GET", "/containers", priced(ContainerListResponse), query=_PAGE)
_RETRIEVE = _steps("GET", _CONTAINER, priced(ContainerObject))
_DELETE = _steps("DELETE", _CONTAINER, priced(DeleteContainerResult))
_LIST_FILES = _steps("GET", _FILES, priced(ContainerFileListResponse), query=_PAGE)
_RETRIEVE_FILE = _steps("GET", _FILE, priced(ContainerFileObject))
_FILE_CONTENT = _steps("GET", f"{_FILE}/content", raw)
_DELETE_FILE = _steps("DELETE", _FILE, priced(DeleteContainerFileResponse))
_UPLOAD_FILE = stored_steps(
    _upload_request, priced(ContainerFileObject), kind="containers", providers=_KEEPERS, sdk=False, price=free
)


def _create_container(
    name: str,
    expires_after: dict[str, Any] | None = None,
    file_ids: Sequence[str] | None = None,
    timeout: float = TIMEOUT_S,
    custom_llm_provider: str = "openai",
    extra_headers: dict[str, Any] | None = None,
    extra_query: dict[str, Any] | None = None,
    extra_body: dict[str, Any] | None = None,
    **kwargs: Any,
) -> Asked[ContainerObject]:
    """A new container, which costs as much as a session in it. Raises the exceptions of `litellm.exceptions`."""
    return asked(_CREATE, locals(), kwargs)


def _list_containers(
    after: str | None = None,
    limit: int | None = None,
    order: str | None = None,
    timeout: float = TIMEOUT_S,
    custom_llm_provider: str = "openai",
    **kwargs: Any,
) -> Asked[ContainerListResponse]:
    """A page of the containers, in `data`."""
    return asked(_LIST, locals(), kwargs)


def _retrieve_container(
    container_id: str, timeout: float = TIMEOUT_S, custom_llm_provider: str = "openai", **kwargs: Any
) -> Asked[ContainerObject]:
    """What is known of a container."""
    return asked(_RETRIEVE, locals(), kwargs)


def _delete_container(
    container_id: str, timeout: float = TIMEOUT_S, custom_llm_provider: str = "openai", **kwargs: Any
) -> Asked[DeleteContainerResult]:
    """Deletes a container and what is in it."""
    return asked(_DELETE, locals(), kwargs)


def _list_container_files(
    container_id: str,
    after: str | None = None,
    limit: int | None = None,
    order: str | None = None,
    timeout: float = TIMEOUT_S,
    custom_llm_provider: str = "openai",
    **kwargs: Any,
) -> Asked[ContainerFileListResponse]:
    """A page of a container's files, in `data`."""
    return asked(_LIST_FILES, locals(), kwargs)


def _upload_container_file(
    container_id: str, file: Any, timeout: float = TIMEOUT_S, custom_llm_provider: str = "openai", **kwargs: Any
) -> Asked[ContainerFileObject]:
    """Puts `file` into a container: bytes, a path, an open binary file, or a tuple of name, content and media type."""
    return asked(_UPLOAD_FILE, locals(), kwargs)


def _retrieve_container_file(
    container_id: str, file_id: str, timeout: float = TIMEOUT_S, custom_llm_provider: str = "openai", **kwargs: Any
) -> Asked[ContainerFileObject]:
    """What is known of a container's file."""
    return asked(_RETRIEVE_FILE, locals(), kwargs)


def _retrieve_container_file_content(
    container_id: str, file_id: str, timeout: float = TIMEOUT_S, custom_llm_provider: str = "openai", **kwargs: Any
) -> Asked[bytes]:
    """The bytes of a container's file."""
    return asked(_FILE_CONTENT, locals(), kwargs)


def _delete_container_file(
    container_id: str, file_id: str, timeout: float = TIMEOUT_S, custom_llm_provider: str = "openai", **kwargs: Any
) -> Asked[DeleteContainerFileResponse]:
    """Deletes a container's file."""
    return asked(_DELETE_FILE, locals(), kwargs)


create_container, acreate_container = pair("create_container", _create_container)
list_containers, alist_containers = pair("list_containers", _list_containers)
retrieve_container, aretrieve_container = pair("retrieve_container", _retrieve_container)
delete_container, adelete_container = pair("delete_container", _delete_container)
list_container_files, alist_container_files = pair("list_container_files", _list_container_files)
upload_container_file, aupload_container_file = pair("upload_container_file", _upload_container_file)
retrieve_container_file, aretrieve_container_file = pair("retrieve_container_file", _retrieve_container_file)
retrieve_container_file_content, aretrieve_container_file_content = pair(
    "retrieve_container_file_content", _retrieve_container_file_content
)
delete_container_file, adelete_container_file = pair("delete_container_file", _delete_container_file)
