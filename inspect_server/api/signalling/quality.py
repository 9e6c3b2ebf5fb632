"""From a publisher's figures, and what is meant to be sent, to three steps that a person can act on. Pure."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling.messages.pictures import LinkLevel, ParticipantQuality, PictureState
from inspect_server.domain.picture import PictureReason
from inspect_server.media.messages import PublisherQuality

# Retransmission hides loss up to here at the cost of some delay; beyond, sound begins to suffer.
FAIR_LOSS_PERCENT: Final = 3.0
POOR_LOSS_PERCENT: Final = 12.0
FAIR_RTT_MS: Final = 250.0
POOR_RTT_MS: Final = 600.0
# A picture that is held below this no longer moves as the site does.
MIN_FRAMES_PER_SECOND: Final = 10


def level(quality: PublisherQuality, picture: PictureState) -> LinkLevel:
    """The worst of loss, round trip, and the step that the network's estimate has led to.

    Not by what arrives: a scene that stands still takes few bits, and a camera in the dark few pictures, on the best
    network.
    """
    reduced = picture.reason is not PictureReason.FULL
    barely_moves = reduced and (picture.still_interval_s > 0 or picture.frames_per_second < MIN_FRAMES_PER_SECOND)
    lossy = quality.unrepaired_percent >= 1.0 or quality.loss_percent >= POOR_LOSS_PERCENT
    if lossy or quality.rtt_ms >= POOR_RTT_MS or barely_moves:
        return LinkLevel.POOR
    if reduced or quality.loss_percent >= FAIR_LOSS_PERCENT or quality.rtt_ms >= FAIR_RTT_MS:
        return LinkLevel.FAIR
    return LinkLevel.GOOD


def as_seen_by_people(quality: PublisherQuality, picture: PictureState) -> ParticipantQuality:
    """The message for the pages."""
    return ParticipantQuality(
        participant_id=quality.participant_id,
        source=quality.source,
        level=level(quality, picture),
        bitrate_bps=quality.bitrate_bps,
        loss_percent=quality.loss_percent,
        rtt_ms=quality.rtt_ms,
        width=quality.width,
        height=quality.height,
        frames_per_second=quality.frames_per_second,
        playout_delay_ms=quality.playout_delay_ms,
        picture=picture,
    )
