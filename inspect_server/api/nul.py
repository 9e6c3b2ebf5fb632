"""The one character that JSON can tell and PostgreSQL cannot store."""

from __future__ import annotations

from pydantic import BaseModel


def holds_nul(value: object) -> bool:
    """Whether any text inside holds U+0000."""
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, BaseModel):
        return holds_nul(value.model_dump())
    if isinstance(value, dict):
        return any(holds_nul(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(holds_nul(inner) for inner in value)
    return False
