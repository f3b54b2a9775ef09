"""Payloads in the log of spend, off by default and bounded; old rows are deleted, sums stay."""

from __future__ import annotations

import asyncio
import datetime
import json
import time
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
from litellm.proxy.db import tables
from litellm.proxy.db.database import Database
from litellm.proxy.db.repositories import HealthCheckRepository
from litellm.proxy.spend_tracking.budget_windows import utc_now
from litellm.proxy.spend_tracking.payloads import MAX_TEXT, bounded
from litellm.proxy.spend_tracking.retention import Retention
from sqlalchemy import func, select

from tests.support.gateway import Gateway

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=9_000),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)


@given(anything)
def test_a_stored_payload_is_json_without_long_texts(value: Any) -> None:
    text = json.dumps(bounded(value), allow_nan=False)
    assert "\\u0000" not in text
    found = json.loads(text)
    while isinstance(found, (list, dict)) and found:
        found = next(iter(found.values() if isinstance(found, dict) else found))
    assert not isinstance(found, str) or len(found) < MAX_TEXT + 100


def test_deep_and_wide_payloads_are_cut() -> None:
    deep: Any = "end"
    for _ in range(200):
        deep = [deep]
    assert len(json.dumps(bounded(deep))) < 100
    assert len(json.dumps(bounded([["x" * 50] * 1000] * 1000))) < 600_000


def test_prompts_are_stored_when_asked_for(tmp_path: Path) -> None:
    config: dict[str, Any] = {
        "model_list": [{"model_name": "m", "litellm_params": {"model": "openai/gpt-4o", "mock_response": "hi there"}}],
        "general_settings": {"store_prompts_in_spend_logs": True, "maximum_spend_logs_retention_period": "30d"},
    }
    messages = [{"role": "user", "content": "a question"}]
    with Gateway(tmp_path, config) as gateway:
        for stream in (False, True):
            body = {"model": "m", "messages": messages, "stream": stream}
            assert gateway.request("POST", "/v1/chat/completions", json=body).status_code == 200
        deadline = time.monotonic() + 10  # a stream is settled when its client has read it
        while len(rows := gateway.request("GET", "/spend/logs").json()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
    for row in rows:
        assert row["messages"] == messages
        assert "hi there" in json.dumps(row["response"])
        assert "user_api_key" not in json.dumps(row["proxy_server_request"])


def test_old_rows_go_in_batches(tmp_path: Path) -> None:
    async def run() -> None:
        database = Database(f"sqlite:///{tmp_path}/r.db", tmp_path)
        await database.start()
        now = utc_now()
        rows = [
            {"request_id": str(number), "call_type": "c", "startTime": began, "endTime": began, "spend": 1.0}
            for number in range(25)
            for began in [now - datetime.timedelta(days=number)]
        ]
        async with database.write() as transaction:
            await transaction.connection.execute(tables.spend_logs.insert(), rows)
            tags = [{"tag": "t", "date": row["startTime"].date().isoformat(), "api_key": "k"} for row in rows]
            await transaction.connection.execute(tables.DAILY["tag"].insert(), tags)
            checks = [{"model_name": "m", "status": "healthy", "checked_at": row["startTime"]} for row in rows]
            for check in checks:
                await HealthCheckRepository(transaction.connection).add(check)
        retention = Retention(database, {"maximum_spend_logs_retention_period": "7d"}, batch=5)
        assert (await retention.once(), await retention.once()) == (18, 0)
        others = {"maximum_daily_tag_spend_retention_period": "20d", "maximum_health_check_retention_period": "10d"}
        retention = Retention(database, others, batch=3)
        assert (await retention.once(), await retention.once()) == (4 + 15, 0)
        async with database.read() as connection:
            assert (await connection.execute(select(func.count()).select_from(tables.spend_logs))).scalar_one() == 7
        await database.stop()

    asyncio.run(run())
