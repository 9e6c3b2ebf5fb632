"""Passwords by argon2id, off the event loop.

Each check takes about 50 ms of one core and 64 MiB, so at most ``MAX_AT_ONCE`` run together and the others wait for
their turn. At most ``MAX_IN_LINE`` people sign in at a time; more are sent away, so that no line grows behind whom
somebody tries passwords on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from inspect_server.domain.errors import TooManyAttempts

MAX_AT_ONCE = 2
MAX_IN_LINE = 64
LINE_IS_SHORTER_AFTER_S = 2


class Passwords:
    """One per process."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(MAX_AT_ONCE)
        self._nobody = ""
        self._in_line = 0

    @contextmanager
    def place_in_line(self) -> Iterator[None]:
        """For somebody who signs in.

        Raises:
            TooManyAttempts: the line is full.
        """
        if self._in_line >= MAX_IN_LINE:
            raise TooManyAttempts(retry_after_s=LINE_IS_SHORTER_AFTER_S)
        self._in_line += 1
        try:
            yield
        finally:
            self._in_line -= 1

    async def hash(self, password: str) -> str:
        """A new salted hash."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is right. None (an unknown name) costs the same time and is always wrong."""
        if password_hash is None:
            self._nobody = self._nobody or await self.hash("nobody has this password")
        async with self._turn:
            right = await asyncio.to_thread(self._verify, password_hash or self._nobody, password)
        return right and password_hash is not None

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
