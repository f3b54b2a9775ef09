"""What is compared with acceleration and without; run inside `observe.py`. Each call is made several times: the first
of a kind is upstream's own, from which the later ones are learnt."""

from __future__ import annotations

import asyncio
import collections
import importlib.metadata
import json
import time
from typing import Any
from unittest import mock

import litellm
from observe import REPLIES, SEEN, STREAMS, attempt, shown  # type: ignore[import-not-found]

MESSAGES = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": 'Größe 世界 "q" \\ \n 😀'}]
TOOLS = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]
PARAMETERS: tuple[dict[str, Any], ...] = (
    {},
    {"temperature": 0.5, "max_tokens": 10, "user": "ann", "seed": 7},
    {"stop": ["a", "b"], "n": 2, "top_p": 1, "presence_penalty": 0.1, "logit_bias": {"1": 2}},
    {"tools": TOOLS, "tool_choice": "auto", "parallel_tool_calls": False},
    {"response_format": {"type": "json_object"}, "max_completion_tokens": 5},
    {"extra_headers": {"X-Own": "1"}, "timeout": 7, "max_retries": 1},
    {"metadata": {"trace": "t"}, "litellm_call_id": "my-id"},
    {"organization": "org-1"},
)


def _base(base: str, model: str, **more: Any) -> dict[str, Any]:
    return {"model": f"openai/{model}", "messages": MESSAGES, "api_base": base, "api_key": "sk-1", **more}


def calls(base: str) -> Any:
    observed = []
    for parameters in PARAMETERS:
        for _ in range(3):
            kwargs = _base(base, "gpt-4o", **parameters)
            observed.append(attempt(lambda kwargs=kwargs: litellm.completion(**kwargs)))
            observed.append(attempt(lambda kwargs=kwargs: litellm.acompletion(**kwargs)))
    observed.append(attempt(lambda: litellm.completion("openai/gpt-4o", MESSAGES, api_base=base, api_key="sk-2")))
    observed.append(attempt(lambda: litellm.completion("openai/gpt-4o", MESSAGES, api_base=base + "/", api_key="sk-2")))
    return observed


def replies(base: str) -> Any:
    observed = []
    for name in [*[f"reply/{name}" for name in REPLIES], "gzip/x", "html/x", "broken/x"]:
        for _ in range(3):
            observed.append(attempt(lambda name=name: litellm.acompletion(**_base(base, name, max_retries=0))))
            observed.append(attempt(lambda name=name: litellm.completion(**_base(base, name, max_retries=0))))
    return observed


def errors(base: str) -> Any:
    def both(name: str, **more: Any) -> list[Any]:
        kwargs = _base(base, name, **more)
        return [attempt(lambda: litellm.completion(**kwargs)), attempt(lambda: litellm.acompletion(**kwargs))]

    observed = []
    for code in (400, 401, 404, 422, 429, 500, 503):
        known = both("gpt-4o")
        observed += known
        # The plan of a kind of call is learnt from a success; the same call then meets an error.
        with mock.patch.dict(REPLIES, {}):
            observed += both(f"status/{code}", max_retries=0)
    observed += both("flaky/x", max_retries=2)
    for _ in range(2):
        observed += [attempt(lambda: litellm.completion(**_base(base, "gpt-4o", api_key="k")))]
    observed += [attempt(lambda: litellm.completion(**_base("http://127.0.0.1:9/v1", "gpt-4o", max_retries=0)))]
    observed += [attempt(lambda: litellm.acompletion(**_base("http://127.0.0.1:9/v1", "gpt-4o", max_retries=0)))]
    observed += both("gpt-4o", messages=[])
    observed += both("gpt-4o", temperature="hot")
    return observed


