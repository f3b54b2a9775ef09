"""Every table. What an upstream database has already is left as it is."""

from alembic import op

from litellm.proxy.db.schema import complete

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables and columns that are not there."""
    complete(op.get_bind())
