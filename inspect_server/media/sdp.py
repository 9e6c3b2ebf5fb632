"""The small part of SDP (RFC 8866, RFC 8829) that connections with known shape need. Pure.

*Publish*: the sender offers, ``answer_publish`` chooses. *Watch*: ``offer_watch`` is ours, ``parse`` reads the answer.
*View* is in ``sdp_view``: the viewer offers.
Bundled on one transport with rtcp-mux always; no data channels, FEC, simulcast or video-orientation (the sender
rotates). RTX is taken from publishers, since browsers without it put padding that nobody can ask for again among the
pictures; viewers get plain retransmissions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from inspect_server.domain.errors import BadSdp, NoCommonCodec
from inspect_server.media.access_unit import CLOCK_RATE_HZ, Codec, MediaKind

MAX_LINES: Final = 2000
MAX_SECTIONS: Final = 32
ABS_SEND_TIME: Final = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
MID: Final = "urn:ietf:params:rtp-hdrext:sdes:mid"
H264_FMTP: Final = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
FEEDBACK: Final[dict[MediaKind, tuple[str, ...]]] = {
    MediaKind.VIDEO: ("goog-remb", "ccm fir", "nack", "nack pli"),
    MediaKind.AUDIO: ("nack",),
}
H264_PROFILES: Final = ("42", "4d", "64")
PREFERRED_CODECS: Final = {MediaKind.VIDEO: (Codec.H264, Codec.VP9), MediaKind.AUDIO: (Codec.OPUS,)}


@dataclass(slots=True)
class Payload:
    """One ``a=rtpmap`` with what belongs to it."""

    number: int
    name: str = ""
    clock_rate: int = 0
    parameters: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Section:
    """One m-section."""

    kind: str
    port: int
    mid: str = ""
    direction: str = "sendrecv"
    protocol: str = "UDP/TLS/RTP/SAVPF"
    formats: tuple[str, ...] = ()
    bundle_only: bool = False
    payloads: dict[int, Payload] = field(default_factory=dict)
    extensions: dict[str, int] = field(default_factory=dict)
    ssrcs: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Description:
    """A parsed session description, transport parameters gathered from wherever they stand."""

    ice_ufrag: str = ""
    ice_pwd: str = ""
    setup: str = ""
    ice_lite: bool = False
    direction: str = "sendrecv"
    bundled: tuple[str, ...] = ()
    fingerprints: list[tuple[str, str]] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


def parse(text: str) -> Description:
    """Read a description.

    Raises:
        BadSdp: not SDP, too large, or without ICE credentials and fingerprint.
    """
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise BadSdp("the description has too many lines")
    if not lines or lines[0] != "v=0":
        raise BadSdp("the description does not begin with v=0")
    description = Description()
    section: Section | None = None
    try:
        for line in lines:
            if line.startswith("m="):
                section = _section(line[2:], description.direction)
                description.sections.append(section)
            elif line.startswith("a="):
                name, _, value = line[2:].partition(":")
                _attribute(description, section, name, value)
    except (ValueError, IndexError) as error:
        raise BadSdp(f"the description has a line that cannot be read: {error}") from error
    if len(description.sections) > MAX_SECTIONS:
        raise BadSdp("the description has too many m-sections")
    if not (description.ice_ufrag and description.ice_pwd and description.fingerprints):
        raise BadSdp("the description lacks ICE credentials or a fingerprint")
    return description


def _section(value: str, direction: str) -> Section:
    kind, port, protocol, *formats = value.split()
    payloads = {int(n): Payload(int(n)) for n in formats if n.isdecimal()}
    return Section(
        kind=kind,
        port=int(port.partition("/")[0]),
        direction=direction,
        protocol=protocol,
        formats=tuple(formats),
        payloads=payloads,
    )


def _attribute(description: Description, section: Section | None, name: str, value: str) -> None:
    match name:
        case "ice-ufrag":
            description.ice_ufrag = description.ice_ufrag or value
        case "ice-pwd":
            description.ice_pwd = description.ice_pwd or value
        case "setup":
            description.setup = description.setup or value
        case "ice-lite":
            description.ice_lite = True
        case "group" if value.split(maxsplit=1)[0] == "BUNDLE":
            description.bundled = tuple(value.split()[1:])
        case "sendrecv" | "sendonly" | "recvonly" | "inactive" if section is None:
            description.direction = name
        case "fingerprint":
            algorithm, digest = value.split()
            if (algorithm, digest) not in description.fingerprints:
                description.fingerprints.append((algorithm, digest))
        case "candidate":
            description.candidates.append(f"candidate:{value}")
        case _ if section is not None:
            _section_attribute(section, name, value)


def _section_attribute(section: Section, name: str, value: str) -> None:
    match name:
        case "mid":
            section.mid = value
        case "bundle-only":
            section.bundle_only = True
        case "sendrecv" | "sendonly" | "recvonly" | "inactive":
            section.direction = name
        case "rtpmap":
            number, codec, rate, *_ = value.replace("/", " ").split()
            if (payload := section.payloads.get(int(number))) is not None:
                payload.name, payload.clock_rate = codec.upper(), int(rate)
        case "fmtp":
            number, parameters = value.split(" ", 1)
            if (payload := section.payloads.get(int(number))) is not None:
                pairs = (p.strip().partition("=") for p in parameters.split(";"))
                payload.parameters.update({key.lower(): given for key, _, given in pairs})
        case "extmap":
            number, uri, *_ = value.split()
            section.extensions[uri] = int(number.partition("/")[0])
        case "ssrc":
            ssrc = int(value.partition(" ")[0])
            if ssrc not in section.ssrcs:
                section.ssrcs.append(ssrc)


@dataclass(frozen=True, slots=True)
class LocalTransport:
    """Our side of ICE and DTLS as it stands in a description. ``candidates`` without ``a=``."""

    ice_ufrag: str
    ice_pwd: str
    fingerprint_sha256: str
    candidates: Sequence[str]


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


def require_one_transport(offer: Description, mids: Sequence[str]) -> None:
    """Several sections have to be bundled (RFC 9143); one alone needs no group.

    Raises:
        BadSdp: they are not.
    """
    if len(mids) > 1 and not set(mids) <= set(offer.bundled):
        raise BadSdp("the offer must bundle video and audio on one transport (a=group:BUNDLE with their mids)")


def _sends(section: Section) -> bool:
    return section.direction in ("sendrecv", "sendonly") and is_live(section)


def is_live(section: Section) -> bool:
    """Not refused by its own side: port 0 means that, unless the section lives on another one's transport."""
    return section.port != 0 or section.bundle_only


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
        rtx_payload_type=_rtx_of(payload, section),
    )


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


