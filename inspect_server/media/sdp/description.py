"""A session description (RFC 8866), read. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from inspect_server.domain.errors import BadSdp

MAX_LINES: Final = 2000
MAX_SECTIONS: Final = 32
# RFC 3551, 6; RFC 8285, 4.2: what does not fit the one-byte form is as if it were not there.
MAX_PAYLOAD_TYPE: Final = 127
EXTENSION_IDS: Final = range(1, 15)


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
    payloads = {int(n): Payload(int(n)) for n in formats if n.isdecimal() and int(n) <= MAX_PAYLOAD_TYPE}
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
            if (extension_id := int(number.partition("/")[0])) in EXTENSION_IDS:
                section.extensions[uri] = extension_id
        case "ssrc":
            ssrc = int(value.partition(" ")[0])
            if ssrc not in section.ssrcs:
                section.ssrcs.append(ssrc)


def is_live(section: Section) -> bool:
    """Not refused by its own side: port 0 means that, unless the section lives on another one's transport."""
    return section.port != 0 or section.bundle_only
