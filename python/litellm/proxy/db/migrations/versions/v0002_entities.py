"""Users, teams, organisations, budgets and the rest, for databases that had keys and spend logs only."""

from alembic import op

from litellm.proxy.db.schema import complete

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables and columns that are not there."""
    complete(op.get_bind())
