"""How the recording goes."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from inspect_server.api.signalling.messages.base import StateMessage


class FootageAlarm(StrEnum):
    UPLOAD_DELAYED = "upload_delayed"
    SPOOL_LOW = "spool_low"
    SPOOL_FULL = "spool_full"
    NOT_RECORDING = "not_recording"
    NO_PICTURE_WRITTEN = "no_picture_written"
    NO_SOUND_WRITTEN = "no_sound_written"
    SPOOL_DAMAGED = "spool_damaged"


class FootageState(StateMessage):
    """``safe_until``: everything before is durably on the server. To inspectors every 2 s; others get ``recording``."""

    type: Literal["footage"] = "footage"
    recording: bool
    safe_until: AwareDatetime | None
    pending_segments: int
    gap_count: int
    alarms: list[FootageAlarm]
