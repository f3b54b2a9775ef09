"""The native front: started beside the application, told its plans, and followed in what it hands over and settles."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

import litellm
from litellm.litellm_core_utils import accelerator
from litellm.litellm_core_utils.callback_registry import registered
from litellm.pipeline.preview import OpenAIRequest, Tried, openai_request
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.hooks.billing import UNBILLED
from litellm.proxy.metering import price_of_end
from litellm.proxy.native.attempt import Attempt
from litellm.proxy.native.hearing import hear_of_ends_only
from litellm.proxy.native.plan import group_plan, guest_plan, key_plan
from litellm.proxy.native.watchers import EndedCall, Seen, Watchers
from litellm.proxy.request_subject import Subject
from litellm.proxy.spend_tracking.budget_windows import utc_now
from litellm.proxy.spend_tracking.journal import Segments
from litellm.proxy.spend_tracking.settlement import ended_row

if TYPE_CHECKING:
    from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.native")

EVERY_S = 0.05
"""Between two looks at what has ended, and at whether anything has changed that plans depend on."""
KEEP_S = 60.0
"""How long a key's plan holds, at most."""
BATCH = 200
"""Ends that are booked before others get the event loop."""
FOLLOWED = 10_000
"""Settlements that wait for the database before no more are booked."""
MAX_GROUPS = 10_000
"""Models that are remembered; clients choose names, of wildcard groups."""
MAX_GUESTS = 50_000
"""End users and tags that are remembered."""
MAX_BODY = 8 << 20
STOP_S = 1.0
_OWN_METADATA = frozenset({
    "tags", "logging", "disable_logging", "guardrails", "policies", "priority", "rpm_limit_type", "tpm_limit_type",
    "enforced_params",
})  # fmt: skip
"""Of a key's or a team's metadata: what changes what is done with a request."""
_OWN_SETTINGS = (
    "forward_client_headers_to_llm_api", "litellm_key_header_name", "allow_client_side_credentials",
    "enforce_user_param", "completion_model", "user_header_mappings", "enforced_params", "missing_session_id",
    "forward_openai_org_id", "forward_llm_provider_auth_headers", "max_response_size_mb",
    "include_call_id_in_error_body", "max_in_flight_requests_per_worker", "service_account_settings",
    "reject_clientside_metadata_tags",
)  # fmt: skip

_LITELLM_SETTINGS = (
    "model_group_settings", "extra_spend_tag_headers", "overwrite_user_with_key_hash",
    "add_user_information_to_llm_headers", "forward_llm_provider_auth_headers", "validate_end_user_id_in_db",
    "disable_end_user_cost_tracking",
)  # fmt: skip

Connected = Callable[[socket.socket, bytes, "Attempt | None"], None]


