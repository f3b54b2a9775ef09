"""Short words for the columns that the tables are made of, with the types that upstream's database has.

Times are UTC without a zone. Lists are arrays of text on PostgreSQL and JSON on SQLite; a list that is not given is
empty. Every other default is the database's own, so that a column can be added to a table that holds rows.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    MetaData,
    Text,
    false,
    func,
    text as sql,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

metadata = MetaData()


def utc_now() -> datetime.datetime:
    """Now, UTC without a zone, as the tables have it."""
    return datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)


_JSON: TypeEngine[Any] = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
_LIST: TypeEngine[Any] = JSON(none_as_null=True).with_variant(postgresql.ARRAY(Text), "postgresql")
_TIME: TypeEngine[Any] = DateTime().with_variant(postgresql.TIMESTAMP(precision=3), "postgresql")

AnyColumn = Column[Any]


def text(name: str, default: str | None = None, *, required: bool = False) -> AnyColumn:
    """Text; with a default it cannot be null."""
    return Column(name, Text, nullable=default is None and not required, server_default=default)


def blank(name: str) -> AnyColumn:
    """Text that is empty when not given, and may be null."""
    return Column(name, Text, server_default="")


def identifier(name: str) -> AnyColumn:
    """A primary key of text that is made up when not given."""
    return Column(name, Text, primary_key=True, default=lambda: str(uuid.uuid4()))


def name_key(name: str) -> AnyColumn:
    """A primary key of text that must be given."""
    return Column(name, Text, primary_key=True)


def money(name: str) -> AnyColumn:
    """A budget in USD; null is no budget."""
    return Column(name, Float)


def spent(name: str = "spend") -> AnyColumn:
    """Spend in USD, 0 at first."""
    return Column(name, Float, nullable=False, server_default="0")


def count(name: str) -> AnyColumn:
    """A large whole number, 0 at first."""
    return Column(name, BigInteger, nullable=False, server_default="0")


def tokens(name: str) -> AnyColumn:
    """A number of tokens of one request, 0 at first."""
    return Column(name, Integer, nullable=False, server_default="0")


def limit(name: str) -> AnyColumn:
    """A large limit; null is none."""
    return Column(name, BigInteger)


def whole(name: str, default: int | None = None) -> AnyColumn:
    """A whole number that may be null."""
    return Column(name, Integer, server_default=None if default is None else str(default))


def flag(name: str, default: bool | None = False) -> AnyColumn:
    """Yes or no; nullable without a default."""
    given = None if default is None else (true() if default else false())
    return Column(name, Boolean, nullable=default is None, server_default=given)


def moment(name: str, *, required: bool = False, now: bool = False) -> AnyColumn:
    """A time in UTC."""
    if not now:
        return Column(name, _TIME, nullable=not required)
    changes = utc_now if name == "updated_at" else None
    return Column(
        name, _TIME, nullable=not required, default=utc_now, onupdate=changes, server_default=func.current_timestamp()
    )


def document(name: str, default: str | None = "{}", *, required: bool = True) -> AnyColumn:
    """JSON."""
    given = None if default is None else sql(f"'{default}'")
    return Column(name, _JSON, nullable=not (required and default is not None), server_default=given)


def texts(name: str) -> AnyColumn:
    """A list of texts."""
    return Column(name, _LIST, default=list)


def stamps(*, by: bool = True) -> list[AnyColumn]:
    """When, and with `by` also by whom, a row was made and last changed."""
    times = [moment("created_at", now=True), moment("updated_at", now=True)]
    return [*times, text("created_by"), text("updated_by")] if by else times