def turned(base: str) -> Any:
    """Calls of a known kind whose replies turn bad: the provider's behaviour changes under the same model name."""
    from observe import Provider

    observed: list[Any] = []
    kwargs = _base(base, "gpt-4o", max_retries=1)
    for _ in range(2):
        observed += [attempt(lambda: litellm.completion(**kwargs)), attempt(lambda: litellm.acompletion(**kwargs))]
    normal = Provider.do_POST
    for status, body in (
        (429, b'{"error": {"message": "slow"}}'),
        (500, b"oops"),
        (401, b"{}"),
        (200, b"[1"),
        (200, b"1"),
    ):

        def bad(self: Any, status: int = status, body: bytes = body) -> None:
            SEEN.append({"body": json.loads(self.rfile.read(int(self.headers["content-length"]))), "headers": []})
            self._send(status, body, "application/json", ("retry-after", "0"))

        with mock.patch.object(Provider, "do_POST", bad):
            observed += [attempt(lambda: litellm.completion(**kwargs)), attempt(lambda: litellm.acompletion(**kwargs))]
    assert Provider.do_POST is normal
    observed += [attempt(lambda: litellm.completion(**kwargs)), attempt(lambda: litellm.acompletion(**kwargs))]
    return observed


def streams(base: str) -> Any:
    async def collect(name: str, **more: Any) -> Any:
        stream = await litellm.acompletion(**_base(base, f"stream/{name}", stream=True, **more))
        kind = [type(stream).__name__, isinstance(stream, litellm.CustomStreamWrapper)]
        chunks, failure = [], None
        try:
            async for chunk in stream:
                chunks.append(chunk)
        except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
            failure = error
        # Upstream's logging adds to the first chunk's hidden parameters, which the built response shares.
        await asyncio.sleep(0.3)
        return [
            kind,
            shown(chunks),
            shown(failure),
            shown(litellm.stream_chunk_builder(chunks)),
            stream.response_uptil_now,
        ]

    def collect_sync(name: str, **more: Any) -> Any:
        stream = litellm.completion(**_base(base, f"stream/{name}", stream=True, **more))
        chunks, failure = [], None
        try:
            chunks.extend(stream)
        except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
            failure = error
        return [shown(chunks), shown(failure), stream.response_uptil_now]

    observed = []
    for name in STREAMS:
        more = {"stream_options": {"include_usage": True}} if name == "usage" else {}
        observed += [[name, asyncio.run(collect(name, **more))], [name, collect_sync(name, **more)]]
    return observed


def breaking_streams(base: str) -> Any:
    """Streams of a known kind that break off, and one that is silent until the client gives it up."""
    from observe import Provider

    kwargs = _base(base, "stream/text", stream=True, max_retries=0, timeout=1)
    normal = Provider.do_POST
    turns: list[str] = []

    def turned(self: Any) -> None:
        if not turns:
            return normal(self)
        self.rfile.read(int(self.headers["content-length"]))
        return self._break(turns.pop())

    async def collect(how: str | None, give_up_s: float = 60) -> Any:
        turns.extend([how] if how else [])
        chunks: list[Any] = []

        async def read() -> None:
            async for chunk in await litellm.acompletion(**kwargs):
                chunks.append(chunk.choices[0].delta.content)

        try:
            await asyncio.wait_for(read(), give_up_s)
        except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
            return [chunks, shown(error)]
        return chunks

    def collect_sync(how: str | None) -> Any:
        turns.extend([how] if how else [])
        chunks = []
        try:
            for chunk in litellm.completion(**kwargs):
                chunks.append(chunk.choices[0].delta.content)
        except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
            return [chunks, shown(error)]
        return chunks

    async def run() -> list[Any]:
        observed = [await collect(how) for how in (None, None, "cut", "reset", "silent", None)]
        kwargs["timeout"] = 30
        observed += [await collect(how, 0.7 if how else 60) for how in (None, None, "silent")]
        for _ in range(100):
            if sum("gone" in each for each in SEEN) == 2:
                break
            await asyncio.sleep(0.02)
        return [*observed, [each["gone"] for each in SEEN if "gone" in each]]

    with mock.patch.object(Provider, "do_POST", turned):
        observed = [] if OLD else asyncio.run(run())
        kwargs["timeout"] = 1
        return observed + [collect_sync(how) for how in (None, None, "cut", "reset", "silent", None)]


