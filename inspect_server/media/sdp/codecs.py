"""Which of the codecs that somebody offers can be archived and shown, and in which order they are preferred. Pure."""

from __future__ import annotations

from typing import Final

from inspect_server.media.access_unit import CLOCK_RATE_HZ, Codec, MediaKind
from inspect_server.media.sdp.description import Payload, Section

H264_PROFILES: Final = ("42", "4d", "64")
PREFERRED_CODECS: Final = {MediaKind.VIDEO: (Codec.H264, Codec.VP9), MediaKind.AUDIO: (Codec.OPUS,)}


def fitting_payloads(kind: MediaKind, section: Section) -> list[Payload]:
    """What can be archived and shown, the best first: the choices of our pages before those of other senders."""
    ranked = [(_rank(payload), payload) for payload in section.payloads.values()]
    known = {codec.name for codec in PREFERRED_CODECS[kind]}
    fitting = [
        (rank, payload)
        for rank, payload in ranked
        if rank is not None and payload.name in known and payload.clock_rate == CLOCK_RATE_HZ[kind]
    ]
    return [payload for _, payload in sorted(fitting, key=lambda each: each[0])]


def rtx_of(payload: Payload, section: Section) -> int | None:
    """The payload type that retransmissions of ``payload`` come as (RFC 4588, 8.1)."""
    apt = str(payload.number)
    return next(
        (p.number for p in section.payloads.values() if p.name == "RTX" and p.parameters.get("apt") == apt), None
    )


def _rank(payload: Payload) -> int | None:
    """Place in the order of preference; None for what MP4 or browsers cannot take.

    Every H264 profile that is 8 bits and 4:2:0 fits both. Encoders in browsers are best kept to baseline (0), cameras
    send what their chip makes. Without ``packetization-mode`` a sender keeps to single NAL units (RFC 6184, 8.1).
    """
    parameters = payload.parameters
    if payload.name == "H264":
        profile = parameters.get("profile-level-id", "42000a").lower()[:2]
        if profile not in H264_PROFILES or parameters.get("packetization-mode", "0") not in {"0", "1"}:
            return None
        in_mode_1 = is_fragmenting(payload)
        if profile == "42" and in_mode_1:
            return 0
        return 2 + 2 * H264_PROFILES.index(profile) + (0 if in_mode_1 else 1)
    if payload.name == "VP9":
        return 1 if parameters.get("profile-id", "0") == "0" else None
    return 0


def is_fragmenting(payload: Payload) -> bool:
    """Whether this H264 may come in fragments and aggregates (RFC 6184, packetization-mode 1)."""
    return payload.parameters.get("packetization-mode") == "1"


def h264_parameters(payload: Payload) -> str:
    """The answer's ``fmtp``: profile and packetization-mode as offered (RFC 6184, 8.2.2)."""
    profile = payload.parameters.get("profile-level-id", "42e01f")
    mode = payload.parameters.get("packetization-mode", "0")
    return f"level-asymmetry-allowed=1;packetization-mode={mode};profile-level-id={profile}"
