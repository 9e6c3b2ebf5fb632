"""What all bodies share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Token = Annotated[str, StringConstraints(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]


class Body(BaseModel):
    """Base of all bodies: unknown fields are refused, so that a typing error does not pass silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(BaseModel):
    """RFC 9457 problem details. ``code`` is stable and translated by the pages."""

    type: str
    title: str
    status: int
    code: str
    detail: str = ""
    params: dict[str, str | int | float] = Field(default_factory=dict)
