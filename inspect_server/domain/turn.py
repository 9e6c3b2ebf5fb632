"""Time-limited credentials for a TURN server that shares a secret with us (draft-uberti-behave-turn-rest).

The server keeps no list of users: the name says until when it is valid, and the password proves that we made the name.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class TurnCredential:
    """What a browser or a probe signs its allocation with; of no use after ``expires_at``."""

    username: str
    password: str = field(repr=False)
    expires_at: datetime


def turn_credential(secret: str, holder: str, *, now: datetime, ttl_s: int) -> TurnCredential:
    """A credential for ``holder`` (appears in the TURN server's log; no secret, no colon) for ``ttl_s`` seconds.

    HMAC-SHA1 is what the TURN servers expect; it signs a name of ours, where SHA-1's collisions do not matter.
    """
    expires_at = now + timedelta(seconds=ttl_s)
    username = f"{int(expires_at.timestamp())}:{holder}"
    digest = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return TurnCredential(username, base64.b64encode(digest).decode("ascii"), expires_at)
