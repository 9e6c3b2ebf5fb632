"""Counts what hands do on a page: touches, clicks and keys, over reloads too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.async_api import BrowserContext

COUNT = """(() => {
  // In the capture phase: whatever the page does with it, the hand has done it.
  for (const kind of ['pointerdown', 'keydown'])
    addEventListener(kind, (event) => { if (event.isTrusted && !event.repeat) window.__did(kind); }, true);
})()"""


@dataclass
class Hands:
    """What one person did: ``touches`` of mouse or finger, ``keys`` pressed outside of typing."""

    touches: int = 0
    keys: int = 0

    @classmethod
    async def of(cls, context: BrowserContext) -> Hands:
        """Watch every page of this context from its next load on."""
        hands = cls()
        await context.expose_binding("__did", hands._did)
        await context.add_init_script(COUNT)
        return hands

    def _did(self, source: Any, kind: str) -> None:
        del source
        if kind == "pointerdown":
            self.touches += 1
        else:
            self.keys += 1
