"""Trying the connection before the call."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from inspect_server.api.schemas.base import Body
from inspect_server.api.signalling.messages.stay import IceServer


class IceServers(Body):
    ice_servers: list[IceServer]


class SessionDescription(Body):
    """An offer or answer of WebRTC."""

    sdp: Annotated[str, StringConstraints(min_length=1, max_length=32 * 1024)]
