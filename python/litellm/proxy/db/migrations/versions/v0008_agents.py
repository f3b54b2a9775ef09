"""Agents, permissions of keys and teams, what agents cost by day."""

from alembic import op

from litellm.proxy.db.schema import complete

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables and columns that are not there."""
    complete(op.get_bind())
