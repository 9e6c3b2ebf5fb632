"""A publish connection's descriptions: the sender offers, we choose and answer. Pure.

RTX is taken wherever it is offered, since browsers without it put padding that nobody can ask for again among the
pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspect_server.domain.errors import BadSdp, NoCommonCodec
from inspect_server.media.access_unit import Codec, MediaKind
from inspect_server.media.sdp.codecs import fitting_payloads, h264_parameters, rtx_of
from inspect_server.media.sdp.description import Description, Payload, Section, is_live
from inspect_server.media.sdp.lines import (
    ABS_SEND_TIME,
    FEEDBACK,
    MID,
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
)


@dataclass(frozen=True, slots=True)
class AcceptedMedia:
    """What ``answer_publish`` chose for one m-section."""

    kind: MediaKind
    mid: str
    codec: Codec
    payload_type: int
    abs_send_time_id: int | None
    rtx_payload_type: int | None = None


def choose_media(offer: Description) -> list[AcceptedMedia]:
    """The first video and the first audio section that send, each with our preferred codec.

    Raises:
        NoCommonCodec: a section that sends has none of H264, VP9 profile 0, Opus.
        BadSdp: nothing in the offer sends, or picture and sound would need a transport each.
    """
    accepted: list[AcceptedMedia] = []
    for kind in MediaKind:
        section = next((s for s in offer.sections if s.kind == kind and _sends(s)), None)
        if section is not None:
            accepted.append(_choose_codec(kind, section))
    if not accepted:
        raise BadSdp("the offer sends neither video nor audio")
    require_one_transport(offer, [media.mid for media in accepted])
    return accepted


def _sends(section: Section) -> bool:
    return section.direction in ("sendrecv", "sendonly") and is_live(section)


def _choose_codec(kind: MediaKind, section: Section) -> AcceptedMedia:
    fitting = fitting_payloads(kind, section)
    if not fitting:
        offered = ", ".join(sorted({p.name for p in section.payloads.values() if p.name}))
        wanted = "Opus" if kind is MediaKind.AUDIO else "H264 (baseline, main or high) or VP9 (profile 0)"
        raise NoCommonCodec(
            f"{kind}: {offered or 'nothing'} is offered, {wanted} is needed", kind=kind, offered=offered
        )
    payload = fitting[0]
    return AcceptedMedia(
        kind=kind,
        mid=section.mid,
        codec=Codec[payload.name],
        payload_type=payload.number,
        abs_send_time_id=section.extensions.get(ABS_SEND_TIME),
        rtx_payload_type=rtx_of(payload, section),
    )


def answer_publish(
    offer: Description, accepted: Sequence[AcceptedMedia], local: LocalTransport, *, start_bitrate_kbps: int
) -> str:
    """Our answer: receive what was accepted, refuse every other m-section (port 0)."""
    waiting = {(media.kind.value, media.mid): media for media in accepted}
    lines = head(answering_bundle(offer, [media.mid for media in accepted]))
    for section in offer.sections:
        media = waiting.pop((section.kind, section.mid), None) if _sends(section) else None
        if media is None:
            lines += refusal(section)
            continue
        payload_types = [n for n in (media.payload_type, media.rtx_payload_type) if n is not None]
        lines += media_head(media.kind, payload_types, media.mid, local, setup=answering_setup(offer))
        lines += [
            f"a=extmap:{number} {uri}" for uri, number in section.extensions.items() if uri in (ABS_SEND_TIME, MID)
        ]
        lines += ["a=recvonly"]
        lines += _codec_lines(media, section.payloads[media.payload_type], start_bitrate_kbps)
    return "\r\n".join(lines) + "\r\n"


def _codec_lines(media: AcceptedMedia, payload: Payload, start_bitrate_kbps: int) -> list[str]:
    number = media.payload_type
    if media.kind is MediaKind.AUDIO:
        return opus_lines(number) + feedback_lines(number, FEEDBACK[media.kind])
    google = f"x-google-start-bitrate={start_bitrate_kbps}"
    fmtp = f"{h264_parameters(payload) if media.codec is Codec.H264 else 'profile-id=0'};{google}"
    lines = [f"a=rtpmap:{number} {media.codec.name}/90000", f"a=fmtp:{number} {fmtp}"]
    if media.rtx_payload_type is not None:
        lines += rtx_lines(media.rtx_payload_type, number)
    return lines + feedback_lines(number, FEEDBACK[media.kind])
