"""The TURN servers that a page is told, with credentials that are of no use after the call."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from inspect_server.api.signalling.messages.stay import IceServer
from inspect_server.domain.turn import turn_credential


@dataclass(frozen=True, slots=True)
class TurnAccess:
    """What the operator has configured; no ``urls``: no TURN."""

    urls: tuple[str, ...]
    secret: str = field(repr=False)
    ttl_s: int


def ice_servers(turn: TurnAccess, participant_id: str, now: datetime) -> list[IceServer]:
    """For one participant. No STUN server is named: the media server itself has a known address."""
    if not turn.urls:
        return []
    credential = turn_credential(turn.secret, participant_id, now=now, ttl_s=turn.ttl_s)
    return [IceServer(urls=list(turn.urls), username=credential.username, credential=credential.password)]
