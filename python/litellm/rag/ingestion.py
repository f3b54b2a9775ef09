"""The steps of putting a file into a vector store: the store, the file, and the one into the other."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import litellm
from litellm.files.main import CREATE as CREATE_FILE
from litellm.llms.openai.stored import PROVIDERS
from litellm.llms.wire import WireRequest
from litellm.pipeline.effects import Send, Steps
from litellm.vector_store_files.main import CREATE as ADD_FILE
from litellm.vector_stores.main import CREATE

DEFAULT_NAME = "litellm-rag-ingest"
DEFAULT_CHUNK_TOKENS = 800
_ACCOUNT = ("custom_llm_provider", "api_key", "api_base", "api_version", "organization")


def ingest_steps(
    options: Mapping[str, Any], file_data: tuple[str, bytes, str] | None, file: Mapping[str, str] | None,
    file_url: str | None, file_id: str | None, arguments: Mapping[str, Any], prefix: str,
) -> Steps[dict[str, Any]]:  # fmt: skip
    """The steps of an ingestion; `prefix` of call types is `a` on an event loop. Raises `BadRequestError`."""
    store = options.get("vector_store")
    if not isinstance(store, Mapping):
        raise _refused("ingest_options.vector_store: a mapping with custom_llm_provider is required")
    provider = store.get("custom_llm_provider") or "openai"
    if provider not in PROVIDERS:
        raise _refused(
            f"ingest_options.vector_store.custom_llm_provider: expected one of {', '.join(sorted(PROVIDERS))}"
        )
    for name in ("embedding", "ocr"):
        if options.get(name):
            raise _refused(f"ingest_options.{name}: the provider of the vector store does this itself")
    content = file_data if file_data is not None else _decoded(file)
    if content is None and file_url:
        content = yield from _fetched(file_url, arguments.get("timeout"))
    if content is None and not file_id:
        raise _refused("file: give file_data, file, file_url or file_id")
    store_id = store.get("vector_store_id")
    if content is None and not store_id:
        raise _refused("ingest_options.vector_store.vector_store_id: a stored file goes into a store that there is")
    chunks, new_store = _chunks(options), {} if store_id else _new_store(options, store)
    account = {name: store[name] for name in _ACCOUNT if store.get(name)} | {"custom_llm_provider": provider}
    asked = {name: value for name, value in arguments.items() if value is not None} | account
    known: dict[str, Any] = {"id": f"ingest_{uuid.uuid4()}", "vector_store_id": store_id or "", "file_id": file_id}
    try:
        if not store_id:
            made = yield from CREATE({**asked, **new_store}, f"{prefix}vector_store_create")
            known["vector_store_id"] = made["id"]
        if content is not None:
            kept = yield from CREATE_FILE({**asked, "file": content, "purpose": "assistants"}, f"{prefix}create_file")
            known["file_id"] = kept.id
        put = {name: known[name] for name in ("vector_store_id", "file_id")} | {"chunking_strategy": chunks}
        yield from ADD_FILE({**asked, **put}, f"{prefix}vector_store_file_create")
    except tuple(litellm.LITELLM_EXCEPTION_TYPES) as error:
        return {**known, "status": "failed", "error": str(error)}
    return {**known, "status": "completed"}


def _new_store(options: Mapping[str, Any], store: Mapping[str, Any]) -> dict[str, Any]:
    days = whole(store.get("ttl_days"), "ingest_options.vector_store.ttl_days")
    expiry = {"expires_after": {"anchor": "last_active_at", "days": days}} if days else {}
    return {"name": options.get("name") or DEFAULT_NAME, **expiry}


def _chunks(options: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAI's strategy: its own words, or sizes in tokens. Raises `BadRequestError` for sizes that are none."""
    given, name = options.get("chunking_strategy"), "ingest_options.chunking_strategy"
    if not isinstance(given, Mapping):
        return {"type": "auto"}
    if "type" in given:
        return dict(given)
    size = whole(given.get("chunk_size"), f"{name}.chunk_size") or DEFAULT_CHUNK_TOKENS
    overlap = min(whole(given.get("chunk_overlap"), f"{name}.chunk_overlap"), size // 2)
    return {"type": "static", "static": {"max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap}}


def whole(value: Any, name: str) -> int:
    """`value` as a number of 0 or more; 0 for none. Raises `BadRequestError` that calls it `name`."""
    try:
        number = int(value or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise _refused(f"{name}: expected a whole number") from error
    if number < 0:
        raise _refused(f"{name}: expected a whole number of 0 or more")
    return number


def _decoded(file: Mapping[str, str] | None) -> tuple[str, bytes, str] | None:
    if file is None:
        return None
    try:
        content = base64.b64decode(file["content"], validate=True)
    except (KeyError, TypeError, ValueError) as error:
        raise _refused("file.content: expected base64") from error
    return str(file.get("filename") or "file"), content, str(file.get("content_type") or "application/octet-stream")


def _fetched(url: str, timeout: float | None) -> Steps[tuple[str, bytes, str]]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise _refused("file_url: expected http:// or https://")
    reply = yield Send(WireRequest("GET", url, {}, b""), timeout=timeout)
    if reply.status >= 300:
        raise _refused(f"file_url: the server answered {reply.status}")
    kind = reply.headers.get("content-type", "application/octet-stream").partition(";")[0]
    return PurePosixPath(parts.path).name or "file", reply.body, kind


def _refused(message: str) -> litellm.BadRequestError:
    return litellm.BadRequestError(message=message, model="", llm_provider="")
