"""What people do with the product: one function per user action, each one transaction.

A service loads, lets the domain decide, saves, leaves an audit event and announces what others need to know. Every one
asks the permission table. Time, ids, tokens and the outside world come in a ``ServiceContext``.
"""
