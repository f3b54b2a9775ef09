"""Policies of guardrails, their attachments, and what they did by day."""

from alembic import op

from litellm.proxy.db.schema import complete

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables and columns that are not there."""
    complete(op.get_bind())
