"""What `general_settings` say of files that are uploaded and downloaded: names, sizes, and how many."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from starlette.datastructures import UploadFile

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.spend_tracking.rate_limits import RateLimit

if TYPE_CHECKING:
    from starlette.requests import Request

    from litellm.proxy.state import GatewayState

_MIB = 1024 * 1024
_CHUNK = 1 << 16
_BATCH = "batch"


async def check_upload(request: Request, state: GatewayState, auth: UserAPIKeyAuth) -> None:
    """Check the files of a form. Raises InvalidRequestError: 400 for a name or too many records, 413 for a size.

    `max_file_size_mb`, `allowed_file_extensions`, `blocked_file_extensions`; for `purpose=batch` also
    `max_batch_file_size_mb` and `max_batch_file_records`, which the metadata of a key and of its team may name too.
    """
    general = state.config.general_settings.raw
    rules = (*_NAMES, "max_file_size_mb", "max_batch_file_size_mb", _RECORDS)
    if not any(general.get(name) is not None for name in rules) and _least(general, auth, _RECORDS) is None:
        return
    await request.body()  # kept, so that it can be sent on
    async with request.form(max_files=1000, max_fields=1000) as form:
        batch = form.get("purpose") == _BATCH
        for file in (value for _, value in form.multi_items() if isinstance(value, UploadFile)):
            _check_name(general, file.filename or "")
            _check_size(general, "max_file_size_mb", file.size or 0)
            if batch:
                _check_size(general, "max_batch_file_size_mb", file.size or 0)
                await _check_records(_least(general, auth, _RECORDS), file)


_NAMES = ("allowed_file_extensions", "blocked_file_extensions")
_RECORDS = "max_batch_file_records"
UPLOADS, DOWNLOADS = "max_batch_file_uploads_per_day", "max_file_downloads_per_minute"


def _check_name(general: Mapping[str, Any], filename: str) -> None:
    extension = PurePosixPath(filename.replace("\\", "/")).suffix.lower()
    allowed, blocked = (_extensions(general.get(name)) for name in _NAMES)
    if allowed is not None and extension not in allowed:
        message = f"file: {extension or 'no extension'} is not among allowed_file_extensions"
        raise InvalidRequestError(message, "file")
    if blocked is not None and extension in blocked:
        raise InvalidRequestError(f"file: {extension} is among blocked_file_extensions", "file")


def _extensions(given: Iterable[Any] | None) -> frozenset[str] | None:
    return None if given is None else frozenset("." + str(one).strip().lower().lstrip(".") for one in given)


def _check_size(general: Mapping[str, Any], name: str, size: int) -> None:
    most = general.get(name)
    if most is not None and most > 0 and size > most * _MIB:
        raise InvalidRequestError(f"file: over the limit of {most:g} MB ({name})", "file", 413, "request_too_large")


async def _check_records(most: int | None, file: UploadFile) -> None:
    if most is None:
        return
    count, blank = 0, True
    while chunk := await file.read(_CHUNK):
        for piece in chunk.splitlines(keepends=True):
            blank = blank and not piece.strip()
            if piece.endswith((b"\n", b"\r")):
                count, blank = count + (not blank), True
    if count + (not blank) > most:
        raise InvalidRequestError(f"file: more than {most} records ({_RECORDS})", "file")


def _least(general: Mapping[str, Any], auth: UserAPIKeyAuth, name: str) -> int | None:
    """A limit: the key's own instead of the settings', and at most its team's."""
    own = auth.metadata.get(name)
    found = [general.get(name) if own is None else own, auth.team_metadata.get(name)]
    numbers = [one for one in found if isinstance(one, int) and not isinstance(one, bool)]
    return min(numbers) if numbers else None


def file_limits(state: GatewayState, auth: UserAPIKeyAuth, *, file_id: str | None) -> list[RateLimit]:
    """The limit of a download of `file_id`, or of an upload for a batch: of the key, and of its team together."""
    name = UPLOADS if file_id is None else DOWNLOADS
    general, found = state.config.general_settings.raw, list[RateLimit]()
    what = datetime.datetime.now(datetime.timezone.utc).date().isoformat() if file_id is None else file_id
    own = auth.metadata.get(name)
    holders = (("key", auth.token, general.get(name) if own is None else own),
               ("team", auth.team_id, auth.team_metadata.get(name)))  # fmt: skip
    for kind, holder, most in holders:
        if isinstance(most, int) and not isinstance(most, bool):
            found.append(
                RateLimit(f"{name}_{kind}", f"{holder}:{what}", "uploads" if file_id is None else "requests", most)
            )
    return found
