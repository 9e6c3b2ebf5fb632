"""Three steps that a person can act on."""

import pytest

from inspect_server.api.signalling.messages.pictures import LinkLevel, PictureState
from inspect_server.api.signalling.quality import level
from inspect_server.domain.picture import PicturePreference, PictureReason
from inspect_server.media.messages import PublisherQuality

GOOD: dict[str, float] = {
    "bitrate_bps": 1_800_000, "loss_percent": 0.0, "unrepaired_percent": 0.0, "rtt_ms": 40.0, "width": 1280,
    "height": 720, "frames_per_second": 30.0, "playout_delay_ms": 0,
}  # fmt: skip


WHOLE = PictureState(
    short_side_px=720,
    frames_per_second=30,
    still_interval_s=0,
    reason=PictureReason.FULL,
    preference=PicturePreference.BALANCED,
)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, LinkLevel.GOOD),
        ({"loss_percent": 2.9}, LinkLevel.GOOD),
        ({"loss_percent": 3.0}, LinkLevel.FAIR),
        ({"loss_percent": 12.0}, LinkLevel.POOR),
        ({"unrepaired_percent": 1.0}, LinkLevel.POOR),
        ({"rtt_ms": 250.0}, LinkLevel.FAIR),
        ({"rtt_ms": 600.0}, LinkLevel.POOR),
        # A scene that stands still, and a camera in the dark.
        ({"bitrate_bps": 60_000}, LinkLevel.GOOD),
        ({"frames_per_second": 7.0}, LinkLevel.GOOD),
        # The inspector's own small picture needs little.
        ({"bitrate_bps": 150_000, "width": 640, "height": 360, "frames_per_second": 15.0}, LinkLevel.GOOD),
        # A camera that is off sends sound only.
        ({"bitrate_bps": 40_000, "frames_per_second": 0.0}, LinkLevel.GOOD),
    ],
)
def test_the_worst_figure_decides(change: dict[str, float], expected: LinkLevel) -> None:
    quality = PublisherQuality.model_validate({"room_id": "r", "participant_id": "p", **GOOD, **change})
    assert level(quality, WHOLE) is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"reason": PictureReason.NETWORK, "short_side_px": 360}, LinkLevel.FAIR),
        ({"reason": PictureReason.RECOVERING, "short_side_px": 360}, LinkLevel.FAIR),
        ({"reason": PictureReason.NETWORK, "still_interval_s": 8}, LinkLevel.POOR),
        ({"reason": PictureReason.NETWORK, "frames_per_second": 8}, LinkLevel.POOR),
        ({"reason": PictureReason.RECOVERING, "frames_per_second": 10}, LinkLevel.FAIR),
    ],
)
def test_a_picture_that_is_held_back_counts_too(change: dict[str, object], expected: LinkLevel) -> None:
    quality = PublisherQuality.model_validate({"room_id": "r", "participant_id": "p", **GOOD})
    assert level(quality, WHOLE.model_copy(update=change)) is expected
