"""Runs of guardrails, one by one."""

from alembic import op

from litellm.proxy.db.schema import complete

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables and columns that are not there."""
    complete(op.get_bind())
