"""One routed call: pick, send, retry, fall back – as a plan that both drivers run (see `effects`)."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litellm import exceptions
from litellm.router_utils import fallbacks
from litellm.router_utils.ask import Ask
from litellm.router_utils.attempts import Attempt, AttemptLog, Failure
from litellm.router_utils.choosing import Chooser
from litellm.router_utils.deployments import Row
from litellm.router_utils.effects import Await, Do, Opened, Plan, Sleep
from litellm.router_utils.get_retry_from_policy import get_num_retries_from_retry_policy, retry_delay_s, should_retry
from litellm.router_utils.pre_call_checks.encrypted_content_affinity_check import mark_response, readable_input
from litellm.router_utils.requests import RequestBuilder
from litellm.router_utils.response_headers import add_headers, cost_of, usage_of
from litellm.router_utils.selection import NoSlotError, Selector
from litellm.router_utils.settings import RouterSettings

Pick = Callable[[Ask], Row]
MAX_HOPS = 5


@dataclass(slots=True)
class Sent:
    """What came of a first attempt that was sent without a plan: a response or an error."""

    response: Any = None
    error: Exception | None = None


@dataclass(slots=True)
class Endpoint:
    """One endpoint of the SDK: its function, where its metadata goes, and whether its response carries headers."""

    function: Callable[..., Any]
    asynchronous: bool
    metadata_name: str = "metadata"
    headers: bool = True
    items: bool = False
    """Whether its responses are made of items that may be encrypted: the Responses API's."""


