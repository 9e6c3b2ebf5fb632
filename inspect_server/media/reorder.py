"""Puts packets back into order for whoever needs them in order (the recorder). Pure; no time of its own.

How long to wait is decided elsewhere: whoever asks for retransmission says ``give_up`` for what will not come.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Final

from inspect_server.media.datapath import RtpPacket

# About 4 s of 3 Mbit/s video; more means that nobody gives up, so the oldest hole is given up here.
MAX_HELD: Final = 2048


class Lost:
    """Stands in the ordered stream where packets are missing for good."""


LOST: Final = Lost()


class ReorderBuffer:
    """``push`` and ``give_up`` return what can go on now, in order; ``LOST`` marks each hole."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._held: dict[int, RtpPacket] = {}
        self._sequences: list[int] = []  # a heap of those held, and of some that went on already

    def begin_with(self, sequence: int) -> None:
        """The first packet has this number, and may come after others."""
        if self._next is None:
            self._next = sequence

    def passes(self, packet: RtpPacket) -> bool:
        """Whether the packet is the next one and nothing waits: then it may go on as it is, which is the usual case."""
        if packet.sequence != self._next or self._held:
            return False
        self._next += 1
        return True

    def push(self, packet: RtpPacket) -> Iterator[RtpPacket | Lost]:
        """Add a packet (unwrapped sequence). Late and doubled ones are dropped."""
        expected = self._next
        if expected is None:
            expected = packet.sequence
        if packet.sequence < expected:
            return
        if packet.sequence == expected:
            self._next = expected + 1
            yield packet
            if self._held:
                yield from self._in_order()
            return
        self._next = expected
        if packet.sequence not in self._held:
            heappush(self._sequences, packet.sequence)
        self._held[packet.sequence] = packet
        if len(self._held) > MAX_HELD:
            yield from self.give_up(self._first_held(expected) - 1)

    def give_up(self, sequence: int) -> Iterator[RtpPacket | Lost]:
        """Wait no longer for anything up to ``sequence``."""
        if self._next is None or sequence < self._next:
            return
        while self._next <= sequence:
            target = min(self._first_held(sequence + 1), sequence + 1)
            if target > self._next:
                yield LOST
                self._next = target
            yield from self._in_order()

    def give_up_all(self) -> Iterator[RtpPacket | Lost]:
        """Wait for nothing any more."""
        if self._held:
            yield from self.give_up(max(self._held))

    def _first_held(self, otherwise: int) -> int:
        while self._sequences and self._sequences[0] not in self._held:
            heappop(self._sequences)
        return self._sequences[0] if self._sequences else otherwise

    def _in_order(self) -> Iterator[RtpPacket]:
        while self._next is not None and (packet := self._held.pop(self._next, None)) is not None:
            self._next += 1
            yield packet
