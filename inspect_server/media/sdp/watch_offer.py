"""A watch connection's descriptions: we offer, the viewer's page answers. Pure.

Pictures carry the time of their sending, by which the viewer sees a queue grow before anything is lost; sound is too
little for its bytes to be worth it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.sdp.codecs import rtx_of
from inspect_server.media.sdp.description import Description, Section
from inspect_server.media.sdp.lines import (
    ABS_SEND_TIME,
    FEEDBACK,
    LocalTransport,
    feedback_lines,
    head,
    media_head,
    opus_lines,
    rtx_lines,
    source_lines,
)

H264_FMTP: Final = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
SEND_TIME_ID: Final = 3


@dataclass(frozen=True, slots=True)
class OfferedMedia:
    """One m-section of our offer to a viewer. Once there, it stays at its place; ``active`` tells if it sends.

    ``rtx_payload_type`` and ``rtx_ssrc``: as what its retransmissions come, None for sound, which is sent again as it
    was.
    """

    kind: MediaKind
    mid: str
    codec: Codec
    payload_type: int
    ssrc: int
    stream: str
    active: bool
    rtx_payload_type: int | None = None
    rtx_ssrc: int | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the viewer takes of what we can do beyond the plain packets of one stream.

    ``rtx_payload_type`` None: lost packets come again as they were. ``send_time_id`` 0: without the time of sending.
    """

    rtx_payload_type: int | None = None
    send_time_id: int = 0


PLAIN: Final = Agreement()


def agreements(answer: Description) -> dict[str, Agreement]:
    """Of each m-section of the viewer's answer, by mid."""
    return {section.mid: _agreement(section) for section in answer.sections}


def _agreement(section: Section) -> Agreement:
    payload = next(iter(section.payloads.values()), None)
    return Agreement(
        rtx_payload_type=rtx_of(payload, section) if payload is not None else None,
        send_time_id=section.extensions.get(ABS_SEND_TIME, 0),
    )


def offer_watch(media: Sequence[OfferedMedia], local: LocalTransport, *, revision: int) -> str:
    """Our offer to a viewer: send these; ``stream`` (the participant) groups picture and sound (lip sync)."""
    lines = head([m.mid for m in media], revision=revision)
    for m in media:
        payload_types = [n for n in (m.payload_type, m.rtx_payload_type) if n is not None]
        lines += media_head(m.kind, payload_types, m.mid, local, setup="actpass")
        lines += opus_lines(m.payload_type) if m.kind is MediaKind.AUDIO else _video_lines(m)
        lines += feedback_lines(m.payload_type, FEEDBACK[m.kind])
        if m.active:
            lines += ["a=sendonly", f"a=msid:{m.stream} {m.stream}-{m.kind}"]
            lines += source_lines(m.ssrc, m.rtx_ssrc, m.stream)
        else:
            lines += ["a=inactive"]
    return "\r\n".join(lines) + "\r\n"


def _video_lines(media: OfferedMedia) -> list[str]:
    number = media.payload_type
    fmtp = H264_FMTP if media.codec is Codec.H264 else "profile-id=0"
    lines = [f"a=extmap:{SEND_TIME_ID} {ABS_SEND_TIME}"]
    lines += [f"a=rtpmap:{number} {media.codec.name}/90000", f"a=fmtp:{number} {fmtp}"]
    return lines + (rtx_lines(media.rtx_payload_type, number) if media.rtx_payload_type is not None else [])
