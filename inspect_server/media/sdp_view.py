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
from inspect_server.media import sdp
from inspect_server.media.access_unit import Codec, MediaKind

_STREAM = "inspection"


@dataclass(frozen=True, slots=True)
class ViewedMedia:
    """One m-section that the viewer receives; ``payload_types``: the viewer's number for each codec it takes."""

    kind: MediaKind
    mid: str
    payload_types: dict[Codec, int]
    ssrc: int


def choose_view(offer: sdp.Description) -> list[ViewedMedia]:
    """The first video and the first audio section that receive, with all codecs in common.

    Raises:
        NoCommonCodec: neither of them has any.
        BadSdp: nothing in the offer receives, or the sections are not bundled.
    """
    firsts: dict[str, sdp.Section] = {}
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
    sdp.require_one_transport(offer, [media.mid for media in viewed])
    return viewed


def _receives(section: sdp.Section) -> bool:
    is_media = section.kind in set(MediaKind)
    return is_media and section.direction in ("sendrecv", "recvonly") and sdp.is_live(section)


def _view(section: sdp.Section) -> ViewedMedia | None:
    kind = MediaKind(section.kind)
    payload_types: dict[Codec, int] = {}
    for payload in sdp.fitting_payloads(kind, section):
        if payload.name == Codec.H264.name and not sdp.is_fragmenting(payload):
            continue
        payload_types.setdefault(Codec[payload.name], payload.number)
    if not payload_types:
        return None
    return ViewedMedia(kind, section.mid, payload_types, secrets.randbits(31) + 1)


def answer_view(offer: sdp.Description, viewed: Sequence[ViewedMedia], local: sdp.LocalTransport) -> str:
    """Our answer: send what was chosen, refuse every other m-section."""
    waiting = {(media.kind.value, media.mid): media for media in viewed}
    lines = sdp.head(sdp.answering_bundle(offer, [media.mid for media in viewed]))
    for section in offer.sections:
        media = waiting.pop((section.kind, section.mid), None) if _receives(section) else None
        if media is None:
            lines += sdp.refusal(section)
            continue
        numbers = list(media.payload_types.values())
        lines += sdp.media_head(media.kind, numbers, media.mid, local, setup=sdp.answering_setup(offer))
        lines += ["a=sendonly", f"a=msid:{_STREAM} {_STREAM}-{media.kind}"]
        for codec, number in media.payload_types.items():
            lines += _codec_lines(codec, section.payloads[number])
        lines += [f"a=ssrc:{media.ssrc} cname:{_STREAM}"]
    return "\r\n".join(lines) + "\r\n"


def _codec_lines(codec: Codec, payload: sdp.Payload) -> list[str]:
    number = payload.number
    if codec is Codec.OPUS:
        return [f"a=rtpmap:{number} opus/48000/2", f"a=fmtp:{number} minptime=10;useinbandfec=1"]
    fmtp = sdp.h264_parameters(payload) if codec is Codec.H264 else "profile-id=0"
    lines = [f"a=rtpmap:{number} {codec.name}/90000", f"a=fmtp:{number} {fmtp}"]
    return lines + [f"a=rtcp-fb:{number} {feedback}" for feedback in ("ccm fir", "nack", "nack pli")]
