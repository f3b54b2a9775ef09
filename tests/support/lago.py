"""Lago on loopback: it checks every request with the models of `lago-python-client`, keeps what it takes through
kill -9, and fails on demand.

    python -m tests.support.lago --folder DIR --port N

Rules are those of Lago's documentation and OpenAPI document: a bearer key, at most 100 events a batch, a batch refused
as a whole with the places of the events that are wrong, `value_already_exist` for a transaction id that it has.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from tests.support.gateway import START_TIMEOUT_S, free_port
from tests.support.http11 import Exchange, Request, serve

API_KEY = "lago-key-4c1e"
MAX_BATCH = 100
KEY_FILE = "webhooks.pem"
"""The public key that webhooks are signed with, put into its folder by whoever signs."""
FAULTS = ("error", "error_after", "lost", "limited", "slow")
TAKEN = {"transaction_id": ["value_already_exist"]}


class Store:
    """The events that were taken, in a file that survives the process."""

    def __init__(self, folder: Path) -> None:
        self.events: dict[tuple[str, str], dict[str, Any]] = {}
        self.of: dict[str, list[dict[str, Any]]] = {}
        self.used: dict[str, Decimal] = {}
        path = folder / "events.log"
        for line in path.read_text().split("\n") if path.exists() else ():
            try:
                self._know(json.loads(line))
            except ValueError:
                continue  # the last one, torn by a kill
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        os.write(self._file, b"\n")

    def has(self, event: Mapping[str, Any]) -> bool:
        return (event["external_subscription_id"], event["transaction_id"]) in self.events

    def take(self, events: Sequence[dict[str, Any]]) -> None:
        os.write(self._file, b"".join(json.dumps(event).encode() + b"\n" for event in events))
        for event in events:
            self._know(event)

    def _know(self, event: dict[str, Any]) -> None:
        subscription = event["external_subscription_id"]
        self.events[subscription, event["transaction_id"]] = event
        self.of.setdefault(subscription, []).append(event)
        cost = Decimal(str(event["properties"].get("cost_askii", 0)))
        self.used[subscription] = self.used.get(subscription, Decimal(0)) + cost


class Answer(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, code: str, details: Any = None) -> None:
        body: dict[str, Any] = {"status": status, "error": code, "code": code}
        self.status, self.body = status, body | ({"error_details": details} if details is not None else {})


class Lago:
    """One organisation. `control` says how customers stand and how often requests fail."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        self._control_path = folder / "control.json"
        self.control: dict[str, Any] = {"fail": 0.0, "poison": [], "broken": [], "customers": {}, "wallet_reads": 0}
        if self._control_path.exists():
            self.control |= json.loads(self._control_path.read_text())
        self.calls: dict[str, int] = {}
        self._key_path = folder / KEY_FILE

    async def handle(self, request: Request, exchange: Exchange) -> None:
        """Answer one request."""
        url = urlsplit(request.path)
        parts = [unquote(part) for part in url.path.strip("/").split("/")]
        if parts[0] == "_control":
            self.control |= request.json() or {}
            self._control_path.write_text(json.dumps(self.control))
            await exchange.send_json(200, {"calls": self.calls, "events": len(self.store.events)})
            return
        fault = random.choice(FAULTS) if random.random() < self.control["fail"] else ""
        name = "/".join(parts[2:3] + parts[4:5]) or "?"
        self.calls[name] = self.calls.get(name, 0) + 1
        if self.control.get("away") or fault == "error":
            await exchange.send_json(503, {"status": 503, "error": "Service Unavailable"})
            return
        if fault == "limited":
            exchange.headers["X-RateLimit-Reset"] = "0.05"
            await exchange.send_json(429, {"status": 429, "error": "Too Many Requests"})
            exchange.headers.clear()
            return
        if fault == "slow" or self.control.get("delay"):
            await asyncio.sleep(self.control.get("delay") or 0.1)
        try:
            if request.headers.get("authorization") != f"Bearer {API_KEY}":
                raise Answer(401, "Unauthorized")
            answer = self._answer(request, parts[2:], dict(parse_qsl(url.query)))
        except Answer as refusal:
            await exchange.send_json(refusal.status, refusal.body)
            return
        if fault == "error_after":
            await exchange.send_json(502, {"status": 502, "error": "Bad Gateway"})
        elif fault == "lost":
            exchange.cut()
        else:
            await exchange.send_json(200, answer)

    def _answer(self, request: Request, parts: list[str], query: dict[str, str]) -> Any:
        match request.method, *parts:
            case "POST", "events", "batch":
                return self._take(request.json())
            case "GET", "events":
                return self._list(query)
            case "GET", "webhooks", "json_public_key":
                return {"webhook": {"public_key": base64.b64encode(self._key_path.read_bytes()).decode()}}
            case "GET", "customers", customer, "wallets":
                self._customer(customer)
                return {"wallets": self._wallets(customer), "meta": {"next_page": None}}
            case "GET", "customers", customer, "balance":
                return {"balance": self._wallets(customer)[0]["credits_ongoing_balance"]}
            case "GET", "customers", customer, "current_usage":
                self._customer(customer)
                return self._usage(query["external_subscription_id"])
            case "GET", "subscriptions", subscription, "usage":
                return self._usage(subscription)
            case "GET", "subscriptions", subscription:
                return self._subscription(subscription)
            case "GET", "subscriptions", subscription, "entitlements":
                return {"entitlements": self._customer(subscription).get("entitlements", [])}
        raise Answer(404, "object_not_found")

    def _take(self, body: Any) -> Any:
        from lago_python_client.models.event import BatchEvent
        from pydantic.v1 import ValidationError

        try:
            events = [event.dict(exclude_none=True) for event in BatchEvent.parse_obj(body).events]
        except ValidationError as error:
            raise Answer(422, "validation_errors", {"events": [str(error)]}) from error
        if not events or len(events) > MAX_BATCH:
            raise Answer(422, "validation_errors", {"events": ["too_many_events"]})
        wrong: dict[str, Any] = {}
        seen: set[str] = set()
        if any(event["external_subscription_id"] in self.control["broken"] for event in events):
            raise Answer(500, "Internal Server Error")
        for place, event in enumerate(events):
            if self.store.has(event) or event["transaction_id"] in seen:
                wrong[str(place)] = TAKEN
            elif event["external_subscription_id"] in self.control["poison"]:
                wrong[str(place)] = {"properties": ["value_is_not_valid_number"]}
            float(event["timestamp"])
            seen.add(event["transaction_id"])
        if wrong:
            raise Answer(422, "validation_errors", wrong)
        self.store.take(events)
        return {"events": [{**event, "lago_customer_id": None, "lago_subscription_id": None} for event in events]}

    def _list(self, query: dict[str, str]) -> Any:
        page, size = int(query.get("page", 1)), int(query.get("per_page", 20))
        since, until = _moment(query["timestamp_from"]), _moment(query["timestamp_to"])
        wanted = query["external_subscription_id"]
        found = [
            event
            for event in self.store.of.get(wanted, ())
            if since <= float(event["timestamp"]) <= until and event["code"] == query["code"]
        ]
        shown = [
            {**event, "timestamp": _iso(float(event["timestamp"]))} for event in found[(page - 1) * size : page * size]
        ]
        return {"events": shown, "meta": {"next_page": page + 1 if page * size < len(found) else None}}

    def _customer(self, name: str) -> dict[str, Any]:
        customers = self.control["customers"]
        found = customers.get(name, customers.get("*"))
        if found is None:
            raise Answer(404, "object_not_found")
        return dict(found)

    def _wallets(self, customer: str) -> list[dict[str, Any]]:
        from lago_python_client.models.wallet import WalletResponse

        known = self._customer(customer)
        if known.get("credits") is None:
            return []
        used = self.store.used.get(customer, Decimal(0))
        left = Decimal(known["credits"]) - used
        wallet = {
            "lago_id": "1a901a90-1a90-1a90-1a90-1a901a901a90", "lago_customer_id": "1a901a90", "currency": "USD",
            "external_customer_id": customer, "status": known.get("wallet", "active"), "rate_amount": "1.0",
            "credits_balance": str(known["credits"]), "balance_cents": 0, "consumed_credits": "0.0",
            "created_at": "2026-01-01T00:00:00Z", "ongoing_balance_cents": 0, "ongoing_usage_balance_cents": 0,
            "credits_ongoing_balance": str(left), "credits_ongoing_usage_balance": str(used),
        }  # fmt: skip
        WalletResponse.parse_obj(wallet)
        return [wallet]

    def _usage(self, subscription: str) -> Any:
        from lago_python_client.models.customer_usage import CustomerUsageResponse

        used = self.store.used.get(subscription, Decimal(0))
        metric = {"lago_id": "m", "name": "usage", "code": "llm_usage", "aggregation_type": "sum_agg"}
        charge = {
            "units": str(used), "total_aggregated_units": str(used), "events_count": 0, "amount_cents": 0,
            "amount_currency": "USD", "charge": {"lago_id": "c", "charge_model": "standard"}, "filters": [],
            "billable_metric": metric,
        }  # fmt: skip
        usage = {
            "from_datetime": "2026-11-01T00:00:00Z", "to_datetime": "2026-11-30T23:59:59Z", "currency": "USD",
            "issuing_date": "2026-11-30", "amount_cents": 0, "taxes_amount_cents": 0, "total_amount_cents": 0,
            "charges_usage": [charge],
        }  # fmt: skip
        CustomerUsageResponse.parse_obj(usage)
        return {"customer_usage": usage}

    def _subscription(self, name: str) -> Any:
        from lago_python_client.models.subscription import SubscriptionResponse

        if self._customer(name).get("subscription", "active") != "active":
            raise Answer(404, "subscription_not_found")
        found = {"lago_id": "s", "external_id": name, "external_customer_id": name, "status": "active"}
        SubscriptionResponse.parse_obj(found)
        return {"subscription": found}


