"""Alembic's entry: runs the migrations on the connection that the gateway hands over."""

from alembic import context

from litellm.proxy.db.database import VERSION_TABLE

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE.name)
with context.begin_transaction():
    context.run_migrations()
