"""A multipart request as a body: its fields, numbers as numbers, and its files as (name, content, media type)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.request_body import Body

MAX_FILES = 32
MAX_FIELDS = 200
_NUMBERS: Mapping[str, type[int] | type[float]] = {
    "temperature": float, "n": int, "output_compression": int, "partial_images": int,
}  # fmt: skip
_WORDS = {int: "a whole number", float: "a number"}
_LISTS = frozenset({"timestamp_granularities", "include", "image"})
"""Fields that may come several times, as `name` or as `name[]`."""
_FILES = frozenset({"file", "image", "mask"})
"""Fields that are files. A text there is a path to the SDK, which would read that file of the gateway's machine."""


async def read_form(request: Request) -> Body:
    """A multipart body. Raises InvalidRequestError for one that is none."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise InvalidRequestError("send a multipart/form-data body with a file", "file")
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS) as form:
        return parse_form([(name, await _value(value)) for name, value in form.multi_items()])


async def _value(value: UploadFile | str) -> Any:
    if isinstance(value, str):
        return value
    return value.filename or "file", await value.read(), value.content_type or "application/octet-stream"


def parse_form(items: Iterable[tuple[str, Any]]) -> Body:
    """The body of a form's `items`. Raises InvalidRequestError for a number or a file that is none."""
    body: Body = {}
    for given, value in items:
        name = given.removesuffix("[]")
        if name in _FILES and isinstance(value, str):
            raise InvalidRequestError(f"{name}: expected a file", name)
        if name in _LISTS and (given != name or name in body):
            before = body.get(name, [])
            body[name] = [*(before if isinstance(before, list) else [before]), value]
        else:
            body[name] = value
    for name, kind in _NUMBERS.items():
        try:
            body |= {name: kind(body[name])} if name in body else {}
        except (TypeError, ValueError) as error:
            raise InvalidRequestError(f"{name}: expected {_WORDS[kind]}", name) from error
    if isinstance(body.get("stream"), str):
        body["stream"] = body["stream"].lower() == "true"
    return body
