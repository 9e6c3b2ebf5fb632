"""Reading single bits and Exp-Golomb numbers out of a header (ITU-T H.264, 7.2 and 9.1)."""

from inspect_server.media.codecs.depacketizer import MalformedPayload

_MAX_EXP_GOLOMB_ZEROS = 32


class BitReader:
    """Reads big-endian bits; raises :class:`MalformedPayload` at the end of the data."""

    def __init__(self, data: bytes | memoryview) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = len(data) * 8

    def bits(self, count: int) -> int:
        """The next ``count`` bits as an unsigned number."""
        if count > self._left:
            raise MalformedPayload("header ends early")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def flag(self) -> bool:
        """The next bit."""
        return self.bits(1) == 1

    def ue(self) -> int:
        """An unsigned Exp-Golomb number."""
        zeros = 0
        while not self.bits(1):
            zeros += 1
            if zeros > _MAX_EXP_GOLOMB_ZEROS:
                raise MalformedPayload("Exp-Golomb number too long")
        return (1 << zeros) - 1 + self.bits(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb number."""
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)
