"""Reaching a guest's phone. Where nothing can be sent, people identify themselves in another way."""

from __future__ import annotations

from typing import Protocol


class Notifier(Protocol):
    """Sends one-time codes."""

    async def send_code(self, phone: str, code: str, *, valid_minutes: int) -> str | None:
        """Send it; returns what the page that asked for it may show, if anything.

        Raises:
            MessageNotSent: it did not go out.
        """


class OnScreen:
    """For demonstrations: the code stands on the page that asks for it, so it proves nothing."""

    async def send_code(self, phone: str, code: str, *, valid_minutes: int) -> str | None:
        """Nothing is sent."""
        del phone, valid_minutes
        return code
