"""Permit items and their checklists. Versioned: a case keeps the version it started with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How heavy a failed point weighs: 一般, 重点 (*), 关键 (**)."""

    ORDINARY = "ordinary"
    MAJOR = "major"
    CRITICAL = "critical"


class RemoteJudgement(StrEnum):
    """Whether a point can be judged over video at all."""

    POSSIBLE = "possible"
    PARTLY = "partly"
    IMPOSSIBLE = "impossible"


class Example(StrEnum):
    """Which drawing shows how a good picture of the point looks."""

    DOOR_SIGN = "door_sign"
    SPACE = "space"
    PARTITION = "partition"
    NAMEPLATE = "nameplate"
    DISPLAY = "display"
    INSIDE = "inside"
    SINK = "sink"
    SHELF = "shelf"
    DOCUMENT = "document"
    PERSON = "person"
    EXTINGUISHER = "extinguisher"
    EXIT = "exit"
    VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One point to verify. ``show`` says what to show on camera; ``why_not_remote`` is empty if it can be judged.

    ``prepare``: what to have ready before the call, in plain words, empty if nothing; ``example``: how it should look.
    """

    id: str
    position: int
    area: str
    text: str
    show: str
    severity: Severity
    required: bool
    remote: RemoteJudgement
    why_not_remote: str
    prepare: str = ""
    example: Example | None = None


@dataclass(frozen=True, slots=True)
class PermitItemVersion:
    """One published state of a permit item with its checklist, in the order of the route."""

    id: str
    permit_item_id: str
    number: int
    code: str
    name: str
    department: str
    is_sample: bool
    published_at: datetime
    checklist: tuple[ChecklistItem, ...]
