"""Run the migrations inside the session that `finder.store.database.Database.migrate` opened."""

from __future__ import annotations

from alembic import context

from finder.store.tables import metadata

context.configure(connection=context.config.attributes["session"], target_metadata=metadata)
context.run_migrations()
