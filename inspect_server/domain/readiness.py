"""Whether a guest's phone is fit for the call, as its page has tried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Subject(StrEnum):
    """What was tried."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    LOCATION = "location"
    NETWORK = "network"
    BATTERY = "battery"
    STORAGE = "storage"


class Verdict(StrEnum):
    """``weak``: it will do; ``bad``: the call will suffer; ``untold``: the browser does not tell."""

    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"
    UNTOLD = "untold"
    NOT_TESTED = "not_tested"


@dataclass(frozen=True, slots=True)
class Check:
    """``problem``: a stable word for what is wrong, empty if nothing is. ``facts``: measured values, units in names."""

    subject: Subject
    verdict: Verdict
    problem: str
    facts: Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class Readiness:
    """The newest test of one guest."""

    participant_id: str
    checked_at: datetime
    checks: tuple[Check, ...]
