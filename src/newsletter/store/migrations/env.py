"""Run by Alembic: applies the migrations on the connection of `store/migrate.py`, inside its transaction."""

from __future__ import annotations

from alembic import context

from newsletter.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
