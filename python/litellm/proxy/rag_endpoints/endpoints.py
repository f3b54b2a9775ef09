"""`/rag/ingest`: a file into a vector store of the gateway's account."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from litellm.proxy.charge import Charge
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.estimate import Estimate
from litellm.proxy.metering import Metered
from litellm.proxy.request_asked import only_fields
from litellm.proxy.request_body import Body, parse_body
from litellm.proxy.request_context import authenticated, call_id_of, client_address, headers_of, state_of
from litellm.proxy.request_form import read_form
from litellm.proxy.request_subject import subject_of

PATH = "/rag/ingest"
CALL_TYPE = "arag_ingest"
_STORE = frozenset({"custom_llm_provider", "vector_store_id", "ttl_days"})
_OPTIONS = frozenset({"name", "chunking_strategy", "vector_store", "embedding", "ocr"})


def routes() -> list[BaseRoute]:
    """Both spellings."""
    return [Route(prefix + PATH, ingest, methods=["POST"], name=f"{CALL_TYPE}:{prefix}") for prefix in ("/v1", "")]


async def ingest(request: Request) -> Response:
    """A form with `file` and `request` (JSON), or JSON with `file` in base64 or `file_id`; and `ingest_options`."""
    from litellm import rag

    auth, state = await authenticated(request, PATH), state_of(request)
    body = await _body(request)
    subject = await subject_of(state, auth, {**body, "model": ""}, headers_of(request), "metadata")
    charge = Charge(
        state, subject.auth, CALL_TYPE, "", PATH, call_id_of(request), client_address(request)
    )  # fmt: skip
    await charge.admit(subject.limits)
    try:
        body = await state.hooks.pre_call(subject.auth, body, CALL_TYPE)
        await charge.reserve(Estimate(), subject.accounts)
    except BaseException as error:
        charge.refused(error)
        raise
    try:
        given = {name: body.get(name) for name in ("file_data", "file", "file_id")}
        made = await rag.aingest(body["ingest_options"], **given)
    except asyncio.CancelledError as cancelled:
        state.keep(charge.settle(Metered(), "failure", error=cancelled))
        raise
    except Exception as error:
        await charge.settle(Metered(), "failure", error=error)
        raise
    await charge.settle(Metered(), "success" if made["status"] == "completed" else "failure")
    return JSONResponse(made)


async def _body(request: Request) -> Body:
    """The request, which can name no address, no account and no path. Raises InvalidRequestError."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        form = await read_form(request)
        body = parse_body(str(form.get("request") or form.get("request_data") or "{}").encode())
        file = form.get("file")
        given = {"file_data": file} if isinstance(file, tuple) else {}
    else:
        body, given = parse_body(await request.body()), {}
    # Only the form itself has a file here: a text would be the path of one on the gateway's machine.
    body = {name: value for name, value in body.items() if name != "file_data"} | given
    if body.get("file_url") is not None:
        raise InvalidRequestError(
            "file_url: the gateway fetches no URL that a request names; send the file", "file_url"
        )
    options = body.get("ingest_options")
    if not isinstance(options, dict) or not isinstance(options.get("vector_store"), dict):
        raise InvalidRequestError("ingest_options: an object with vector_store is required", "ingest_options")
    only_fields(options, "ingest_options", _OPTIONS)
    only_fields(options["vector_store"], "ingest_options.vector_store", _STORE)
    if not isinstance(body.get("file"), (dict, type(None))):
        raise InvalidRequestError("file: an object with filename, content and content_type is expected", "file")
    if not isinstance(body.get("file_id"), (str, type(None))):
        raise InvalidRequestError("file_id: a string is expected", "file_id")
    return body
