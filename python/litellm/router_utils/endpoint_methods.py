"""`Router`'s methods that send a request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from litellm.llms.responses.ids import RESPONSE, VIDEO, decode_id
from litellm.router_utils.base import RouterBase
from litellm.router_utils.call import Endpoint, Sent, is_stream
from litellm.router_utils.effects import run_async, run_sync
from litellm.router_utils.endpoint_table import ENDPOINTS, ITEM_ENDPOINTS, SDK_NAMES, is_asynchronous
from litellm.router_utils.streaming import routed_stream


class Resumed(Protocol):
    """An attempt at a deployment that the routing table counts as under way; `client()` answers its request."""

    model_id: str

    def client(self) -> Any: ...


class EndpointMethods(RouterBase):
    """Every endpoint of the SDK, with the router's selection, retries and fallbacks around it."""

    def _sdk(self, name: str) -> Callable[..., Any]:
        """The SDK's function of this name."""
        raise NotImplementedError

    def _keeper(self, kwargs: dict[str, Any]) -> str | None:
        """The deployment that keeps what `response_id` or `video_id` names, if it is one of this router's."""
        for kind in (RESPONSE, VIDEO):
            model_id = decode_id(str(kwargs.get(f"{kind}_id") or ""), kind).model_id
            if model_id and self._selector.knows(model_id):
                return model_id
        return None

    def _run(self, name: str, model: str, kwargs: dict[str, Any], metadata_name: str = "metadata") -> Any:
        headers = metadata_name == "metadata"  # upstream's synchronous generic endpoints carry none
        endpoint = Endpoint(self._sdk(name), False, metadata_name, headers, name in ITEM_ENDPOINTS)
        attempt = sent = None
        if (first := self._begin(endpoint, model, kwargs)) is not None:
            attempt, arguments = first
            try:
                response = endpoint.function(**arguments)
            except Exception as error:  # noqa: BLE001 - the plan raises it again, or has an answer to it
                sent = Sent(error=error)
            except BaseException:
                self._log.abandoned(attempt)
                raise
            else:
                if not is_stream(response):
                    return self._shortcut.ended(endpoint, attempt, response)
                sent = Sent(response)
        call = self._call(endpoint, kwargs, attempt)
        plan = call.plan(model, sent)
        result, done = run_sync(plan)
        return result if done else routed_stream(call, plan, result)

    async def _arun(
        self, name: str, model: str, kwargs: dict[str, Any], metadata_name: str = "metadata", begun: Any = None,
        resumed: Resumed | None = None,
    ) -> Any:  # fmt: skip
        """Send a request; `begun` is called and waited for once its first attempt holds a deployment."""
        endpoint = Endpoint(self._sdk(name), True, metadata_name, items=name in ITEM_ENDPOINTS)
        attempt = sent = None
        if resumed is not None:
            first = self._shortcut.resume(endpoint, model, kwargs, resumed.model_id)
            if first is not None:
                first[1]["client"] = resumed.client()
        else:
            first = self._begin(endpoint, model, kwargs) if begun is None else None
        if first is not None:
            attempt, arguments = first
            try:
                response = await endpoint.function(**arguments)
            except Exception as error:  # noqa: BLE001 - the plan raises it again, or has an answer to it
                sent = Sent(error=error)
            except BaseException:
                self._log.abandoned(attempt)
                raise
            else:
                if not is_stream(response):
                    return self._shortcut.ended(endpoint, attempt, response)
                sent = Sent(response)
        call = self._call(endpoint, kwargs, attempt)
        call.begun = begun
        plan = call.plan(model, sent)
        result, done = await run_async(plan)
        return result if done else routed_stream(call, plan, result)

    def completion(self, model: str, messages: list[Any], **kwargs: Any) -> Any:
        """`litellm.completion` on a deployment of `model`; raises what it raises, or says why there is none."""
        return self._run("completion", model, {"messages": messages, **kwargs})

    async def acompletion(self, model: str, messages: list[Any], stream: bool = False, **kwargs: Any) -> Any:
        """`litellm.acompletion` on a deployment of `model`; raises what it raises, or says why there is none."""
        if kwargs.get("priority") is not None or self.settings.default_priority is not None:
            return await self._scheduled(model, {"messages": messages, "stream": stream, **kwargs})
        return await self._arun("acompletion", model, {"messages": messages, "stream": stream, **kwargs})

    async def acompletion_data(
        self, model: str, messages: list[Any], resumed: Resumed | None = None, **kwargs: Any
    ) -> Any:
        """`acompletion` for callers that pass its answer on as JSON: see `litellm.acompletion_data`.

        `resumed` is an attempt that was made already: the call goes on with what came of it.
        """
        if kwargs.get("priority") is not None or self.settings.default_priority is not None:
            return await self.acompletion(model, messages, **kwargs)
        return await self._arun("acompletion_data", model, {"messages": messages, **kwargs}, resumed=resumed)

    async def _scheduled(self, model: str, kwargs: dict[str, Any]) -> Any:
        raise NotImplementedError

    def embedding(self, model: str, input: str | list[Any], **kwargs: Any) -> Any:
        """`litellm.embedding` on a deployment of `model`."""
        return self._run("embedding", model, {"input": input, **kwargs})

    async def aembedding(self, model: str, input: str | list[Any], **kwargs: Any) -> Any:
        """`litellm.aembedding` on a deployment of `model`."""
        return await self._arun("aembedding", model, {"input": input, **kwargs})

    def text_completion(self, model: str, prompt: Any, **kwargs: Any) -> Any:
        """`litellm.text_completion` on a deployment of `model`."""
        return self._run("text_completion", model, {"prompt": prompt, **kwargs})

    async def atext_completion(self, model: str, prompt: Any, **kwargs: Any) -> Any:
        """`litellm.atext_completion` on a deployment of `model`."""
        return await self._arun("atext_completion", model, {"prompt": prompt, **kwargs})

    async def aadapter_completion(self, adapter_id: str, model: str, **kwargs: Any) -> Any:
        """`litellm.aadapter_completion` on a deployment of `model`."""
        return await self._arun("aadapter_completion", model, {"adapter_id": adapter_id, **kwargs})

    async def abatch_completion(self, models: list[str], messages: list[Any], **kwargs: Any) -> list[Any]:
        """Ask every model; `messages` is one conversation or a list of them. The answer of a failed call is its error.

        One conversation gives a list by model; several give, for each conversation, a list by model.
        """

        async def ask(conversation: list[Any]) -> list[Any]:
            calls = (self.acompletion(model, conversation, **kwargs) for model in models)
            return list(await asyncio.gather(*calls, return_exceptions=True))

        if not messages or isinstance(messages[0], dict):
            return await ask(messages)
        return list(await asyncio.gather(*map(ask, messages)))

    async def abatch_completion_one_model_multiple_requests(
        self, model: str, messages: list[list[Any]], **kwargs: Any
    ) -> list[Any]:
        """Ask one model each conversation. The answer of a failed call is its error."""
        return await asyncio.gather(
            *(self.acompletion(model, each, **kwargs) for each in messages), return_exceptions=True
        )

    async def abatch_completion_fastest_response(
        self, model: str, messages: list[Any], stream: bool = False, **kwargs: Any
    ) -> Any:
        """Ask every model of the comma-separated `model` at once; the first answer counts and the others are cancelled.

        Raises the last error when every model fails.
        """
        names = [name.strip() for name in model.split(",") if name.strip()]
        if not names:
            raise ValueError("model: name at least one model")
        tasks = [asyncio.ensure_future(self.acompletion(name, messages, stream=stream, **kwargs)) for name in names]
        try:
            for finished in asyncio.as_completed(tasks):
                try:
                    return await finished
                except Exception as error:  # noqa: BLE001 - raised below when no other model answers
                    last = error
            raise last
        finally:
            for task in tasks:
                task.cancel()


