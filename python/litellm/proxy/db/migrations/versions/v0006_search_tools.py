"""Search tools."""

from alembic import op

from litellm.proxy.db.schema import complete

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the tables and columns that are not there."""
    complete(op.get_bind())
