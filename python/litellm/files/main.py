"""Files that a provider keeps: stored, listed, read and deleted, each call blocking and on an event loop."""

from __future__ import annotations

from typing import Any

from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.openai import stored
from litellm.llms.wire import decode_object
from litellm.pipeline.arguments import given
from litellm.pipeline.effects import run_async, run_sync
from litellm.pipeline.results import hidden_params
from litellm.pipeline.run import Run
from litellm.pipeline.stored import as_object, stored_steps, with_hidden
from litellm.types.binary import HttpxBinaryResponseContent
from litellm.types.files import AsyncCursorPage, FileDeleted, FileObject, OpenAIFileObject, SyncCursorPage

__all__ = [
    "acreate_file",
    "afile_content",
    "afile_delete",
    "afile_list",
    "afile_retrieve",
    "create_file",
    "file_content",
    "file_delete",
    "file_list",
    "file_retrieve",
]


def _content(run: Run, reply: Reply) -> HttpxBinaryResponseContent:
    made = HttpxBinaryResponseContent(reply.response, reply.body)
    made._hidden_params = hidden_params(run, reply.headers)
    return made


def _page(run: Run, reply: Reply) -> Any:
    data = decode_object(reply.body)
    data["data"] = [FileObject(**item) for item in data.get("data") or ()]
    return AsyncCursorPage[FileObject](**data) if run.is_async else SyncCursorPage[FileObject](**data)


CREATE = stored_steps(
    lambda call, asked: stored.upload(
        call, asked["file"], {"purpose": asked.get("purpose"), "expires_after": asked.get("expires_after")}
    ),
    with_hidden(OpenAIFileObject, response_cost=0.0),
)
_RETRIEVE = stored_steps(
    lambda call, asked: stored.request(call, "GET", f"/files/{stored.named('file_id', asked.get('file_id'))}"),
    as_object(FileObject),
)
_DELETE = stored_steps(
    lambda call, asked: stored.request(call, "DELETE", f"/files/{stored.named('file_id', asked.get('file_id'))}"),
    as_object(FileDeleted),
)
_LIST = stored_steps(
    lambda call, asked: stored.request(
        call, "GET", "/files", query={"purpose": asked["purpose"]} if asked.get("purpose") else None
    ),
    _page,
)
_CONTENT = stored_steps(
    lambda call, asked: stored.request(call, "GET", f"/files/{stored.named('file_id', asked.get('file_id'))}/content"),
    _content,
)


def create_file(
    file: Any,
    purpose: str,
    expires_after: dict[str, Any] | None = None,
    custom_llm_provider: str | None = None,
    extra_headers: dict[str, str] | None = None,
    extra_body: dict[str, Any] | None = None,
    **kwargs: Any,
) -> OpenAIFileObject:
    """Stores `file` (bytes, a path, an open binary file, or a tuple of name, content and media type) for `purpose`."""
    made: OpenAIFileObject = run_sync(CREATE(given(locals(), kwargs), "create_file"))
    return made


async def acreate_file(
    file: Any, purpose: str, custom_llm_provider: str | None = None, **kwargs: Any
) -> OpenAIFileObject:
    """`create_file` on an event loop."""
    made: OpenAIFileObject = await run_async(CREATE(given(locals(), kwargs), "acreate_file"))
    return made


def file_retrieve(file_id: str, custom_llm_provider: str = "openai", **kwargs: Any) -> FileObject:
    """What is known of a stored file."""
    made: FileObject = run_sync(_RETRIEVE(given(locals(), kwargs), "file_retrieve"))
    return made


async def afile_retrieve(file_id: str, custom_llm_provider: str = "openai", **kwargs: Any) -> FileObject:
    """`file_retrieve` on an event loop."""
    made: FileObject = await run_async(_RETRIEVE(given(locals(), kwargs), "afile_retrieve"))
    return made


def file_delete(file_id: str, custom_llm_provider: str = "openai", **kwargs: Any) -> FileDeleted:
    """Deletes a stored file."""
    made: FileDeleted = run_sync(_DELETE(given(locals(), kwargs), "file_delete"))
    return made


async def afile_delete(file_id: str, custom_llm_provider: str = "openai", **kwargs: Any) -> FileDeleted:
    """`file_delete` on an event loop."""
    made: FileDeleted = await run_async(_DELETE(given(locals(), kwargs), "afile_delete"))
    return made


def file_list(custom_llm_provider: str = "openai", purpose: str | None = None, **kwargs: Any) -> Any:
    """A page of the stored files, those of `purpose` where it is given."""
    return run_sync(_LIST(given(locals(), kwargs), "file_list"))


async def afile_list(custom_llm_provider: str = "openai", purpose: str | None = None, **kwargs: Any) -> Any:
    """`file_list` on an event loop."""
    return await run_async(_LIST(given(locals(), kwargs), "afile_list"))


def file_content(file_id: str, custom_llm_provider: str | None = None, **kwargs: Any) -> HttpxBinaryResponseContent:
    """The bytes of a stored file."""
    made: HttpxBinaryResponseContent = run_sync(_CONTENT(given(locals(), kwargs), "file_content"))
    return made


async def afile_content(
    file_id: str, custom_llm_provider: str | None = None, **kwargs: Any
) -> HttpxBinaryResponseContent:
    """`file_content` on an event loop."""
    made: HttpxBinaryResponseContent = await run_async(_CONTENT(given(locals(), kwargs), "afile_content"))
    return made
