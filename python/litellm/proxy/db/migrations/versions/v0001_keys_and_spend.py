"""Keys and spend logs. Tables of an upstream database are left as they are."""

from alembic import op

from litellm.proxy.db.tables import metadata

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables that are not there."""
    metadata.create_all(op.get_bind(), checkfirst=True)
