"""`/utils/transform_request`, `/utils/dotprompt_json_converter`: what would be sent, and prompts from files."""

from __future__ import annotations

from pathlib import PurePath
from types import SimpleNamespace
from typing import Any

import orjson
import yaml
from fastapi import Request
from starlette.datastructures import UploadFile

from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.guarded_router import guarded_router
from litellm.proxy.management_endpoints.common.fields import Fields
from litellm.proxy.model_access import acting, check_model
from litellm.proxy.request_body import refuse_control_fields
from litellm.proxy.request_context import authenticated, state_of

router = guarded_router("llm utils")
MAX_PROMPT = 1024 * 1024
"""Bytes of a prompt's file."""
_SHOWN_SECRET = 4
_SECRET_HEADERS = ("authorization", "api-key", "x-api-key", "x-goog-api-key")
_CALL_TYPES = ("completion", "acompletion")


class TransformRequest(Fields):
    """POST /utils/transform_request."""

    call_type: str
    request_body: dict[str, Any]


@router.post("/utils/transform_request")
async def transform_request(body: TransformRequest, request: Request) -> dict[str, Any]:
    """What a chat completion would be sent to its provider as; nothing is sent."""
    auth, state = await authenticated(request), state_of(request)
    if body.call_type not in _CALL_TYPES:
        raise InvalidRequestError(f"call_type: expected one of {', '.join(_CALL_TYPES)}", "call_type")
    asked = dict(body.request_body)
    if not isinstance(asked.get("model"), str) or not isinstance(asked.get("messages"), list):
        raise InvalidRequestError("request_body: model and messages are required", "request_body")
    refuse_control_fields(asked, admin=auth.user_role == "proxy_admin", client_credentials=False)
    check_model(state, acting(state, auth, asked["model"]), asked)
    deployment = next(iter(state.catalog.deployments_of(asked["model"])), None)
    if deployment is not None:
        asked = {**asked, **deployment["litellm_params"]}
    return _transformed(asked)


def _transformed(arguments: dict[str, Any]) -> dict[str, Any]:
    """The first request of a chat's steps, which are taken no further."""
    from litellm.exceptions import LITELLM_EXCEPTION_TYPES
    from litellm.pipeline.chat import chat_steps

    steps = chat_steps(arguments, "acompletion")
    try:
        effect: Any = next(steps)
    except StopIteration:
        return {"error": "this request is answered without being sent"}
    except tuple(LITELLM_EXCEPTION_TYPES) as error:
        return {"error": str(error)}
    finally:
        steps.close()
    sent = getattr(effect, "request", None)
    if sent is None:  # its signature is made first, from these parts
        sent = SimpleNamespace(**{"url": "", "headers": {}, "body": b"{}", **getattr(effect, "kwargs", {})})
    return {
        "raw_request_api_base": sent.url, "raw_request_body": orjson.loads(sent.body or b"{}"),
        "raw_request_headers": {name: _masked(name, value) for name, value in sent.headers.items()}, "error": None,
    }  # fmt: skip


def _masked(name: str, value: str) -> str:
    if name.lower() not in _SECRET_HEADERS:
        return value
    return f"{value[:-_SHOWN_SECRET][:10]}****{value[-_SHOWN_SECRET:]}" if len(value) > 20 else "****"


@router.post("/utils/dotprompt_json_converter")
async def dotprompt_json_converter(request: Request) -> dict[str, Any]:
    """A `.prompt` file as JSON: its text, and what is before it between lines of `---`."""
    await authenticated(request)
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not (file.filename or "").endswith(".prompt"):
            raise InvalidRequestError("file: a .prompt file is required", "file")
        name, raw = PurePath(file.filename or "").stem, await file.read(MAX_PROMPT + 1)
    if len(raw) > MAX_PROMPT:
        raise InvalidRequestError(f"file: longer than {MAX_PROMPT} bytes", "file", 413)
    try:
        text = raw.decode()
        head, found, content = text.removeprefix("---\n").partition("\n---\n")
        whole = not (found and text.startswith("---\n"))
        content = text if whole else content
        metadata = {} if whole else yaml.safe_load(head)
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidRequestError(f"file: {error}", "file") from error
    return {"prompt_id": name, "json_data": {"content": content.strip(), "metadata": metadata or {}}}
