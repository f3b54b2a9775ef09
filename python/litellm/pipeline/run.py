"""What one call knows about itself while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

import httpx

import litellm
from litellm.litellm_core_utils.callback_registry import any_registered
from litellm.litellm_core_utils.exception_mapping_utils import exception_type, named_in_error
from litellm.litellm_core_utils.get_llm_provider_logic import get_llm_provider
from litellm.litellm_core_utils.litellm_logging import Logging
from litellm.llms.base_llm.chat.transformation import BaseLLMException
from litellm.llms.custom_httpx.reply import Reply
from litellm.llms.wire import ErrorDetails, WireError, WireRequest
from litellm.pipeline.cost import breakdown_of, cost_of
from litellm.pipeline.effects import Send
from litellm.pipeline.telling import Telling, telling
from litellm.secret_managers.aws.settings import without_secrets

PENDING = "<not sent yet>"
STREAM = "<stream>"
"""What callbacks find as `original_response` where there is no text of a reply."""
HIDDEN = "********"
DEFAULT_RETRIES = 2
"""Times that the OpenAI SDK, and so LiteLLM for OpenAI's own format, sends a failed request again."""


class Run:
    """One call: its arguments, what they resolved to, and its record for callbacks."""

    __slots__ = (
        "api_base",
        "api_key",
        "arguments",
        "asked_model",
        "call_type",
        "is_async",
        "logging",
        "model",
        "plain",
        "price",
        "provider",
        "retries",
        "sdk",
        "shown_provider",
        "started",
    )

    def __init__(
        self,
        arguments: dict[str, Any],
        call_type: str,
        *,
        is_async: bool | None = None,
        asked: Callable[[dict[str, Any]], Any] | None = None,
    ) -> None:
        self.arguments = arguments
        self.call_type = call_type
        self.is_async = call_type.startswith("a") and call_type != "add_message" if is_async is None else is_async
        self.asked_model: str = arguments.get("model") or ""
        self.model = self.asked_model
        self.provider: str = arguments.get("custom_llm_provider") or ""
        self.api_base: str | None = arguments.get("api_base") or arguments.get("base_url")
        self.api_key: str | None = arguments.get("api_key")
        self.retries = 0
        self.sdk = False
        self.plain = False
        self.price: Callable[[Run, Any], float | None] | None = None
        self.shown_provider: str | None = None
        self.started = time.perf_counter()
        self.logging: Logging | None = None
        given = arguments.get("litellm_logging_obj")
        if given is not None:
            self.logging = given
        elif any_registered(arguments):
            self.logging = Logging(
                model=self.asked_model,
                messages=asked(arguments) if asked is not None else _asked(arguments),
                stream=arguments.get("stream"),
                call_type=call_type,
                start_time=datetime.now(),
                is_async=self.is_async,
                no_log=bool(arguments.get("no-log")),
                litellm_call_id=arguments.get("litellm_call_id"),
                litellm_trace_id=arguments.get("litellm_trace_id"),
                kwargs=arguments,
            )

    def resolve_provider(self) -> None:
        """Finds the provider, and the model's name, key and base URL there. Raises `BadRequestError` for none."""
        self.model, self.provider, key, base = get_llm_provider(
            model=self.asked_model,
            custom_llm_provider=self.provider or None,
            api_base=self.api_base,
            api_key=self.api_key,
        )
        self.api_key = key or self.api_key
        self.api_base = base or self.api_base
        self.shown_provider = self.provider
        if self.logging is not None:
            self._note_environment({}, {})

    def note_params(self, requested: dict[str, Any], mapped: dict[str, Any]) -> None:
        """Tells the record which parameters the caller asked for, and as what they are sent."""
        if self.logging is not None:
            shown = without_secrets(requested)
            if self.arguments.get("stream") is False:
                shown = {**shown, "stream": False}
            self._note_environment(shown, without_secrets(mapped))

    def _note_environment(self, requested: dict[str, Any], mapped: dict[str, Any]) -> None:
        assert self.logging is not None
        arguments = self.arguments
        litellm_params = {
            "api_base": self.api_base or "",
            "metadata": arguments.get("metadata") or arguments.get("litellm_metadata") or {},
            "litellm_call_id": self.logging.litellm_call_id,
            "custom_llm_provider": self.provider,
            "model_info": arguments.get("model_info"),
            "proxy_server_request": arguments.get("proxy_server_request"),
            "tags": arguments.get("tags"),
            "litellm_session_id": arguments.get("litellm_session_id"),
        }
        self.logging.cost_of = lambda response: cost_of(response, self)
        self.logging.breakdown_of = lambda response: breakdown_of(response, self)
        self.logging.update_environment_variables(
            litellm_params,
            mapped,
            model=self.model,
            user=arguments.get("user"),
            custom_llm_provider=self.provider,
            requested_params=requested,
        )

    def send(self, request: WireRequest, *, stream: bool) -> Send:
        """The effect of sending `request` under this call's timeout and client."""
        return Send(
            request,
            timeout=self.timeout(stream),
            stream=stream,
            verify=self.verify,
            client=self.arguments.get("client"),
        )

    @property
    def verify(self) -> Any:
        """TLS settings: the call's, the package's, or the usual."""
        verify = self.arguments.get("ssl_verify")
        return litellm.ssl_verify if verify is None else verify

    def timeout(self, stream: bool) -> float | httpx.Timeout | None:
        """The call's timeout in seconds; None for the client's default."""
        arguments = self.arguments
        chosen = arguments.get("stream_timeout") if stream else None
        if chosen is None:
            chosen = arguments.get("timeout", arguments.get("request_timeout"))
        if chosen is None or isinstance(chosen, httpx.Timeout):
            return chosen
        return float(chosen)

    def _telling(self) -> Telling:
        return telling(self.call_type, self.provider, sdk=self.sdk)

    def _signs(self) -> bool:
        """Whether the record shows an empty key where the request is signed instead."""
        return self.provider == "bedrock" and not self.call_type.endswith("embedding")

    def _told(self, times: tuple[int, int], said: str, *, whole: bool = True) -> None:
        """Tells callbacks `times` what came back; of a whole reply, last without what upstream forgets."""
        logging = self.logging
        if logging is None:
            return
        count = times[self.is_async]
        for left in range(count, 0, -1):
            if whole and left == 1:
                for name in self._telling().forgets:
                    logging.model_call_details[name] = None
            logging.post_call(original_response=said)

    def log_request(self, request: WireRequest, body: Any = None, *, stream: bool = False) -> None:
        """Tells callbacks that `request` is about to be sent."""
        if self.logging is not None:
            rule = self._telling()
            early = self.is_async and (rule.early_stream if stream else rule.early_reply)
            if early and "original_response" not in self.logging.model_call_details:
                self.logging.note_request(self.logging.messages, self.api_key, {})
                self._told((1, 1), PENDING, whole=False)
            self.logging.pre_call(
                input=self.logging.messages,
                api_key="" if self.api_key is None and self._signs() else self.api_key,
                additional_args={
                    "complete_input_dict": body if body is not None else request.body.decode("utf-8", "replace"),
                    "api_base": self._without_key(request.url),
                    "headers": request.headers,
                },
            )

    def show_url(self, url: str) -> None:
        """Tells the record the whole URL, where the base alone would not say what was asked."""
        if self.logging is not None:
            self.logging.model_call_details["litellm_params"]["api_base"] = self._without_key(url)

    def _without_key(self, url: str) -> str:
        """`url` as callbacks and logs see it: some providers are shown the key in the query."""
        start, _, query = url.partition("?")
        if not query or not self.api_key:
            return url
        key = quote_plus(self.api_key)
        parts = (part.rpartition("=") for part in query.split("&"))
        return f"{start}?{'&'.join(name + mark + (HIDDEN if value == key else value) for name, mark, value in parts)}"

    def log_stream(self) -> None:
        """Tells callbacks that a stream has begun."""
        self._told(self._telling().stream, STREAM, whole=False)

    def log_reply(self, reply: Reply) -> None:
        """Tells callbacks what came back, before it is read."""
        if self.logging is not None:
            self._told(self._telling().reply, reply.body.decode("utf-8", "replace"))

    def log_refusal(self, reply: Reply) -> None:
        """Tells callbacks what a provider said that refused."""
        if self.logging is not None:
            self._told(self._telling().refusal, reply.body.decode("utf-8", "replace"), whole=False)

    def show_provider(self, name: str) -> None:
        """Tells the record the provider by the name that callbacks know it by."""
        if self.logging is not None:
            self.logging.model_call_details["custom_llm_provider"] = name

    def failed(self, error: Exception) -> Exception:
        """The exception that the caller gets for `error`; callbacks are told of it."""
        mapped = self.map_error(error)
        if self.logging is not None:
            self.logging.failure(mapped)
        return mapped

    def map_error(self, error: Exception) -> Exception:
        """`error` as one of `litellm.exceptions`."""
        model = self.asked_model if self.is_async else self.model
        if isinstance(error, WireError) and error.status is not None:
            error = wire_failure(error, error.status)
        elif isinstance(error, httpx.TimeoutException):
            return litellm.Timeout(
                message=f"Timeout Error: {type(error).__name__} {error}",
                model=model,
                llm_provider=named_in_error(self.provider, 408),
            )
        try:
            exception_type(
                model=model,
                original_exception=error,
                custom_llm_provider=self.provider,
                completion_kwargs=self.arguments,
                extra_kwargs={},
            )
        except Exception as mapped:  # noqa: BLE001 - the mapper's way of returning is to raise
            return mapped
        return error


