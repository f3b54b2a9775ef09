"""Guardrails, what they did by day, health checks, settings of the cache."""

from alembic import op

from litellm.proxy.db.schema import complete

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables and columns that are not there."""
    complete(op.get_bind())
