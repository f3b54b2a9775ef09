"""Moneta's tables, beside the gateway's in the same database."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, Integer, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection

metadata = MetaData()

_LOCK = 7_020_613_194_305
"""The advisory lock under which PostgreSQL makes the tables: one process at a time."""

_EVENT = ("customer", "subscription", "event")


def _event_columns() -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in _EVENT]


outbox = Table(
    "litellm_rust_billing_outbox", metadata, Column("transaction_id", Text, primary_key=True), *_event_columns(),
    Column("units", BigInteger, nullable=False), Column("created_at", Float(53), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"), Column("due_at", Float(53), nullable=False),
    Column("claimed_by", Text), Column("delivered_at", Float(53)),
    Index("litellm_rust_billing_outbox_due_idx", "due_at",
          postgresql_where=text("delivered_at IS NULL"), sqlite_where=text("delivered_at IS NULL")),
    Index("litellm_rust_billing_outbox_customer_idx", "customer", "delivered_at"),
    Index("litellm_rust_billing_outbox_delivered_idx", "delivered_at"),
)  # fmt: skip
"""Events on their way to Lago, and those that arrived not long ago. Times in seconds since 1970; `event` is JSON."""

dead_letters = Table(
    "litellm_rust_billing_dead_letters", metadata, Column("transaction_id", Text, primary_key=True),
    *_event_columns(), Column("units", BigInteger, nullable=False), Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False), Column("failed_at", Float(53), nullable=False),
    Index("litellm_rust_billing_dead_letters_customer_idx", "customer"),
)  # fmt: skip
"""Events that Lago refuses, with its reason."""

balances = Table(
    "litellm_rust_billing_balances", metadata, Column("customer", Text, primary_key=True),
    Column("spent", BigInteger, nullable=False, server_default="0"),
)  # fmt: skip
"""All that a customer has ever spent, in the smallest units of the virtual currency."""

webhooks = Table(
    "litellm_rust_billing_webhooks", metadata, Column("id", Text, primary_key=True),
    Column("received_at", Float(53), nullable=False), Index("litellm_rust_billing_webhooks_at_idx", "received_at"),
)  # fmt: skip
"""Webhooks that were taken, by their unique key and by the digest of what was signed."""


async def make_tables(connection: AsyncConnection) -> None:
    """Make the tables that are not there, on a connection that may write."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    await connection.run_sync(metadata.create_all, checkfirst=True)
