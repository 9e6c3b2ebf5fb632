"""The only SQL and the only boto3 of the product: tables, queries, migrations, and the object store.

The query functions take a ``Transaction`` of ``storage.engine`` and speak in the domain's dataclasses.
``storage.objects`` stands apart: the media worker uses it without any database.
"""
