"""Batches that providers work on."""

from alembic import op

from litellm.proxy.db.schema import complete

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables and columns that are not there."""
    complete(op.get_bind())
