"""The end of a publish connection."""

from __future__ import annotations

import pytest

from inspect_server.media.access_unit import MediaKind
from inspect_server.media.datapath import RtpPacket
from tests.media.plain_publisher import PlainPublisher

OPUS = b"\xfc\xff\xfe"


async def test_what_has_arrived_is_recorded_though_its_picture_had_no_end_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    data = bytes(12) + OPUS
    kind = publisher.payload_type(MediaKind.AUDIO)
    waiting = [
        RtpPacket(data, kind, False, number, 960 * number, 5, 12, len(data))  # noqa: FBT003 - the marker
        for number in range(3)
    ]
    publisher.connection._transport._waiting = waiting

    await publisher.connection.close()
    publisher.recording.close()

    assert [unit.data for unit in publisher.units] == [OPUS] * 3