def breaking_replies(base: str) -> Any:
    """Calls of a known kind whose reply breaks off, or whose connection the provider closes after the reply."""
    from observe import Provider

    normal = Provider.do_POST
    turns: list[str] = []

    def turned(self: Any) -> None:
        if not turns:
            return normal(self)
        SEEN.append({"body": json.loads(self.rfile.read(int(self.headers["content-length"]))), "headers": []})
        return self.break_reply(turns.pop())

    async def run(breaks: tuple[str, ...], **more: Any) -> list[Any]:
        kwargs = _base(base, "gpt-4o", **more)
        observed: list[Any] = []
        for how in (None, None, *breaks, None):
            turns.extend([how] if how else [])
            observed += [how, *await asyncio.gather(_ended(kwargs))]
            await asyncio.sleep(0.05)
        return observed

    async def _ended(kwargs: dict[str, Any]) -> Any:
        try:
            return shown(await litellm.acompletion(**kwargs))
        except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
            told = shown(error)
            # In seconds, upstream's timeout and how long it took, to the hundredth.
            took = told["message"].partition("time taken=")[2]
            return {**told, "message": [told["message"].partition("time taken=")[0], took >= "2"]}

    def run_sync(breaks: tuple[str, ...], **more: Any) -> list[Any]:
        kwargs = _base(base, "gpt-4o", **more)
        observed: list[Any] = []
        for how in (None, None, *breaks, None):
            turns.extend([how] if how else [])
            observed += [how, attempt(lambda: litellm.completion(**kwargs))]
            time.sleep(0.05)
        return observed

    with mock.patch.object(Provider, "do_POST", turned):
        observed = []
        for breaks, timeout, retries in ((BREAKS, 30, 0), (BREAKS, 30, 1), (("silent",), 2, 0)):
            observed += [] if OLD else [asyncio.run(run(breaks, timeout=timeout, max_retries=retries))]
            observed += [run_sync(breaks, timeout=timeout, max_retries=retries)]
        return observed


# Upstream once took for whole what aiohttp saw cut off: the accelerated one is an error.
OLD = importlib.metadata.version("litellm").startswith(("1.80.", "1.93."))
BREAKS = ("cut", "chunks", "reset", "none", "left")


# What a payload tells that differs from run to run.
UNSTEADY = (
    "litellm_call_id",
    "id",
    "trace_id",
    "startTime",
    "endTime",
    "completionStartTime",
    "response_time",
    "hidden_params",
    "metadata",
)


UNSEEN = "reply/plain"


class Seeing(litellm.integrations.custom_logger.CustomLogger):
    def __init__(self) -> None:
        self.events: list[Any] = []

    def _note(self, kind: str, kwargs: Any, response: Any) -> None:
        payload = kwargs["standard_logging_object"]
        if payload["model"] == UNSEEN:
            return  # upstream logs a call some time after it, and asks then who listens
        told = {name: shown(value) for name, value in payload.items() if name not in UNSTEADY}
        self.events.append([kind, sorted(kwargs), shown(response), list(payload), told])

    def log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._note("sync", kwargs, response_obj)

    async def async_log_success_event(self, kwargs: Any, response_obj: Any, start_time: Any, end_time: Any) -> None:
        self._note("async", kwargs, response_obj)


def callbacks(base: str) -> Any:
    """A logger that comes and goes sees every call made while it is there; only their sending is native."""
    observed: list[Any] = []
    names = ("gpt-4o", "gpt-4o", "gpt-4o", "gzip/x", "gzip/x", "reply/tools", "reply/tools", "html/x", "status/429")

    async def ask(name: str) -> Any:
        return shown(await litellm.acompletion(**_base(base, name, max_retries=0)))

    async def run() -> None:
        for _ in range(3):
            await litellm.acompletion(**_base(base, UNSEEN))
        seeing = Seeing()
        litellm.callbacks = [seeing]
        ended = [(await asyncio.gather(ask(name), return_exceptions=True))[0] for name in names]
        observed.extend(shown(each) for each in ended)
        expected = sum(not isinstance(each, Exception) for each in ended)
        for _ in range(100):
            if sum(event[0] == "async" for event in seeing.events) == expected:
                break
            await asyncio.sleep(0.05)
        observed.append(sorted((event for event in seeing.events if event[0] == "async"), key=str))

    asyncio.run(run())
    observed += [attempt(lambda name=name: litellm.completion(**_base(base, name, max_retries=0))) for name in names]
    return observed


