"""Realtime sessions: a client's websocket, connected to a provider's."""

from __future__ import annotations

import os
import ssl
from typing import Any

import litellm
from litellm.llms.openai.realtime import realtime_headers, realtime_url, speaks_realtime
from litellm.pipeline.arguments import given
from litellm.pipeline.cost import cost_of
from litellm.pipeline.endpoint import resolve_endpoint
from litellm.pipeline.results import hidden_params
from litellm.pipeline.run import Run
from litellm.secret_managers.azure.signer import OPTIONS as AZURE_OPTIONS, entra_signer
from litellm.types.realtime import RealtimeSession, SessionObserver, SessionScreen
from litellm.types.usage import Usage

CONNECT_TIMEOUT_S = 10.0
MAX_MESSAGE_BYTES = int(os.environ.get("REALTIME_WEBSOCKET_MAX_MESSAGE_SIZE_BYTES", 16 * 1024 * 1024))
INSTALL = "realtime sessions need the package websockets: pip install websockets"


async def _arealtime(
    model: str,
    websocket: Any,
    api_base: str | None = None,
    api_key: str | None = None,
    api_version: str | None = None,
    azure_ad_token: str | None = None,
    client: Any = None,
    timeout: float | None = None,
    query_params: dict[str, Any] | None = None,
    observer: SessionObserver | None = None,
    screen: SessionScreen | None = None,
    **kwargs: Any,
) -> RealtimeSession:
    """Connects `websocket`, the accepted side of a client, with the realtime API of `model` until one side closes.

    `query_params` are what the client asks for beside the model; `timeout`, in seconds, is for connecting; `observer`
    is told of each response, and may end the session; `screen` sees what is said before the other side does. Returns
    what the session used. Raises the exceptions of `litellm.exceptions` when the provider cannot be reached.
    """
    run = Run(given(locals(), kwargs), "_arealtime", is_async=True)
    try:
        run.resolve_provider()
        connection = await _connected(run)
    except Exception as error:
        raise run.failed(_plain(error)) from error
    return await _held(run, connection)


async def _connected(run: Run) -> Any:
    try:
        from websockets.asyncio.client import connect
    except ImportError as error:
        raise litellm.APIConnectionError(message=INSTALL, llm_provider=run.provider, model=run.model) from error
    if not speaks_realtime(run.provider):
        raise litellm.BadRequestError(
            message=f"{run.provider} has no realtime API that is known here", model=run.model, llm_provider=run.provider
        )
    resolve_endpoint(run)
    if not run.api_base:
        raise litellm.BadRequestError(
            message="api_base: where the provider is, is not known", model=run.model, llm_provider=run.provider
        )
    asked = {name: value for name, value in (run.arguments.get("query_params") or {}).items() if name != "model"}
    url = realtime_url(run.provider, run.model, run.api_base, asked, run.arguments.get("api_version"))
    run.show_url(url)
    run.note_params({}, {})
    headers = await _signed(run, url)
    wait = run.timeout(False)
    return await connect(
        url,
        additional_headers={**headers, **(run.arguments.get("extra_headers") or {})},
        open_timeout=min(wait, CONNECT_TIMEOUT_S) if isinstance(wait, float) else CONNECT_TIMEOUT_S,
        max_size=MAX_MESSAGE_BYTES,
        ssl=_unverified() if url.startswith("wss:") and run.verify is False else None,
    )


async def _signed(run: Run, url: str) -> dict[str, str]:
    token = run.arguments.get("azure_ad_token")
    headers = realtime_headers(run.provider, run.api_key, token)
    if headers or run.provider != "azure":
        return headers
    signer = entra_signer({name: run.arguments[name] for name in AZURE_OPTIONS if name in run.arguments})
    return {} if signer is None else await signer.async_sign("GET", url, {}, b"")


def _unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _plain(error: Exception) -> Exception:
    """A refused handshake in HTTP terms; other errors as they are."""
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    if status is None or isinstance(error, litellm.exceptions.OpenAIError):
        return error
    from litellm.llms.base_llm.chat.transformation import BaseLLMException

    body = bytes(getattr(response, "body", None) or b"")[:2000].decode("utf-8", "replace")
    return BaseLLMException(int(status), body or str(error))


async def _held(run: Run, connection: Any) -> RealtimeSession:
    """The session, from the first message to the last."""
    from litellm.realtime_api.relay import Heard, relay
    from litellm.realtime_api.unfinished import Unfinished

    if run.logging is not None:
        run.logging.pre_call(input=[], api_key=run.api_key, additional_args={})
    observer: SessionObserver | None = run.arguments.get("observer")

    async def began() -> bool:
        return observer is None or await observer.began()

    async def done(usage: dict[str, Any], finished: bool) -> bool:
        response = _session(run, heard.session_id, 1, usage)
        response.finished = finished
        return observer is None or await observer.ended(response)

    heard = Heard(began, done, Unfinished(run.model))
    try:
        await relay(run.arguments["websocket"], connection, heard, run.arguments.get("screen"))
    finally:
        await heard.close()
        session = _session(run, heard.session_id, heard.responses, heard.usage)
        if run.logging is not None:
            run.logging.success(session)
    return session


def _session(run: Run, session_id: str | None, responses: int, usage: dict[str, Any]) -> RealtimeSession:
    used = Usage(**(usage or {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}))
    session = RealtimeSession(id=session_id, model=run.model, responses=responses, usage=used)
    session._hidden_params = {**hidden_params(run, None), "response_cost": cost_of(session, run)}
    return session
