"""What the server said to a page over its WebSocket, seen from outside the page."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from playwright.async_api import Page, WebSocket


@dataclass
class SignallingLog:
    """Server messages in their order, from all WebSockets of the page."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, page: Page) -> SignallingLog:
        log = cls()
        page.on("websocket", log._follow)
        return log

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._received)

    def _received(self, payload: str | bytes) -> None:
        message = json.loads(payload)
        if isinstance(message, dict):
            self.messages.append(message)

    def of_type(self, wanted: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message.get("type") == wanted]

    def safe_until(self) -> datetime | None:
        """Up to when the server last said that everything is durably stored."""
        told = [m["safe_until"] for m in self.of_type("footage") if m.get("safe_until")]
        return datetime.fromisoformat(told[-1]) if told else None