def mocked(base: str) -> Any:
    """Calls with an answer of the application's own, and a router of them; every second text is another one."""
    observed: list[Any] = []
    texts = ("hi", "there", "", "<think>so</think>yes", "litellm.RateLimitError", "Größe 世界 😀", "Exception: no")
    for parameters in ({}, *PARAMETERS[1:4], {"metadata": {"trace": "t"}}, {"stream": True}, {"mock_delay": 0.01}):
        for text in ("first", *texts):
            kwargs = _base(base, "gpt-4o", mock_response=text, **parameters)
            observed.append(attempt(lambda kwargs=kwargs: _drained(litellm.completion(**kwargs))))
            observed.append(attempt(lambda kwargs=kwargs: litellm.acompletion(**kwargs)))
    for own in (REPLIES["two"], litellm.ModelResponse(**REPLIES["plain"]), ValueError("own")):
        observed.append(attempt(lambda own=own: litellm.completion(**_base(base, "gpt-4o", mock_response=own))))
    litellm.register_model({"gpt-4o": {"input_cost_per_token": 0.5, "litellm_provider": "openai", "mode": "chat"}})
    observed.append(attempt(lambda: litellm.completion(**_base(base, "gpt-4o", mock_response="dear"))))
    params = {"model": "openai/gpt-4o", "api_base": base, "api_key": "k", "mock_response": "routed"}
    router = litellm.Router([{"model_name": "g", "litellm_params": params, "model_info": {"id": "d"}}])

    async def run() -> None:
        for _ in range(4):
            observed.append(_without_usage(shown(await router.acompletion(model="g", messages=MESSAGES))))
            observed.append(_without_usage(shown(router.completion(model="g", messages=MESSAGES))))
        await asyncio.sleep(0.3)
        observed.append([dict(router.total_calls), dict(router.success_calls), dict(router.fail_calls)])

    asyncio.run(run())
    return [_without_ids(each) for each in observed]


def _drained(response: Any) -> Any:
    return list(response) if isinstance(response, litellm.CustomStreamWrapper) else response


def _without_ids(value: Any) -> Any:
    """What is shown of a response that was made here, without its number."""
    if isinstance(value, dict):
        return {name: _without_ids(each) for name, each in value.items() if name not in ("id", "received_model_id")}
    return [_without_ids(each) for each in value] if isinstance(value, list) else value


def _without_usage(value: Any) -> Any:
    """What is shown of a response, without what is left of limits: it goes by the minute and by when logging ran."""
    if isinstance(value, dict):
        return {n: "" if n.startswith("x-ratelimit-remaining") else _without_usage(v) for n, v in value.items()}
    return value


def routers(base: str) -> Any:
    def deployment(number: int, **params: Any) -> dict[str, Any]:
        own = {"model": "openai/gpt-4o", "api_base": f"{base}/{number}", "api_key": f"sk-{number}", **params}
        return {"model_name": "g", "litellm_params": own, "model_info": {"id": f"d{number}"}}

    observed: list[Any] = []

    async def run(router: Any) -> None:
        for _ in range(4):
            response = await router.acompletion(model="g", messages=MESSAGES, temperature=0.1)
            observed.append(_without_usage(shown(response)))
            observed.append(_without_usage(shown(router.completion(model="g", messages=MESSAGES))))
        await asyncio.sleep(0.3)
        observed.append([dict(router.total_calls), dict(router.success_calls), dict(router.fail_calls)])

    asyncio.run(run(litellm.Router([deployment(1)])))
    asyncio.run(run(litellm.Router([deployment(1, rpm=100, tpm=1000)])))
    asyncio.run(run(litellm.Router([deployment(1, weight=1), deployment(2, weight=0)])))
    return observed


