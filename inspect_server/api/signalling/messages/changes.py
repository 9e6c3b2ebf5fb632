"""Something that is kept has changed: a page that shows it asks for it anew by HTTP."""

from __future__ import annotations

from typing import Literal

from inspect_server.api.signalling.messages.base import ServerMessage
from inspect_server.services.announcements import Topic


class Changed(ServerMessage):
    """Carries no content: what somebody may see of it, HTTP decides. After ``welcome`` a page asks for all it shows."""

    type: Literal["changed"] = "changed"
    topic: Topic