@dataclass(slots=True)
class RoutedCall:
    """The state of one call through the router, over all of its attempts."""

    chooser: Chooser
    log: AttemptLog
    requests: RequestBuilder
    settings: RouterSettings
    endpoint: Endpoint
    kwargs: dict[str, Any]
    custom_pick: Callable[..., Any] | None = None
    fallback_checks: Sequence[Callable[..., Any]] = ()
    begun: Callable[[], Any] | None = None
    """Called once the first attempt holds a deployment."""
    sent: Sent | None = None
    failures: list[Failure] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)
    attempt: Attempt | None = None
    original_group: str = ""
    decision: dict[str, Any] | None = None
    """What a sub-router decided, for callbacks and spend logs."""

    @property
    def selector(self) -> Selector:
        """What finds the deployments of a model."""
        return self.chooser.selector

    def plan(self, model: str, sent: Sent | None = None) -> Plan:
        """The whole call: the result is the SDK's response. A failed call raises the first group's error.

        With `sent` its first attempt, `attempt`, is over already (see `shortcut`).
        """
        self.original_group, self.sent = model, sent
        try:
            return (yield from self._with_fallbacks(model, self.kwargs, 0))
        except Exception as error:
            self._explain(error)
            raise
        finally:
            if self.attempt is not None:  # nobody waits any more
                self.log.abandoned(self.attempt)

    def _with_fallbacks(self, model: str, kwargs: dict[str, Any], depth: int, hops: int = 0) -> Plan:
        self.visited.add(model)
        try:
            if depth == 0:
                self._mock_error(model)
            if self.chooser.sub_routers.is_on:
                routed = yield from self.chooser.route(self._ask(model, kwargs, set()))
                if routed is not None:
                    return (yield from self._routed(model, routed, kwargs, depth, hops + 1))
            return (yield from self._with_retries(model, kwargs, depth, ()))
        except Exception as error:
            if self.kwargs.get("disable_fallbacks") or depth >= self._max_fallbacks():
                raise
            first = error
        for target, changed, avoid in self._targets(model, kwargs, first):
            try:
                if avoid:
                    return (yield from self._with_retries(target, changed, depth + 1, avoid))
                if not (yield from self._may_fall_back_to(target, changed)):
                    continue
                response = yield from self._with_fallbacks(target, changed, depth + 1)
            except Exception:  # noqa: BLE001 - kept in `failures`; the next target is tried, and the first error is raised
                yield from self._fell_back(False, model, changed, first)
                continue
            yield from self._fell_back(True, model, changed, first)
            return response
        raise first

    def _routed(self, model: str, routed: Any, kwargs: dict[str, Any], depth: int, hops: int) -> Plan:
        """Go on with the model group that the sub-router `model` decided for."""
        if hops > MAX_HOPS or routed.model == model:
            raise ValueError(f"auto router {model!r} leads to {routed.model!r} without an end")
        self.decision = routed.routing_decision
        changed = {**kwargs, **(routed.litellm_params or {})}
        if routed.session_affinity_ttl_seconds is not None:
            name = self.endpoint.metadata_name
            own = {"session_deployment_affinity_ttl": routed.session_affinity_ttl_seconds}
            changed[name] = {**(kwargs.get(name) or {}), **own}
        return (yield from self._with_fallbacks(routed.model, changed, depth, hops))

    def _fell_back(self, succeeded: bool, model: str, kwargs: dict[str, Any], error: Exception) -> Plan:
        if self.endpoint.asynchronous and self.chooser.hooks.active:
            yield from self.chooser.hooks.fell_back(succeeded, model, kwargs, error)
        return None

    def _may_fall_back_to(self, target: str, kwargs: dict[str, Any]) -> Plan:
        """Whether `fallback_access_check` and `fallback_budget_check` let the call go on to `target`."""
        for check in self.fallback_checks:
            if not (yield Do(check, {"model": target, "request_kwargs": kwargs})):
                return False
        return True

    def _targets(
        self, model: str, kwargs: dict[str, Any], error: Exception
    ) -> Iterator[tuple[str, dict[str, Any], frozenset[str]]]:
        """(group, its request, deployments to leave out): the group's later `order` levels, then the fallbacks."""
        if not isinstance(error, (exceptions.ContextWindowExceededError, exceptions.ContentPolicyViolationError)):
            rows = self.selector.candidates(model, kwargs)
            levels = sorted({order_of(row) for row in rows})
            failed = {failure.model_id for failure in self.failures}
            for level in levels[1:]:
                lower = frozenset(row["model_info"]["id"] for row in rows if order_of(row) < level)
                if lower & failed:
                    yield model, kwargs, lower
        yield from self._failover(model, kwargs)
        for target in fallbacks.for_error(error, model, self.kwargs, self.settings):
            name, changes = (target["model"], target) if isinstance(target, dict) else (target, {})
            visit = repr(sorted(changes.items())) if changes else name
            if visit in self.visited:
                continue
            self.visited.add(visit)
            yield name, {**kwargs, **{key: value for key, value in changes.items() if key != "model"}}, frozenset()

    def _failover(self, model: str, kwargs: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], frozenset[str]]]:
        """With `enable_weighted_failover`: the group's deployments that did not fail yet, by weight, one at a time."""
        pool = self.selector.pool(model, kwargs) if self.settings.enable_weighted_failover else None
        if pool is None or pool.strategy != "simple-shuffle":
            return
        for _ in range(self._max_fallbacks()):
            failed = frozenset(failure.model_id for failure in self.failures)
            left = {row["model_info"]["id"] for row in self.selector.healthy(model, kwargs)} - failed
            if not left or not failed & pool.rows.keys():
                return
            yield model, kwargs, failed

    def _with_retries(self, model: str, kwargs: dict[str, Any], depth: int, avoid: Any) -> Plan:
        retries, limit = 0, num_retries(kwargs, self.settings)
        tried: set[str] = set()
        while True:
            try:
                return (yield from self._once(model, kwargs, depth, retries, limit, {*avoid, *tried}))
            except Exception as error:
                by_policy = get_num_retries_from_retry_policy(
                    error, self.settings.retry_policy, model, self.settings.model_group_retry_policy
                )
                if by_policy is not None:
                    limit = by_policy
                if not self._again(error, model, kwargs, by_policy):
                    raise
                if retries >= limit:
                    if limit > 0:
                        error.num_retries, error.max_retries = retries, limit  # type: ignore[attr-defined]
                    raise
                failure = error
            peers = self._peers(model, kwargs, avoid)
            tried = self._failed_among(peers)
            others = len(peers) > len(tried)
            if not others:
                tried = set()
            free = others or len(peers) > 1
            yield Sleep(retry_delay_s(failure, retries, free, self.settings.retry_after, random.random))
            retries += 1

    def _again(self, error: Exception, model: str, kwargs: dict[str, Any], by_policy: int | None) -> bool:
        if isinstance(error, exceptions.ContextWindowExceededError | exceptions.ContentPolicyViolationError):
            return by_policy is not None and not fallbacks.for_error(error, model, self.kwargs, self.settings)
        if by_policy is not None:
            return True
        size = len(self.selector.candidates(model, kwargs))
        has_fallbacks = bool(fallbacks.for_error(error, model, self.kwargs, self.settings))
        return should_retry(error, lambda: len(self.selector.healthy(model, kwargs)), size, has_fallbacks)

    def _peers(self, model: str, kwargs: dict[str, Any], avoid: Any) -> set[str]:
        """The deployments that a retry may go to: healthy, and of the lowest `order` that is left."""
        rows = [row for row in self.selector.healthy(model, kwargs) if row["model_info"]["id"] not in avoid]
        lowest = min(map(order_of, rows), default=0)
        return {row["model_info"]["id"] for row in rows if order_of(row) == lowest}

    def _failed_among(self, peers: set[str]) -> set[str]:
        return peers & {failure.model_id for failure in self.failures}

    def _once(
        self, model: str, kwargs: dict[str, Any], depth: int, retry: int, max_retries: int, avoid: set[str]
    ) -> Plan:
        ask = self._ask(model, kwargs, avoid)
        sent, self.sent = self.sent, None
        if sent is None:
            try:
                row = yield from self._pick(ask)
            except Exception as error:
                self.failures.append(Failure(model, "", "", error, retry))
                raise
            self.attempt = self.log.begin(row, model, kwargs)
        attempt = self.attempt
        assert attempt is not None
        row = attempt.row
        follows, budgeted = self.chooser.affinity.active, self.chooser.budgets.is_active
        headers = headers_of(model, depth, retry, max_retries)
        try:
            if sent is None:
                response = yield from self._send(ask, row, kwargs, depth, retry, max_retries)
            elif sent.error is not None:
                raise sent.error
            else:
                response = sent.response
            if follows:
                yield from self.chooser.answered(ask, row)
            if is_stream(response):
                add_headers(response, attempt.model_id, headers, headers_too=self.endpoint.headers)
                yield Opened(response)
                self.attempt = None  # the stream reports its own end
                return response
        except Exception as error:
            self.failures.append(Failure(model, attempt.model_id, row["litellm_params"]["model"], error, retry))
            self.log.failed(attempt, error)
            self.attempt = None
            raise
        answered(self.log, self.endpoint, attempt, response, headers, cost_of(response) if budgeted else None)
        self.attempt = None
        if budgeted:
            yield from self.chooser.paid(ask, row)
        return response

    def _send(self, ask: Ask, row: Row, kwargs: dict[str, Any], depth: int, retry: int, max_retries: int) -> Plan:
        if self.begun is not None:
            begun, self.begun = self.begun, None
            yield Do(begun, {})
        if self.chooser.affinity.active:
            yield from self.chooser.chosen(ask, row)
        size = self.selector.group_size(ask.model, ask.kwargs) if ask.pool is None else len(ask.pool.rows)
        alias = ask.model if self.selector.is_alias(ask.model) else None
        facts = self._facts(ask.model, alias, size, depth, retry, max_retries)
        arguments = self.requests.build(row, kwargs, facts, self.endpoint.metadata_name)
        if "input" in arguments:
            arguments["input"] = readable_input(arguments["input"], row, self.log.store)
        if self.endpoint.asynchronous and self.chooser.hooks.active:
            return (yield from self.chooser.hooks.send(self.endpoint.function, row, arguments, depth))
        return (yield Do(self.endpoint.function, arguments))

    def _ask(self, model: str, kwargs: dict[str, Any], avoid: set[str]) -> Ask:
        return Ask(
            model,
            kwargs,
            messages=kwargs.get("messages"),
            input=kwargs.get("input"),
            asynchronous=self.endpoint.asynchronous,
            specific_deployment=bool(kwargs.get("specific_deployment")),
            avoid=avoid,
        )

    def _pick(self, ask: Ask) -> Plan:
        yield from self.chooser.prepare(ask)
        if self.custom_pick is None:
            return (yield from self._pick_free(ask))
        row = yield Do(
            self.custom_pick,
            {
                "model": ask.model,
                "messages": ask.messages,
                "input": ask.input,
                "specific_deployment": ask.specific_deployment,
                "request_kwargs": ask.kwargs,
            },
        )
        if row is None:
            raise self.selector.unknown(ask)
        row = row if isinstance(row, dict) else row.to_json()
        self.log.core.begin(row["model_info"]["id"])
        self.log.gate.count(row)
        return row

    def _reserve(self, ask: Ask) -> Plan:
        """Pick a deployment that all of its limits let begin."""
        gate = self.log.gate
        by_name = ask.specific_deployment or self.selector.knows(ask.model)
        return (yield from gate.pick(lambda ask: self.selector.pick(ask, reserve=True), ask, by_name))

    def _pick_free(self, ask: Ask) -> Plan:
        """Pick; while every deployment has all its parallel requests in use, wait for one, as long as the timeout."""
        try:
            if self.log.gate.is_open:
                return self.selector.pick(ask, reserve=True)
            return (yield from self._reserve(ask))
        except NoSlotError as error:
            group, full = error.group, error
        deadline = self.log.clock() + float(self.kwargs.get("timeout") or self.settings.timeout)
        first = False
        while (left := deadline - self.log.clock()) > 0:
            waiter = self.log.slots.join(group, self.endpoint.asynchronous, first=first)
            if waiter is None:
                break
            try:
                return (yield from self._reserve(ask))
            except NoSlotError as error:
                full = error
                yield Await(waiter, min(left, self.log.gate.longest_wait_s))
                first = waiter.woken
                waiter.woken = False
            finally:
                self.log.slots.leave(group, waiter)
        raise full

    def _facts(
        self, model: str, alias: str | None, size: int, depth: int, retry: int, max_retries: int
    ) -> dict[str, Any]:
        facts = facts_of(model, self.original_group, size, self.settings, alias, depth, retry, max_retries)
        if self.decision is not None:
            facts["routing_decision"] = self.decision
        if self.failures:
            facts["previous_models"] = [failure.record() for failure in self.failures[-4:]]
            facts["request_retry_count"] = len(self.failures)
        return facts

    def _max_fallbacks(self) -> int:
        value = self.kwargs.get("max_fallbacks")
        return self.settings.max_fallbacks if value is None else int(value)

    def _mock_error(self, model: str) -> None:
        """Raise the error that a request asks for with one of upstream's `mock_testing_*` arguments."""
        message = f"This is a mock exception for model={model}, to trigger a fallback."
        if self.kwargs.get("mock_testing_fallbacks"):
            raise exceptions.InternalServerError(message=message, model=model, llm_provider="")
        if self.kwargs.get("mock_testing_context_fallbacks"):
            raise exceptions.ContextWindowExceededError(message=message, model=model, llm_provider="")
        if self.kwargs.get("mock_testing_content_policy_fallbacks"):
            raise exceptions.ContentPolicyViolationError(message=message, model=model, llm_provider="")

    def _explain(self, error: Exception) -> None:
        """Say in the error what was tried, where more than one attempt was made."""
        message = getattr(error, "message", None)
        if isinstance(message, str) and len(self.failures) > 1:
            error.message = f"{message}\nTried {len(self.failures)} times: {'; '.join(map(str, self.failures))}"  # type: ignore[attr-defined]


