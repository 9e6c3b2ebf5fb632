"""The lines that all our descriptions are made of. Pure.

Bundled on one transport with rtcp-mux always; no data channels, FEC, simulcast or video-orientation (the sender
rotates).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from inspect_server.domain.errors import BadSdp
from inspect_server.media.access_unit import MediaKind
from inspect_server.media.sdp.description import Description, Section

ABS_SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
FEEDBACK: Final[dict[MediaKind, tuple[str, ...]]] = {
    MediaKind.VIDEO: ("goog-remb", "ccm fir", "nack", "nack pli"),
    MediaKind.AUDIO: ("nack",),
}


@dataclass(frozen=True, slots=True)
class LocalTransport:
    """Our side of ICE and DTLS as it stands in a description. ``candidates`` without ``a=``."""

    ice_ufrag: str
    ice_pwd: str
    fingerprint_sha256: str
    candidates: Sequence[str]


def head(bundled: Sequence[str], *, revision: int = 1) -> list[str]:
    """The lines before the first m-section; ``bundled``: mids on one transport, if there is a group."""
    return [
        "v=0",
        f"o=- 1 {revision} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        *([f"a=group:BUNDLE {' '.join(bundled)}"] if bundled else []),
        "a=msid-semantic: WMS *",
    ]


def media_head(
    kind: MediaKind, payload_types: Sequence[int], mid: str, local: LocalTransport, *, setup: str
) -> list[str]:
    """An m-section on our transport, up to its codecs."""
    return [
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, payload_types))}",
        "c=IN IP4 0.0.0.0",
        *([f"a=mid:{mid}"] if mid else []),
        "a=rtcp-mux",
        "a=rtcp-rsize",
        f"a=ice-ufrag:{local.ice_ufrag}",
        f"a=ice-pwd:{local.ice_pwd}",
        f"a=fingerprint:sha-256 {local.fingerprint_sha256}",
        f"a=setup:{setup}",
        *(f"a={candidate}" for candidate in local.candidates),
        "a=end-of-candidates",
    ]


def refusal(section: Section) -> list[str]:
    """The answer's m-section for one that is not taken (RFC 8829, 5.3.1)."""
    lines = [f"m={section.kind} 0 {section.protocol} {' '.join(section.formats) or '0'}", "c=IN IP4 0.0.0.0"]
    return [*lines, "a=inactive", *([f"a=mid:{section.mid}"] if section.mid else [])]


def require_one_transport(offer: Description, mids: Sequence[str]) -> None:
    """Several sections have to be bundled (RFC 9143); one alone needs no group.

    Raises:
        BadSdp: they are not.
    """
    if len(mids) > 1 and not set(mids) <= set(offer.bundled):
        raise BadSdp("the offer must bundle video and audio on one transport (a=group:BUNDLE with their mids)")


def answering_bundle(offer: Description, mids: Sequence[str]) -> list[str]:
    """Our part of the offer's group, in its order: the first one owns the transport (RFC 9143, 7.3.1).

    Chromium refuses an answer that names another one first.
    """
    return [mid for mid in offer.bundled if mid in mids]


def answering_setup(offer: Description) -> str:
    """Our DTLS role (RFC 5763, 5): whoever can begins itself, so that we wait; one that insists to wait is called."""
    return "active" if offer.setup == "passive" else "passive"


def opus_lines(number: int) -> list[str]:
    """``a=rtpmap`` and ``a=fmtp`` of Opus (RFC 7587)."""
    return [f"a=rtpmap:{number} opus/48000/2", f"a=fmtp:{number} minptime=10;useinbandfec=1"]


def rtx_lines(number: int, original: int) -> list[str]:
    """``a=rtpmap`` and ``a=fmtp`` of the retransmissions of another payload type (RFC 4588, 8.6)."""
    return [f"a=rtpmap:{number} rtx/90000", f"a=fmtp:{number} apt={original}"]


def feedback_lines(number: int, feedback: Sequence[str]) -> list[str]:
    """``a=rtcp-fb`` of one payload type (RFC 4585, 4.2)."""
    return [f"a=rtcp-fb:{number} {each}" for each in feedback]


def source_lines(ssrc: int, rtx_ssrc: int | None, cname: str) -> list[str]:
    """``a=ssrc`` of what we send; retransmissions come as an SSRC of their own (RFC 5576, 4.2)."""
    if rtx_ssrc is None:
        return [f"a=ssrc:{ssrc} cname:{cname}"]
    return [f"a=ssrc-group:FID {ssrc} {rtx_ssrc}", *(f"a=ssrc:{each} cname:{cname}" for each in (ssrc, rtx_ssrc))]
