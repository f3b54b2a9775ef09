"""Token mappings, invitations, settings of signing in and of the UI."""

from alembic import op

from litellm.proxy.db.schema import complete

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables and columns that are not there."""
    complete(op.get_bind())
