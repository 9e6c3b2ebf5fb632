"""Alembic's scripts. Run by ``storage.migrate``, which hands its connection over.

A new step is a file in ``versions``, written by hand; the tests say in what the tables still differ from the steps.
A step that was released is never changed, and leaves a database that the release before can still work with.
"""