def failing_router(base: str) -> Any:
    """A deployment that fails after it was known is cooled down, and the other one answers."""
    from observe import Provider

    router = litellm.Router(
        [
            {
                "model_name": "g",
                "litellm_params": {"model": "openai/gpt-4o", "api_base": f"{base}/{n}", "api_key": "sk", "weight": w},
                "model_info": {"id": f"d{n}"},
            }
            for n, w in ((1, 1), (2, 0.000001))
        ],
        num_retries=1,
        retry_after=0,
        allowed_fails=0,
        cooldown_time=60,
    )
    observed: list[Any] = []

    async def run() -> None:
        for _ in range(3):
            observed.append((await router.acompletion(model="g", messages=MESSAGES))._hidden_params["model_id"])
        normal = Provider.do_POST

        def bad(self: Any) -> None:
            if "/1/" not in self.path:
                return normal(self)
            self.rfile.read(int(self.headers["content-length"]))
            self._send(401, b'{"error": {"message": "no"}}', "application/json")
            return None

        with mock.patch.object(Provider, "do_POST", bad):
            for _ in range(4):
                try:
                    response = await router.acompletion(model="g", messages=MESSAGES)
                    observed.append(response._hidden_params["model_id"])
                except Exception as error:  # noqa: BLE001 - whatever upstream raises is what is compared
                    observed.append(shown(error))
                await asyncio.sleep(0.1)
        cooling = await router.cooldown_cache.async_get_active_cooldowns(["d1", "d2"], parent_otel_span=None)
        observed.append([name for name, _ in cooling])

    asyncio.run(run())
    return observed


def choices(base: str) -> Any:
    """Which share of many choices each deployment gets, and that one who is cooling down gets none."""
    router = litellm.Router(
        [
            {
                "model_name": "g",
                "litellm_params": {"model": "openai/gpt-4o", "api_key": "sk", "weight": weight},
                "model_info": {"id": f"d{weight}"},
            }
            for weight in (1, 3, 6)
        ]
    )

    def count() -> dict[str, float]:
        picked = [router.get_available_deployment("g")["model_info"]["id"] for _ in range(300)]
        return {name: round(times / 300, 1) for name, times in sorted(collections.Counter(picked).items())}

    before = count()
    router.cooldown_cache.add_deployment_to_cooldown("d6", ValueError("x"), 429, 3)
    during = sorted(count())
    time.sleep(3.1)
    router.delete_deployment("d1")
    return [sorted(before), during, sorted(count()), *[_chosen(strategy) for strategy in STRATEGIES]]


def _chosen(strategy: str) -> Any:
    """Whom a strategy chooses from, with one deployment cooling down."""
    params = {"model": "openai/gpt-4o", "api_key": "sk", "input_cost_per_token": 1e-6, "output_cost_per_token": 1e-6}
    router = litellm.Router(
        [{"model_name": "g", "litellm_params": dict(params), "model_info": {"id": f"e{n}"}} for n in range(4)],
        routing_strategy=strategy,
    )
    router.cooldown_cache.add_deployment_to_cooldown("e2", ValueError("x"), 429, 60)

    async def choose() -> Any:
        picked = [await router.async_get_available_deployment("g", {}, MESSAGES) for _ in range(60)]
        healthy = await router.async_get_healthy_deployments("g", {})
        return [sorted({each["model_info"]["id"] for each in found} - {""}) for found in (picked, healthy)]

    observed = asyncio.run(choose())
    blocking = [attempt(lambda: router.get_available_deployment("g", MESSAGES)) for _ in range(60)]
    refused = [each for each in blocking if "model_info" not in each][:1]
    chosen = {each["model_info"]["id"] for each in blocking if "model_info" in each}
    router.discard()
    # Some strategies choose one of equals at random, others always the first.
    return [strategy, "e2" in observed[0], observed[1], "e2" in chosen, len(chosen) > 0, refused]


STRATEGIES = (
    "least-busy",
    "latency-based-routing",
    "cost-based-routing",
    "usage-based-routing",
    "usage-based-routing-v2",
)


