"""Alembic's environment, configured in code by `finder.store.database`."""