def _asked(arguments: dict[str, Any]) -> Any:
    """What a call is about, as callbacks see it."""
    return arguments.get("messages") or arguments.get("input") or arguments.get("prompt")


def retry_count(run: Run, sdk: bool, asked: int | None) -> int:
    """How often a failed request is sent again: `num_retries`, or else what the provider's own SDK (`sdk`) would do.

    Notes on `run` which of the two it is.
    """
    run.sdk = sdk
    whole = run.arguments.get("num_retries", litellm.num_retries)
    if whole is not None:
        return int(whole)
    if not sdk:
        return 0
    return DEFAULT_RETRIES if asked is None else int(asked)


def wire_failure(error: WireError, status: int) -> BaseLLMException:
    """A broken reply in HTTP terms."""
    details = error.details
    return BaseLLMException(status, error.message, body=None if details is None else details.body)


def refusal(details: ErrorDetails, reply: Reply, *, quoted: bool) -> BaseLLMException:
    """A refused call, with what the provider said about it; `quoted` keeps the fields of its error object."""
    body = details.body if isinstance(details.body, dict) else {}
    error = BaseLLMException(
        reply.status,
        details.message,
        headers=reply.headers,
        request=_request(reply),
        response=reply.response,
        body=body,
    )
    error.code, error.type, error.param = (details.code, details.type, details.param) if quoted else (None, None, None)
    return error


def _request(reply: Reply) -> httpx.Request | None:
    return reply.response.request
