"""What is given up first of a picture when the network does not carry all of it."""

from __future__ import annotations

from enum import StrEnum


class PicturePreference(StrEnum):
    """The inspector's wish. ``sharp``: labels and plates can be read (清晰优先); ``smooth``: movement (流畅优先)."""

    BALANCED = "balanced"
    SHARP = "sharp"
    SMOOTH = "smooth"


class PictureReason(StrEnum):
    """Why the picture is as it is. ``recovering``: the network carries more again, and has a moment to prove it."""

    FULL = "full"
    NETWORK = "network"
    RECOVERING = "recovering"
