"""From a publisher's figures, and what is meant to be sent, to three steps that a person can act on. Pure."""

from __future__ import annotations

from typing import Final

from inspect_server.api.signalling.messages import LinkLevel, ParticipantQuality, PictureState
from inspect_server.domain.picture import PictureReason
from inspect_server.media.messages import PublisherQuality

# Retransmission hides loss up to here at the cost of some delay; beyond, sound begins to suffer.
FAIR_LOSS_PERCENT: Final = 3.0
POOR_LOSS_PERCENT: Final = 12.0
FAIR_RTT_MS: Final = 250.0
POOR_RTT_MS: Final = 600.0
# Below this, plates and labels cannot be read.
POOR_BITRATE_BPS: Final = 200_000
MIN_FRAMES_PER_SECOND: Final = 10.0
SITE_WIDTH_PX: Final = 960


def level(quality: PublisherQuality, picture: PictureState) -> LinkLevel:
    """The worst of loss, round trip, and what is left of the picture, on purpose or not.

    A small picture (the inspector's own camera) needs no bitrate, so only large ones are judged by it.
    """
    if quality.unrepaired_percent >= 1.0 or picture.still_interval_s > 0:
        return LinkLevel.POOR
    shows_site = quality.width >= SITE_WIDTH_PX and quality.frames_per_second > 0
    unreadable = shows_site and (
        quality.bitrate_bps < POOR_BITRATE_BPS or quality.frames_per_second < MIN_FRAMES_PER_SECOND
    )
    if quality.loss_percent >= POOR_LOSS_PERCENT or quality.rtt_ms >= POOR_RTT_MS or unreadable:
        return LinkLevel.POOR
    reduced = picture.reason is not PictureReason.FULL
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
