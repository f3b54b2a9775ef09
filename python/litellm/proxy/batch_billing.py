"""Batches are billed when they have ended, for whoever made them: what their output file says that each request used.

A batch that is made here is noted in the database. Every `PROXY_BATCH_POLLING_INTERVAL` seconds, and when a client sees
that it has ended, its provider is asked for it. All processes look; each batch is one row of the log of spend.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
import os
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import orjson

from litellm.llms.custom_httpx.clients import CONNECT_TIMEOUT_S, pool
from litellm.proxy._types import ProxyException
from litellm.proxy.background import Background
from litellm.proxy.charge import Charge
from litellm.proxy.db.batch_repository import BatchQueries
from litellm.proxy.db.database import DATABASE_ERRORS
from litellm.proxy.db.repository import Row
from litellm.proxy.errors import InvalidRequestError
from litellm.proxy.metering import pico_of, price, usage_of, with_usage
from litellm.proxy.pass_through_endpoints.account import account_of
from litellm.proxy.spend_tracking.budget_windows import utc_now
from litellm.proxy.spend_tracking.settlement import batch_row

if TYPE_CHECKING:
    from litellm.proxy.state import GatewayState

log = logging.getLogger("litellm.proxy.batches")

INTERVAL_S = 3600.0
"""`general_settings.proxy_batch_polling_interval`, else `PROXY_BATCH_POLLING_INTERVAL`."""
GIVE_UP_AFTER = datetime.timedelta(days=30)
TIMEOUT_S = 600.0
MOST_AT_ONCE = 100
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
"""Source: the status of a batch, https://platform.openai.com/docs/api-reference/batch/object."""
_PRICES = ("input_cost_per_token", "output_cost_per_token")


class BatchBilling(Background):
    """Follows the batches that are made through this gateway."""

    def __init__(self, state: GatewayState) -> None:
        self._state = state
        given = state.config.general_settings.raw.get("proxy_batch_polling_interval")
        self._interval_s = float(given or os.environ.get("PROXY_BATCH_POLLING_INTERVAL") or INTERVAL_S)
        self._wake = asyncio.Event()

    def follower(self, provider: str, *, made: bool) -> Callable[[Charge, bytes], Awaitable[None]]:
        """What is to be told of each answer that is a batch of this provider: one that is `made`, or looked at."""

        async def follow(charge: Charge, answer: bytes) -> None:
            await self._seen(provider, charge, answer, made=made)

        return follow

    async def _seen(self, provider: str, charge: Charge, answer: bytes, *, made: bool) -> None:
        batch = _object(answer)
        if batch.get("object") != "batch" or not isinstance(batch.get("id"), str) or charge.reservation is None:
            return
        request_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{provider}/{batch['id']}"))
        now = utc_now()
        row = {
            "request_id": request_id, "batch_id": batch["id"], "provider": provider, "model": charge.model,
            "who": charge.reservation.who, "created_at": now, "looked_at": now,
        }  # fmt: skip
        try:
            async with self._state.database.write() as transaction:
                queries = BatchQueries(transaction.connection)
                if made:
                    await queries.add(row)
                if batch.get("status") in ENDED:
                    await queries.due(request_id)
                    self._wake.set()
        except DATABASE_ERRORS as error:
            log.error("the batch %s is not followed, and will not be billed: %s", batch["id"], type(error).__name__)

    async def _work(self) -> None:
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._wake.wait(), self._interval_s)
            self._wake.clear()
            try:
                await self._look()
            except DATABASE_ERRORS as error:
                log.error("batches are not looked at: %s", type(error).__name__)

    async def _look(self) -> None:
        """Bill what has ended."""
        now = utc_now()
        async with self._state.database.write() as transaction:
            queries = BatchQueries(transaction.connection)
            rows = await queries.claim(now - datetime.timedelta(seconds=self._interval_s), now, MOST_AT_ONCE)
        for row in rows:
            try:
                done = await self._bill(row)
            except (httpx.HTTPError, ProxyException, InvalidRequestError, ValueError) as error:
                log.warning("the batch %s cannot be looked at: %s", row["batch_id"], error)
                done = now - row["created_at"] > GIVE_UP_AFTER
            if done:
                async with self._state.database.write() as transaction:
                    await BatchQueries(transaction.connection).end(row["request_id"])

    async def _bill(self, row: Row) -> bool:
        """Whether the batch has ended; what it cost is in the log then. Raises what asking the provider raises."""
        batch = _object(b"".join([piece async for piece in self._ask(row, f"batches/{row['batch_id']}")]))
        if batch.get("status") not in ENDED:
            return False
        used = _Used(row["provider"])
        if batch.get("output_file_id"):
            async for line in self._lines(row, f"files/{batch['output_file_id']}/content"):
                used.add(_object(line))
        if used.requests:
            began = row["created_at"].replace(tzinfo=datetime.timezone.utc).timestamp()
            model = used.model or row["model"]
            await self._state.ledger.book(
                batch_row(row["who"], row["request_id"], model, row["provider"], used.tokens, used.pico, began)
            )
        return True

    async def _lines(self, row: Row, path: str) -> Any:
        rest = b""
        async for piece in self._ask(row, path):
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield line
        yield rest

    async def _ask(self, row: Row, path: str) -> Any:
        """The pieces of the provider's answer. Raises httpx.HTTPError for an error."""
        place = account_of(self._state, row["provider"], row["model"] or None, "/v1", path, "")
        headers, url = dict(place.credential.headers), place.url
        if place.credential.signer is not None:
            headers = await place.credential.signer.async_sign("GET", url, headers, b"")
        client = pool.asynchronous()
        request = client.build_request(
            "GET", url, headers={**headers, "accept-encoding": "identity"},
            timeout=httpx.Timeout(TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
        )  # fmt: skip
        answer = await client.send(request, stream=True)
        try:
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                yield piece
        finally:
            await answer.aclose()


@dataclass(slots=True)
class _Used:
    """What the requests of a batch used and cost together."""

    provider: str
    requests: int = 0
    model: str = ""
    tokens: dict[str, int] = field(default_factory=dict)
    pico: int = 0

    def add(self, line: Mapping[str, Any]) -> None:
        """A line of the output file."""
        response = line.get("response")
        body = response.get("body") if isinstance(response, Mapping) else None
        usage = usage_of(body) if isinstance(body, dict) else {}
        if not usage:
            return
        model = str((body or {}).get("model") or "")
        self.requests += 1
        self.model = self.model or model
        for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
            self.tokens[name] = self.tokens.get(name, 0) + int(usage.get(name) or 0)
        self.pico += batch_price(self.provider, model, usage)


def batch_price(provider: str, model: str, usage: Mapping[str, Any]) -> int:
    """Pico-dollars of one request in a batch: by the model's prices for batches, else half of its usual price."""
    from litellm import get_model_info
    from litellm.exceptions import ModelNotMappedError

    name = f"{provider}/{model}"
    try:
        facts: Mapping[str, Any] = get_model_info(name)
    except ModelNotMappedError:
        return 0
    rates = [facts.get(f"{kind}_batches") for kind in _PRICES]
    if all(isinstance(rate, (int, float)) for rate in rates):
        used = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
        return sum(pico_of(rate) * int(tokens or 0) for rate, tokens in zip(rates, used, strict=True))
    return price(with_usage(usage), {"litellm_model_name": name, "llm_provider": provider}) // 2


def _object(raw: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(raw) if raw.strip() else {}
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