def num_retries(kwargs: Mapping[str, Any], settings: RouterSettings) -> int:
    """How often a failed attempt is made again: as the request says, or the router."""
    value = kwargs.get("num_retries")
    return settings.num_retries if value is None else int(value)


def facts_of(
    model: str,
    original_group: str,
    size: int,
    settings: RouterSettings,
    alias: str | None = None,
    depth: int = 0,
    retry: int = 0,
    max_retries: int = 0,
) -> dict[str, Any]:
    """What the metadata of an attempt says: its group of `size` deployments, and which attempt of how many it is."""
    return {
        "model_group": model,
        "original_model_group": original_group,
        "model_group_alias": alias,
        "model_group_size": size,
        "caching_groups": settings.caching_groups,
        "attempted_retries": retry,
        "attempted_fallbacks": depth,
        "max_retries": max_retries,
    }


def headers_of(model: str, depth: int = 0, retry: int = 0, max_retries: int = 0) -> dict[str, Any]:
    """The router's headers of an answer: of which group it is, after how many retries and fallbacks."""
    headers: dict[str, Any] = {
        "x-litellm-model-group": model,
        "x-litellm-attempted-retries": retry,
        "x-litellm-attempted-fallbacks": depth,
    }
    if retry:
        headers["x-litellm-max-retries"] = max_retries
    return headers


def answered(
    log: AttemptLog,
    endpoint: Endpoint,
    attempt: Attempt,
    response: Any,
    headers: dict[str, Any],
    cost: float | None = None,
) -> Any:
    """Report a whole answer, and note in it who gave it."""
    log.succeeded(attempt, *usage_of(response), cost=cost)
    model_id = attempt.model_id
    if endpoint.items:
        mark_response(response, model_id)
    headers.update(log.core.limit_headers(attempt.row["model_name"]))
    add_headers(response, model_id, headers, headers_too=endpoint.headers)
    return response


def order_of(row: Row) -> float:
    """The `order` of a deployment: lower is tried first, and without one last."""
    order = row["litellm_params"].get("order")
    return math.inf if order is None else float(order)


def is_stream(response: Any) -> bool:
    """Whether a response is read piece by piece."""
    if isinstance(response, (dict, str, bytes)) or hasattr(response, "model_dump"):
        return False
    return hasattr(response, "__anext__") or hasattr(response, "__next__")
