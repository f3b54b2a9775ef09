"""Alembic's entry: runs the migrations on the connection that the gateway hands over."""

from alembic import context

VERSION_TABLE = "litellm_rust_version"

context.configure(connection=context.config.attributes["connection"], version_table=VERSION_TABLE)
with context.begin_transaction():
    context.run_migrations()
