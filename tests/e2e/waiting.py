"""Waiting for a condition of another process, with an end and a name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")
POLL_S = 0.1


async def until(look: Callable[[], Awaitable[Found | None]], *, within_s: float, what: str) -> Found:
    """Ask again and again until the answer is something true, and return it.

    Raises:
        TimeoutError: it never was; says what was waited for.
    """
    deadline = time.monotonic() + within_s
    while True:
        if found := await look():
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {within_s} s for {what}")
        await asyncio.sleep(POLL_S)
