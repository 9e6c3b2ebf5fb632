"""What a publisher's picture should be like on the network that it has. Pure: ``now`` is monotonic seconds.

Each preference is a ladder of steps, the best first. Down goes at once to the step that fits, up only when the network
has carried more for a while. A step up that had to be taken back makes the next one wait longer, so that a network in
between two steps does not make the picture jump.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from inspect_server.domain.picture import PicturePreference, PictureReason


@dataclass(frozen=True, slots=True)
class Step:
    """``needs_bps``: of the picture alone. ``still_interval_s``: one picture in this time instead of moving ones (0).

    ``audio_bps`` (0: the browser's own choice): speech takes half at little loss where every bit counts.
    """

    needs_bps: int
    short_side_px: int
    frames_per_second: int
    still_interval_s: int = 0
    audio_bps: int = 0


LADDERS: Final[Mapping[PicturePreference, tuple[Step, ...]]] = MappingProxyType(
    {
        # First bitrate (within the first step), then resolution, then frame rate, then stills. A still begins small and
        # is refined for a second: an encoder that is told of one picture a second spends all of it on the first, up to
        # 10 KB, which a narrow network has no queue for. All have one size: a new one begins with a large picture.
        PicturePreference.BALANCED: (
            Step(700_000, 720, 30),
            Step(350_000, 540, 30),
            Step(200_000, 360, 30),
            Step(110_000, 360, 15),
            Step(70_000, 360, 8, audio_bps=20_000),
            Step(45_000, 360, 4, audio_bps=16_000),
            Step(0, 270, 4, still_interval_s=2, audio_bps=16_000),
        ),
        PicturePreference.SHARP: (
            Step(700_000, 720, 30),
            Step(350_000, 720, 15),
            Step(180_000, 720, 8),
            Step(110_000, 540, 6),
            Step(60_000, 540, 3, audio_bps=20_000),
            Step(45_000, 540, 1, audio_bps=16_000),
            Step(0, 360, 4, still_interval_s=2, audio_bps=16_000),
        ),
        PicturePreference.SMOOTH: (
            Step(800_000, 720, 30),
            Step(400_000, 540, 30),
            Step(180_000, 360, 30),
            Step(110_000, 270, 24),
            Step(70_000, 270, 15, audio_bps=20_000),
            Step(45_000, 180, 12, audio_bps=16_000),
            Step(0, 180, 4, still_interval_s=2, audio_bps=16_000),
        ),
    }
)

RISE_MARGIN: Final = 1.15
# What a step needs is no sharp limit: the encoder gets by with a little less, and for a moment with much less.
FALL_SHARE: Final = 0.9
ABRUPT_SHARE: Final = 0.7
TOLERATED_SHORTAGE_S: Final = 0.5
PATIENCE_S: Final = 1.5
PATIENCE_GROWTH: Final = 4
MAX_PATIENCE_S: Final = 60.0
TAKEN_BACK_WITHIN_S: Final = 30.0
PROVEN_AFTER_S: Final = 120.0
# Far more than what was not enough before needs no more patience than anything else.
QUITE_ANOTHER_NETWORK: Final = 1.5


class QualitySteps:
    """Starts with the best step: a picture is sharp at once until the network says otherwise."""

    def __init__(self, preference: PicturePreference = PicturePreference.BALANCED) -> None:
        self.preference = preference
        self._ladder = LADDERS[preference]
        self._index = 0
        self._video_bps: float = self._ladder[0].needs_bps
        self._short_since: float | None = None
        self._better_since: float | None = None
        self._better = 0
        self._least_bps = 0.0
        self._raised_at = float("-inf")
        self._raised_on_bps = 0.0
        self._patience_s = PATIENCE_S

    @property
    def step(self) -> Step:
        """The present one."""
        return self._ladder[self._index]

    @property
    def reason(self) -> PictureReason:
        """Why it is this one."""
        if self._index == 0:
            return PictureReason.FULL
        return PictureReason.NETWORK if self._better_since is None else PictureReason.RECOVERING

    def prefer(self, preference: PicturePreference) -> None:
        """From now on this ladder; at once the step of it that fits."""
        self.preference = preference
        self._ladder = LADDERS[preference]
        self._index = self._fitting(self._video_bps)
        self._short_since = self._better_since = None

    def update(self, video_bps: float, now: float) -> None:
        """The network carries this much for the picture."""
        self._video_bps = video_bps
        if video_bps < FALL_SHARE * self.step.needs_bps:
            self._better_since = None
            self._fall_if_lasting(video_bps, now)
        else:
            self._short_since = None
            self._rise_if_lasting(video_bps, now)

    def _fall_if_lasting(self, video_bps: float, now: float) -> None:
        if self._short_since is None:
            self._short_since = now
        abrupt = video_bps < ABRUPT_SHARE * self.step.needs_bps
        if not abrupt and now - self._short_since < TOLERATED_SHORTAGE_S:
            return
        if now - self._raised_at < TAKEN_BACK_WITHIN_S:
            self._patience_s = min(PATIENCE_GROWTH * self._patience_s, MAX_PATIENCE_S)
        self._index = self._fitting(video_bps)
        self._short_since = None

    def _rise_if_lasting(self, video_bps: float, now: float) -> None:
        if now - self._raised_at > PROVEN_AFTER_S:
            self._patience_s = PATIENCE_S
        better = self._fitting(video_bps / RISE_MARGIN)
        if better >= self._index:
            self._better_since = None
            return
        if self._better_since is None:
            self._better_since, self._better, self._least_bps = now, better, video_bps
        self._better = max(self._better, better)
        self._least_bps = min(self._least_bps, video_bps)
        another = video_bps > QUITE_ANOTHER_NETWORK * self._raised_on_bps
        if now - self._better_since >= (PATIENCE_S if another else self._patience_s):
            self._index, self._better_since = self._better, None
            self._raised_at, self._raised_on_bps = now, self._least_bps

    def _fitting(self, video_bps: float) -> int:
        """The best step that gets by with this; the last one does with anything."""
        return next(index for index, step in enumerate(self._ladder) if step.needs_bps <= max(video_bps, 0))