def _rtx_of(payload: Payload, section: Section) -> int | None:
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


def answering_bundle(offer: Description, mids: Sequence[str]) -> list[str]:
    """Our part of the offer's group, in its order: the first one owns the transport (RFC 9143, 7.3.1).

    Chromium refuses an answer that names another one first.
    """
    return [mid for mid in offer.bundled if mid in mids]


def answering_setup(offer: Description) -> str:
    """Our DTLS role (RFC 5763, 5): whoever can begins itself, so that we wait; one that insists to wait is called."""
    return "active" if offer.setup == "passive" else "passive"


def refusal(section: Section) -> list[str]:
    """The answer's m-section for one that is not taken (RFC 8829, 5.3.1)."""
    lines = [f"m={section.kind} 0 {section.protocol} {' '.join(section.formats) or '0'}", "c=IN IP4 0.0.0.0"]
    return [*lines, "a=inactive", *([f"a=mid:{section.mid}"] if section.mid else [])]


def _codec_lines(media: AcceptedMedia, payload: Payload, start_bitrate_kbps: int) -> list[str]:
    number = media.payload_type
    if media.kind is MediaKind.AUDIO:
        lines = [f"a=rtpmap:{number} opus/48000/2", f"a=fmtp:{number} minptime=10;useinbandfec=1"]
        return lines + [f"a=rtcp-fb:{number} {feedback}" for feedback in FEEDBACK[media.kind]]
    google = f"x-google-start-bitrate={start_bitrate_kbps}"
    fmtp = f"{h264_parameters(payload) if media.codec is Codec.H264 else 'profile-id=0'};{google}"
    lines = [f"a=rtpmap:{number} {media.codec.name}/90000", f"a=fmtp:{number} {fmtp}"]
    if media.rtx_payload_type is not None:
        lines += [f"a=rtpmap:{media.rtx_payload_type} rtx/90000", f"a=fmtp:{media.rtx_payload_type} apt={number}"]
    return lines + [f"a=rtcp-fb:{number} {feedback}" for feedback in FEEDBACK[media.kind]]


def h264_parameters(payload: Payload) -> str:
    """The answer's ``fmtp``: profile and packetization-mode as offered (RFC 6184, 8.2.2)."""
    profile = payload.parameters.get("profile-level-id", "42e01f")
    mode = payload.parameters.get("packetization-mode", "0")
    return f"level-asymmetry-allowed=1;packetization-mode={mode};profile-level-id={profile}"


@dataclass(frozen=True, slots=True)
class OfferedMedia:
    """One m-section of our offer to a viewer. Once there, it stays at its place; ``active`` tells if it sends."""

    kind: MediaKind
    mid: str
    codec: Codec
    payload_type: int
    ssrc: int
    stream: str
    active: bool


def offer_watch(media: Sequence[OfferedMedia], local: LocalTransport, *, revision: int) -> str:
    """Our offer to a viewer: send these; ``stream`` (the participant) groups picture and sound (lip sync)."""
    lines = head([m.mid for m in media], revision=revision)
    for m in media:
        lines += media_head(m.kind, [m.payload_type], m.mid, local, setup="actpass")
        number = m.payload_type
        if m.kind is MediaKind.AUDIO:
            lines += [f"a=rtpmap:{number} opus/48000/2", f"a=fmtp:{number} minptime=10;useinbandfec=1"]
        else:
            fmtp = H264_FMTP if m.codec is Codec.H264 else "profile-id=0"
            lines += [f"a=rtpmap:{number} {m.codec.name}/90000", f"a=fmtp:{number} {fmtp}"]
        lines += [f"a=rtcp-fb:{number} {feedback}" for feedback in FEEDBACK[m.kind]]
        if m.active:
            lines += ["a=sendonly", f"a=msid:{m.stream} {m.stream}-{m.kind}", f"a=ssrc:{m.ssrc} cname:{m.stream}"]
        else:
            lines += ["a=inactive"]
    return "\r\n".join(lines) + "\r\n"


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
