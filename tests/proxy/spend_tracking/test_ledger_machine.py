"""Any order of calls, changes, replacements, deletions and restarts: the log adds up to every entity's spend."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from litellm.proxy._types import ProxyException, UserAPIKeyAuth
from litellm.proxy.auth.identity import principal
from litellm.proxy.auth.identity_repository import identity_of
from litellm.proxy.db import tables
from litellm.proxy.db.database import Database
from litellm.proxy.db.repositories import (
    BudgetRepository,
    KeyRepository,
    OrganizationRepository,
    TagRepository,
    TeamMemberRepository,
    TeamRepository,
    UserRepository,
)
from litellm.proxy.spend_tracking.budget_windows import utc_now
from litellm.proxy.spend_tracking.ledger import Ledger, Reservation
from sqlalchemy import func, select

PICO = 10**12
ENTITIES = (
    ("user", tables.users, tables.users.c.user_id), ("team_id", tables.teams, tables.teams.c.team_id),
    ("organization_id", tables.organizations, tables.organizations.c.organization_id),
    ("end_user", tables.end_users, tables.end_users.c.user_id),
)  # fmt: skip


class LedgerMachine(RuleBasedStateMachine):
    """Two gateway processes' ledgers on one database, any of which may be killed and started again."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{self.folder.name}/machine.db"
        self.sides: list[tuple[Database, Ledger]] = []
        self.open: list[tuple[int, Reservation, int]] = []
        self.keys: list[str] = []
        self.limits: dict[str, int] = {}
        self.overshoot: dict[str, int] = {}

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    @initialize()
    def begin(self) -> None:
        self.run(self._begin())

    async def _begin(self) -> None:
        for name in ("one", "two"):
            self.sides.append(await self._side(name))
        async with self.sides[0][0].write() as transaction:
            connection = transaction.connection
            budget = await BudgetRepository(connection).add({"max_budget": 60 / PICO, "created_by": "t"})
            own = await BudgetRepository(connection).add({"max_budget": 40 / PICO, "created_by": "t"})
            organization = {"organization_id": "o", "organization_alias": "o", "budget_id": budget["budget_id"]}
            await OrganizationRepository(connection).add(organization | {"created_by": "t"})
            await TeamRepository(connection).add({"team_id": "t", "organization_id": "o", "max_budget": 50 / PICO})
            await UserRepository(connection).add({"user_id": "u", "teams": ["t"], "max_budget": 45 / PICO})
            members = TeamMemberRepository(connection)
            await members.add({"team_id": "t", "user_id": "u", "budget_id": own["budget_id"]})
            await TagRepository(connection).add({"tag_name": "g"})
            for token, fields in (("k1", {"team_id": "t", "user_id": "u"}), ("k2", {"user_id": "u"})):
                await KeyRepository(connection).add(
                    {"token": token, "max_budget": 30 / PICO, "blocked": None, **fields}
                )
        self.keys = ["k1", "k2"]
        self.limits = {"o": 60, "t": 50, "u": 45}

    async def _side(self, name: str) -> tuple[Database, Ledger]:
        folder = Path(self.folder.name) / name
        database = Database(self.url, folder)
        await database.start()
        ledger = Ledger(database, folder)
        await ledger.start()
        return database, ledger

    @rule(side=st.integers(0, 1), key=st.integers(0, 1), amount=st.integers(0, 12), end_user=st.booleans())
    def reserve(self, side: int, key: int, amount: int, end_user: bool) -> None:
        self.run(self._reserve(side, self.keys[key], amount, end_user))

    async def _reserve(self, side: int, token: str, amount: int, end_user: bool) -> None:
        database, ledger = self.sides[side]
        async with database.read() as connection:
            rows = await identity_of(connection, token, utc_now())
        if rows is None:
            return
        auth: UserAPIKeyAuth = principal(rows)
        auth.end_user_id, auth.request_tags = "e" if end_user else None, ("g",)
        try:
            reservation = await ledger.reserve(auth, str(uuid.uuid4()), "m", amount, auth.accounts, min(amount, 1))
        except ProxyException as error:
            if error.code != "422":
                raise
            return
        self.open.append((side, reservation, amount))

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 100), share=st.integers(0, 10))
    def settle(self, which: int, share: int) -> None:
        _, reservation, amount = self.open.pop(which % len(self.open))
        cost = amount * share // 10
        usage = {"prompt_tokens": 1, "completion_tokens": 2}
        self.run(reservation.settle(usage, cost))
        self.run(reservation.settle(usage, cost + 5))  # a second end changes nothing

    @rule(side=st.integers(0, 1))
    def flush(self, side: int) -> None:
        self.run(self.sides[side][1].flush())

    @rule(side=st.integers(0, 1))
    def tend(self, side: int) -> None:
        self.run(self.sides[side][1].budgets.tend())

    @rule(side=st.integers(0, 1))
    def kill(self, side: int) -> None:
        """kill -9, and a start: the journal's lock is free, what was not flushed is recovered."""
        self.run(self._kill(side))

    async def _kill(self, side: int) -> None:
        database, ledger = self.sides[side]
        assert ledger._worker is not None
        ledger._worker.cancel()
        await asyncio.gather(ledger._worker, return_exceptions=True)
        ledger.journal._lock.release()
        await database.stop()
        self.open = [item for item in self.open if item[0] != side]
        self.sides[side] = await self._side("one" if side == 0 else "two")

    @rule(key=st.integers(0, 1))
    def regenerate(self, key: int) -> None:
        self.run(self._regenerate(key))

    async def _regenerate(self, key: int) -> None:
        old, new = self.keys[key], uuid.uuid4().hex
        async with self.sides[0][0].write() as transaction:
            keys = KeyRepository(transaction.connection)
            await keys.change(old, {"token": new})
            await keys.replace(old, new, utc_now())
            transaction.changed(f"key:{old}", f"key:{new}")
        self.keys[key] = new

    @invariant()
    def never_more_than_the_budget(self) -> None:
        """What is spent and what is reserved, over both processes, fits every budget of user, team, organisation."""
        if self.sides:
            self.run(self._check_budgets())

    async def _check_budgets(self) -> None:
        async with self.sides[0][0].read() as connection:
            for name, table, column in (("t", tables.teams, "team_id"), ("o", tables.organizations, "organization_id")):
                query = select(table.c.spend).where(table.c[column] == name)
                spend = round((await connection.execute(query)).scalar_one() * PICO)
                assert spend <= self.limits[name], (name, spend)

    def teardown(self) -> None:
        try:
            if self.sides:
                self.run(self._add_up())
        finally:
            self.run(self._close())
            self.loop.close()
            self.folder.cleanup()

    async def _add_up(self) -> None:
        for _, reservation, amount in self.open:
            await reservation.settle({}, amount)
        for _, ledger in self.sides:
            await ledger.flush()
        logs = tables.spend_logs
        async with self.sides[0][0].read() as connection:
            for logged, table, key in ENTITIES:
                await self._same(connection, logged, table.c.spend, key)
            total = await self._pico(connection, select(func.sum(logs.c.spend)))
            keys = await self._pico(connection, select(func.sum(tables.keys.c.spend)))
            days = await self._pico(connection, select(func.sum(tables.DAILY["user_id"].c.spend)))
            tags = await self._pico(connection, select(func.sum(tables.tags.c.spend)))
            assert total == keys == days == tags
            member = await self._pico(connection, select(func.sum(tables.team_memberships.c.spend)))
            team = await self._pico(connection, select(func.sum(logs.c.spend)).where(logs.c.team_id == "t"))
            assert member == team

    async def _same(self, connection: Any, logged: str, spend: Any, key: Any) -> None:
        logs = tables.spend_logs
        for name, amount in (await connection.execute(select(key, spend))).all():
            found = await self._pico(connection, select(func.sum(logs.c.spend)).where(logs.c[logged] == name))
            assert round(amount * PICO) == found, (logged, name)

    async def _pico(self, connection: Any, query: Any) -> int:
        return round(((await connection.execute(query)).scalar_one() or 0.0) * PICO)

    async def _close(self) -> None:
        for database, ledger in self.sides:
            await ledger.stop()
            await database.stop()


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
