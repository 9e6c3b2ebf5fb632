"""The description of a connection that its viewer offers (WHEP) and that is never offered anew. Pure.

Such a viewer cannot be told later that a picture came or went. So the answer sends from the start, in every codec that
the viewer takes, and the payload type of each packet says which one it is: whoever comes later, and comes back with
another codec, is seen all the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from inspect_server.domain.errors import BadSdp, NoCommonCodec
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.sdp.codecs import fitting_payloads, h264_parameters, is_fragmenting, rtx_of
from inspect_server.media.sdp.description import Description, Payload, Section, is_live
from inspect_server.media.sdp.lines import (
    ABS_SEND_TIME,
    LocalTransport,
    answering_bundle,
    answering_setup,
    feedback_lines,
    head,
    media_head,
    opus_lines,
    refusal,
    require_one_transport,
    rtx_lines,
    source_lines,
)
from inspect_server.media.sdp.watch_offer import Agreement

_STREAM = "inspection"


@dataclass(frozen=True, slots=True)
class ViewedMedia:
    """One m-section that the viewer receives; ``payload_types``: the viewer's number for each codec it takes.

    ``rtx_payload_types``: those of the codecs' retransmissions, where the viewer takes RTX.
    """

    kind: MediaKind
    mid: str
    payload_types: dict[Codec, int]
    ssrc: int
    rtx_payload_types: dict[Codec, int]
    rtx_ssrc: int | None
    send_time_id: int

    def agreement(self, codec: Codec) -> Agreement:
        """What the viewer takes of this codec besides plain packets."""
        return Agreement(self.rtx_payload_types.get(codec), self.send_time_id)


def choose_view(offer: Description) -> list[ViewedMedia]:
    """The first video and the first audio section that receive, with all codecs in common.

    Raises:
        NoCommonCodec: neither of them has any.
        BadSdp: nothing in the offer receives, or the sections are not bundled.
    """
    firsts: dict[str, Section] = {}
    for section in offer.sections:
        if _receives(section):
            firsts.setdefault(section.kind, section)
    sections = list(firsts.values())
    if not sections:
        raise BadSdp("the offer receives neither video nor audio")
    viewed = [media for section in sections if (media := _view(section)) is not None]
    if not viewed:
        offered = ", ".join(sorted({p.name for s in sections for p in s.payloads.values() if p.name}))
        raise NoCommonCodec(f"{offered or 'nothing'} is offered, H264, VP9 or Opus is needed", offered=offered)
    require_one_transport(offer, [media.mid for media in viewed])
    return viewed


def _receives(section: Section) -> bool:
    is_media = section.kind in set(MediaKind)
    return is_media and section.direction in ("sendrecv", "recvonly") and is_live(section)


def _view(section: Section) -> ViewedMedia | None:
    kind = MediaKind(section.kind)
    payload_types: dict[Codec, int] = {}
    rtx_payload_types: dict[Codec, int] = {}
    for payload in fitting_payloads(kind, section):
        if payload.name == Codec.H264.name and not is_fragmenting(payload):
            continue
        codec = Codec[payload.name]
        if payload_types.setdefault(codec, payload.number) != payload.number:
            continue
        if kind is MediaKind.VIDEO and (number := rtx_of(payload, section)) is not None:
            rtx_payload_types[codec] = number
    if not payload_types:
        return None
    return ViewedMedia(
        kind,
        section.mid,
        payload_types,
        ssrc=secrets.randbits(31) + 1,
        rtx_payload_types=rtx_payload_types,
        rtx_ssrc=secrets.randbits(31) + 1 if rtx_payload_types else None,
        send_time_id=section.extensions.get(ABS_SEND_TIME, 0) if kind is MediaKind.VIDEO else 0,
    )


def answer_view(offer: Description, viewed: Sequence[ViewedMedia], local: LocalTransport) -> str:
    """Our answer: send what was chosen, refuse every other m-section."""
    waiting = {(media.kind.value, media.mid): media for media in viewed}
    lines = head(answering_bundle(offer, [media.mid for media in viewed]))
    for section in offer.sections:
        media = waiting.pop((section.kind, section.mid), None) if _receives(section) else None
        if media is None:
            lines += refusal(section)
            continue
        numbers = [*media.payload_types.values(), *media.rtx_payload_types.values()]
        lines += media_head(media.kind, numbers, media.mid, local, setup=answering_setup(offer))
        lines += ["a=sendonly", f"a=msid:{_STREAM} {_STREAM}-{media.kind}"]
        lines += [f"a=extmap:{media.send_time_id} {ABS_SEND_TIME}"] if media.send_time_id else []
        for codec, number in media.payload_types.items():
            lines += _codec_lines(codec, section.payloads[number])
        for codec, number in media.rtx_payload_types.items():
            lines += rtx_lines(number, media.payload_types[codec])
        lines += source_lines(media.ssrc, media.rtx_ssrc, _STREAM)
    return "\r\n".join(lines) + "\r\n"


def _codec_lines(codec: Codec, payload: Payload) -> list[str]:
    number = payload.number
    if codec is Codec.OPUS:
        return opus_lines(number)
    fmtp = h264_parameters(payload) if codec is Codec.H264 else "profile-id=0"
    lines = [f"a=rtpmap:{number} {codec.name}/90000", f"a=fmtp:{number} {fmtp}"]
    return lines + feedback_lines(number, ("ccm fir", "nack", "nack pli"))