def _asynchronous(name: str, metadata_name: str) -> Callable[..., Any]:
    async def endpoint(self: EndpointMethods, *args: Any, model: str | None = None, **kwargs: Any) -> Any:
        model = model or self._keeper(kwargs)
        if model is None:
            return await self._sdk(SDK_NAMES.get(name, name))(*args, **kwargs)
        return await self._arun(SDK_NAMES.get(name, name), model, kwargs, metadata_name)

    return endpoint


def _blocking(name: str, metadata_name: str) -> Callable[..., Any]:
    def endpoint(self: EndpointMethods, *args: Any, model: str | None = None, **kwargs: Any) -> Any:
        model = model or self._keeper(kwargs)
        if model is None:
            return self._sdk(SDK_NAMES.get(name, name))(*args, **kwargs)
        return self._run(SDK_NAMES.get(name, name), model, kwargs, metadata_name)

    return endpoint


def _install() -> None:
    for name, metadata_name in ENDPOINTS.items():
        made = (_asynchronous if is_asynchronous(name) else _blocking)(name, metadata_name)
        made.__name__, made.__qualname__ = name, f"Router.{name}"
        made.__doc__ = f"`litellm.{name}` on a deployment of `model`; without a model, as it is."
        setattr(EndpointMethods, name, made)


_install()
