"""A trickled SDP fragment (RFC 8840, 9): candidates that a machine found after its offer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from inspect_server.domain.errors import BadRequest

MEDIA_TYPE: Final = "application/trickle-ice-sdpfrag"
MAX_CANDIDATES: Final = 32
MAX_CANDIDATE_CHARACTERS: Final = 1024


@dataclass(frozen=True, slots=True)
class SdpFragment:
    """``ice_ufrag`` is empty where the fragment does not repeat it; ``candidates`` are without ``a=``."""

    ice_ufrag: str
    candidates: tuple[str, ...]


def parse(text: str) -> SdpFragment:
    """Read a fragment.

    Raises:
        BadRequest: a line is none of SDP, or there are too many candidates.
    """
    ufrags: list[str] = []
    candidates: list[str] = []
    for line in text.splitlines():
        if line and line[1:2] != "=":
            raise BadRequest("The body is no SDP fragment.", where="body", field="")
        name, _, value = line.partition(":")
        if name == "a=ice-ufrag":
            ufrags.append(value)
        elif name == "a=candidate":
            candidates.append(f"candidate:{value}"[:MAX_CANDIDATE_CHARACTERS])
    if len(candidates) > MAX_CANDIDATES:
        raise BadRequest(f"At most {MAX_CANDIDATES} candidates are read.", where="body", field="a=candidate")
    if len(set(ufrags)) > 1:
        raise BadRequest("The fragment has more than one ice-ufrag.", where="body", field="a=ice-ufrag")
    return SdpFragment(ufrags[0] if ufrags else "", tuple(candidates))
