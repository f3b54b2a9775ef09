"""A settlement that the database refuses holds none of the others up, and is not lost."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.db.database import Database
from litellm.proxy.db.tables import spend_logs
from litellm.proxy.spend_tracking.ledger import Ledger
from sqlalchemy import select, text

REFUSES = """
CREATE TRIGGER refuses BEFORE INSERT ON "LiteLLM_SpendLogs"
WHEN NEW.user = 'never' OR (NEW.user = 'bare' AND NEW.model <> '')
BEGIN SELECT RAISE(ABORT, 'refused'); END
"""
USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def test_a_row_that_is_refused_is_set_aside(tmp_path: Path) -> None:
    async def run() -> dict[str, str]:
        database = Database(f"sqlite:///{tmp_path}/l.db", tmp_path)
        await database.start()
        async with database.write() as transaction:
            await transaction.connection.execute(text(REFUSES))
        ledger = Ledger(database, tmp_path)
        await ledger.start()
        for number, user in enumerate(("one", "never", "bare", "two")):
            auth = UserAPIKeyAuth(token="k", user_id=user)
            reservation = await ledger.reserve(auth, str(number), "m", 10)
            await reservation.settle(USAGE, 10)
        await ledger.flush()
        async with database.read() as connection:
            rows = await connection.execute(select(spend_logs.c.user, spend_logs.c.model))
            found = {row.user: row.model for row in rows}
        await ledger.stop()
        await database.stop()
        return found

    assert asyncio.run(run()) == {"one": "m", "bare": "", "two": "m"}
    (line,) = (tmp_path / "refused.jsonl").read_text(encoding="utf-8").splitlines()
    kept = json.loads(line)
    assert (kept["user"], kept["spend_pico"], kept["request_id"]) == ("never", 10, "1")
    assert not list(tmp_path.glob("journal-*"))
