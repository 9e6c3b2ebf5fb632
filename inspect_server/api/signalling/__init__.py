"""Signalling: how browsers enter a call (``docs/protocol.md``)."""