class NativeFront:
    """One server of `litellm_rust` and its plans. `connected` is given each connection that is Python's."""

    def __init__(self, state: GatewayState, connected: Connected, *, keep_alive_s: float) -> None:
        self._state, self._connected = state, connected
        self._loop = asyncio.get_running_loop()
        self._segments = Segments(state.ledger.journal)
        self._segments.open()
        self._core = state.router.routing_table()
        user_header = state.config.general_settings.raw.get("user_header_name")
        self._server, self._port = accelerator.gateway_server(
            limits=state.limiter.table, budgets=state.ledger.budgets.table, routing=self._core,
            journals=self._segments.paths,
            handed=[user_header.lower()] if isinstance(user_header, str) else [],
            max_body=min(MAX_BODY, state.config.general_settings.max_request_bytes), keep_alive_s=keep_alive_s,
        )  # fmt: skip
        self._channel = socket.socket(fileno=self._server.channel())
        self._watchers = Watchers(state, self._server.hold)
        self._known: dict[str, dict[str, float]] = {}
        """Key → model → until when the server knows the plan."""
        self._guests: dict[str, float] = {}
        """End user or tag → until when the server knows it."""
        self._groups: dict[str, asyncio.Task[None]] = {}
        """The models that were looked at, whether or not there is a plan for them."""
        self._version = self._look()
        self._server.keep(self._watchers.keeps)
        self._worker: asyncio.Task[None] | None = None

    def start(self, listeners: list[socket.socket]) -> None:
        """Accept connections of `listeners`."""
        state = self._state
        self._loop.add_reader(self._port.fileno(), self._take)
        state.identities.dropped = self._forget
        state.end_users.dropped = lambda name: self._forget_guest(f"end_user:{name}")
        state.tags.dropped = lambda name: self._forget_guest(f"tag:{name}")
        state.catalog.changed = _both(state.catalog.changed, self.clear)
        state.ledger.also_done = self._server.done
        self._worker = asyncio.create_task(self._work())
        for listener in listeners:
            socket.send_fds(self._channel, [b"l"], [listener.fileno()])

    def give_back(self, connection: socket.socket) -> None:
        """Let the server have a connection again of whose next request nothing is read."""
        socket.send_fds(self._channel, [b"c"], [connection.fileno()])

    async def stop(self, timeout_s: float) -> None:
        """Accept no more, wait for requests under way, and book what has ended."""
        self._server.drain()
        deadline = time.monotonic() + timeout_s
        while self._server.open()[0] and time.monotonic() < deadline:  # noqa: ASYNC110 - its threads set no event
            await asyncio.sleep(EVERY_S)
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        self._server.stop(STOP_S)
        self._take()
        self._loop.remove_reader(self._port.fileno())
        self._channel.close()
        await self._book(all_of_them=True)
        await self._watchers.stop()

    def close(self) -> None:
        """Give the journal's files up, once the ledger has written what was booked."""
        self._segments.close(empty=not self._server.open()[1])

    # Plans

    def saw(self, auth: UserAPIKeyAuth, subject: Subject, model: str) -> None:
        """`auth` may call `model` for `subject`, and asked for it plainly: the next such may be the server's."""
        token = auth.token or ""
        if self._version[0] is not None:
            return
        self._saw_guests(subject)
        if self._known.get(token, {}).get(model, 0.0) > time.monotonic():
            return
        if not self._covers(auth):
            return
        if not self._server.has_group(model):
            if model not in self._groups and len(self._groups) < MAX_GROUPS:
                self._groups[model] = asyncio.create_task(self._make_group(model))
            return
        accounts, limits = subject.accounts[: subject.own[0]], subject.limits[: subject.own[1]]
        if any(limit.watched_only for limit in limits):
            return
        seconds = KEEP_S
        if auth.expires is not None:
            seconds = min(seconds, (auth.expires - utc_now()).total_seconds())
        plan = key_plan(auth, model, limits, accounts)
        self._state.ledger.watch(accounts)
        self._server.put(token, model, orjson.dumps(plan).decode(), max(seconds, 0.0))
        self._known.setdefault(token, {})[model] = time.monotonic() + seconds

    def _saw_guests(self, subject: Subject) -> None:
        """End users and tags that were looked up: the server may let them in by itself."""
        now = time.monotonic()
        caches = {"end_user": self._state.end_users, "tag": self._state.tags}
        for name, guest in subject.guests.items():
            kind, _, own_name = name.partition(":")
            fresh = self._guests.get(name, 0.0) <= now and caches[kind].remembers(own_name)
            plan = guest_plan(guest) if fresh else None
            if plan is None:
                continue
            if len(self._guests) >= MAX_GUESTS:
                self._guests.clear()
            if guest is not None and guest.account is not None:
                self._state.ledger.watch([guest.account])
            self._server.put_guest(name, orjson.dumps(plan).decode(), KEEP_S)
            self._guests[name] = now + KEEP_S

    def _covers(self, auth: UserAPIKeyAuth) -> bool:
        """Whether a caller is the master key, or a virtual one as it is remembered, that asks nothing of a request."""
        return (
            (auth.is_master_key or self._state.identities.known(auth.token or "") is auth)
            and not (auth.aliases or auth.alternatives or auth.policies or auth.allowed_routes or auth.permissions)
            and not (auth.allowed_vector_stores or auth.blocked_tools or auth.end_user_id)
            and _OWN_METADATA.isdisjoint(auth.metadata)
            and _OWN_METADATA.isdisjoint(auth.team_metadata)
        )

    def _reason(self) -> str | None:
        """What every request has to be asked in Python for; None where there is nothing."""
        state = self._state
        general, settings = state.config.general_settings.raw, state.config.litellm_settings
        needs = {
            "callbacks": not hear_of_ends_only() or bool(state.hooks.guards),
            "a cache of answers": litellm.cache is not None,
            "rules": bool(litellm.pre_call_rules or litellm.post_call_rules),
            "kept prompts": state.stores_prompts,
            "billing": state.billing is not UNBILLED,
            "priorities": state.priorities.is_on,
            "a database that is away": state.ledger.is_stuck,
            "limits in Redis": state.limiter.is_shared,
            "rules for addresses or routes": not state.gate.is_open,
            "custom authentication": state.custom_auth is not None or state.proxy_headers is not None,
            "settings": any(general.get(name) for name in _OWN_SETTINGS)
            or any(settings.get(name) for name in _LITELLM_SETTINGS),
        }  # fmt: skip
        return next((name for name, needed in needs.items() if needed), None)

    async def _make_group(self, model: str) -> None:
        try:
            await self._put_group(model)
        except Exception:  # whatever it is, Python answers for the model
            log.exception("the model %r stays Python's", model)

    async def _put_group(self, model: str) -> None:
        found = self._state.router.plain_pool(model)
        if found is None:
            return
        version, (strategy, rows) = self._look(), found
        requests: dict[str, tuple[Any, OpenAIRequest]] = {}
        tried: Tried = {}
        for model_id, (row, arguments) in rows.items():
            request = openai_request(arguments, tried)
            if request is None:
                return
            requests[model_id] = (row, request)
            await asyncio.sleep(0)
        plan = await group_plan(
            model, strategy, requests, self._state.prices,
            always_usage=self._state.config.general_settings.always_include_stream_usage,
            limited_tokens=self._state.limited_tokens,
        )  # fmt: skip
        if version == self._look():
            self._watchers.remember(model, {model_id: row for model_id, (row, _) in rows.items()})
            self._server.put_group(orjson.dumps(plan).decode())

    def _forget(self, token: str) -> None:
        if self._known.pop(token, None) is not None:
            self._server.forget(token)

    def _forget_guest(self, name: str) -> None:
        if self._guests.pop(name, None) is not None:
            self._server.forget_guest(name)

    def clear(self) -> None:
        """Forget every plan."""
        self._known.clear()
        self._guests.clear()
        self._groups.clear()
        self._server.clear()

    def _look(self) -> tuple[Any, ...]:
        """What all plans depend on: another value after each change."""
        state = self._state
        return (
            self._reason(), state.router.routing_table(), state.router.plain_version, id(state.config),
            litellm.acompletion, litellm.drop_params, tuple(map(id, registered())),
        )  # fmt: skip

    # What comes from the server

    def _take(self) -> None:
        self._port.drain()
        for descriptor, read, outcome in self._server.take_handed():
            attempt = None if outcome is None else Attempt(self._state.router, *outcome)
            self._connected(socket.socket(fileno=descriptor), read, attempt)

    async def _work(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                self._state.ledger.budgets.check_heard()
                version = self._look()
                if version != self._version:
                    self._version = version
                    self.clear()
                    self._server.keep(self._watchers.keeps)
                    if version[1] is not self._core:
                        self._core = version[1]
                        self._server.route_by(self._core)
                self._watchers.look()
                await self._book()
            except Exception:  # whatever it is, settlements go on
                log.exception("ends of requests could not be booked")

    async def _book(self, *, all_of_them: bool = False) -> None:
        """Settle what has ended, as much as the ledger can follow: the server slows down meanwhile."""
        while all_of_them or (self._state.ledger.waiting < FOLLOWED and self._watchers.have_room):
            ended = self._server.take_events(BATCH)
            for request_id, record, end, seen in ended:
                try:
                    self.book(request_id, record, json.loads(end), seen)
                except Exception:  # the others are booked; this one stays in the journal
                    log.exception("the end of request %s could not be booked", request_id)
            if len(ended) < BATCH:
                return
            await asyncio.sleep(0)

    def book(self, request_id: str, record: str, end: dict[str, Any], seen: Seen | None) -> None:
        """Settle a request that has ended, as its journal has it, and tell of it."""
        planned = _planned(record)
        state, model_id = self._state, end["model_id"]
        row = ended_row(request_id, planned, end, price_of_end(end))
        state.ledger.settled_natively(row)
        state.prices.saw(planned["model"], row["completion_tokens"])
        state.router.note_answered(model_id, planned["model"], end["status"], end.get("error"))
        if seen is not None:
            self._watchers.ended(EndedCall(request_id, planned["model"], end, row["spend_pico"], seen))


@functools.lru_cache(maxsize=1024)
def _planned(record: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(f"{{{record}}}")
    return found


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        second()

    return both
