"""What the browser's own camera and microphone delivered, and when: the truth that stored footage is held against.

``init_scripts/truth_log.js`` writes the log in the page. Chromium's file camera slips against its file microphone when
the machine is busy, and drops pictures where a page asks for a frame rate; so the clip alone says neither when a
picture was taken nor which ones there were. The log does: each picture carries Chromium's capture time, which is put
on the wall clock by whatever took the shortest way into the page.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support import counter

SCRIPTS = Path(__file__).parent / "init_scripts"
BEEP_LEVEL = 0.1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class TrueFrame:
    """A picture that the camera delivered. ``run`` counts how often the page opened its devices."""

    counter: int
    source: int
    at: datetime
    run: int


@dataclass(frozen=True)
class TrueBeep:
    """The first sample of a beep, as the microphone delivered it."""

    at: datetime
    run: int


@dataclass(frozen=True)
class Truth:
    frames: list[TrueFrame]
    beeps: list[TrueBeep]
    unreadable: int
    connected: list[datetime] = field(default_factory=list)
    """When each connection that sends camera or microphone was up."""


def init_script() -> str:
    """The script for ``BrowserContext.add_init_script``."""
    layout = {
        "area": asdict(counter.CODE_AREA),
        "columns": counter.COLUMNS,
        "rows": counter.ROWS,
        "min_contrast": counter.MIN_CONTRAST,
        "beep_level": BEEP_LEVEL,
    }
    return (SCRIPTS / "truth_log.js").read_text().replace("/*LAYOUT*/ null", json.dumps(layout))


def parse(log: dict[str, Any]) -> Truth:
    """Turn ``window.__truth`` into wall-clock times.

    Raises:
        ValueError: the page could not follow one of its tracks.
    """
    if log["errors"]:
        raise ValueError(f"the truth log is not whole: {log['errors']}")
    frames: list[TrueFrame] = []
    unreadable = 0
    for bits, captured_us, run in log["frames"]:
        decoded = counter.decode([bit == "1" for bit in bits]) if bits else None
        if decoded is None:
            unreadable += 1
        else:
            frames.append(TrueFrame(*decoded, at=_wall(captured_us, log["shifts"][run]["video"]), run=run))
    beeps = [TrueBeep(_wall(captured_us, log["shifts"][run]["audio"]), run) for captured_us, run in log["beeps"]]
    return Truth(frames, beeps, unreadable, connected=[_wall(0, wall_ms) for wall_ms in log["connected"]])


def _wall(captured_us: float, shift_ms: float) -> datetime:
    return EPOCH + timedelta(milliseconds=captured_us / 1000 + shift_ms)