def replaced(base: str) -> Any:
    """What the application puts in upstream's place is used."""
    import httpx

    observed: list[Any] = []
    kwargs = _base(base, "gpt-4o")

    async def run() -> None:
        for _ in range(3):
            await litellm.acompletion(**kwargs)

        async def send(self: Any, request: Any, **options: Any) -> Any:
            return httpx.Response(200, json=REPLIES["two"], request=request)

        with mock.patch.object(httpx.AsyncClient, "send", send):
            observed.append(len((await litellm.acompletion(**kwargs)).choices))
        with mock.patch("litellm.acompletion", mock.AsyncMock(return_value="mocked")):
            observed.append(await litellm.acompletion(**kwargs))
            router = litellm.Router([{"model_name": "g", "litellm_params": {"model": "openai/gpt-4o", "api_key": "k"}}])
            observed.append(await router.acompletion(model="g", messages=MESSAGES))
        observed.append(len((await litellm.acompletion(**kwargs)).choices))

    asyncio.run(run())
    return observed


def replaced_methods(base: str) -> Any:
    """A router's methods that the application replaces, on the class or on one router, when its calls are known."""
    params = {"model": "openai/gpt-4o", "api_base": base, "api_key": "k"}
    seen: list[str] = []

    def noting(name: str, function: Any) -> Any:
        async def noted_async(*args: Any, **kwargs: Any) -> Any:
            seen.append(name)
            return await function(*args, **kwargs)

        def noted(*args: Any, **kwargs: Any) -> Any:
            seen.append(name)
            return function(*args, **kwargs)

        return noted_async if asyncio.iscoroutinefunction(function) else noted

    async def run() -> list[Any]:
        observed: list[Any] = []
        for name in METHODS:
            for is_class in (True, False):
                router = litellm.Router([{"model_name": "g", "litellm_params": params, "model_info": {"id": "d"}}])
                owner = litellm.Router if is_class else router
                for _ in range(2):
                    await router.acompletion("g", MESSAGES)
                with mock.patch.object(owner, name, noting(name, getattr(owner, name))):
                    observed.append((await router.acompletion("g", MESSAGES)).choices[0].message.content)
                    router.get_available_deployment("g")
                observed.append([name, sorted(set(seen))])
                seen.clear()
        return observed

    return asyncio.run(run())


METHODS = ("_acompletion", "async_get_available_deployment", "_update_kwargs_before_fallbacks", "make_call")


def cancelled(base: str) -> Any:
    """A cancelled call ends at once, and the next one works."""

    async def run() -> list[Any]:
        for _ in range(2):
            await litellm.acompletion(**_base(base, "gpt-4o"))
        waiting = asyncio.ensure_future(litellm.acompletion(**_base(base, "slow/x")))
        await asyncio.sleep(0.3)
        waiting.cancel()
        ended = await asyncio.gather(waiting, return_exceptions=True)
        late = await asyncio.gather(
            litellm.acompletion(**_base(base, "slow/x", timeout=0.4, max_retries=0)), return_exceptions=True
        )
        after = await litellm.acompletion(**_base(base, "gpt-4o"))
        return [type(ended[0]).__name__, type(late[0]).__name__, after.choices[0].message.content]

    return asyncio.run(run())


def costs(base: str) -> Any:
    """Prices of responses, before and after the cost map changes."""
    observed: list[Any] = []
    responses = [litellm.completion(**_base(base, f"reply/{name}")) for name in ("plain", "bare", "cached", "flex")]
    litellm.register_model({"own": {"input_cost_per_token": 1e-6, "output_cost_per_token": 3e-6, "mode": "chat"}})

    def priced() -> None:
        for response in responses:
            for more in (
                {},
                {"model": "gpt-4o-mini"},
                {"model": "gpt-4o", "custom_llm_provider": "openai"},
                {"model": "own"},
            ):
                observed.append(attempt(lambda r=response, m=more: litellm.completion_cost(r, **m)))
            observed.append(attempt(lambda r=response: litellm.completion_cost(r, "prompt")))
            observed.append(attempt(lambda r=response: litellm.completion_cost(completion_response=r)))

    for _ in range(3):
        priced()
    for name in ("gpt-4o-2024-08-06", "gpt-4o"):
        price = {"input_cost_per_token": 0.5, "output_cost_per_token": 0.25, "litellm_provider": "openai"}
        litellm.register_model({name: price})
        priced()
    litellm.cost_discount_config = {"openai": 0.5}
    priced()
    return observed
