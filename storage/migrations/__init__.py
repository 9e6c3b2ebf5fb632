"""Alembic's scripts. Run by ``storage.migrate``, which hands its connection over."""