def _moment(text: str) -> float:
    import datetime

    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def _iso(seconds: float) -> str:
    import datetime

    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class LagoProcess:
    """A stand-in process in its own folder; a second `start()` after `kill()` has what the first one took."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "lago"
        self.folder.mkdir(exist_ok=True)
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """Upstream's variables for it."""
        return {"LAGO_API_BASE": self.base, "LAGO_API_KEY": API_KEY, "LAGO_API_EVENT_CODE": "llm_usage"}

    def start(self) -> LagoProcess:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "tests.support.lago", "--folder", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen(command)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                self.set()
                return self
            except httpx.TransportError:
                time.sleep(0.02)
        raise RuntimeError("the stand-in for Lago did not start")

    def set(self, **control: Any) -> dict[str, Any]:
        """Change how it behaves; what it has seen so far."""
        seen: dict[str, Any] = httpx.post(f"{self.base}/_control", json=control, timeout=10).json()
        return seen

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(START_TIMEOUT_S)

    def events(self) -> list[dict[str, Any]]:
        """Everything that it has taken, read from its file."""
        found = []
        for line in (self.folder / "events.log").read_text().split("\n"):
            if line.endswith("}"):
                found.append(json.loads(line))
        return found

    def wait_for_events(self, count: int, timeout_s: float = 15.0) -> list[dict[str, Any]]:
        """Everything that it has taken, once there are so many, or when the time is over."""
        deadline = time.monotonic() + timeout_s
        while len(found := self.events()) < count and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def __enter__(self) -> LagoProcess:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()


async def main(folder: Path, port: int) -> None:
    """Serve until killed."""
    server = await serve(Lago(folder).handle, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    asyncio.run(main(options.folder, options.port))
