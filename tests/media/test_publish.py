"""What a publish connection asks its sender for, and how it ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from inspect_server.media import rtcp
from inspect_server.media.access_unit import MediaKind
from inspect_server.media.codecs.h264_syntax import split_annex_b
from inspect_server.media.datapath import RtpPacket
from inspect_server.media.nack import GIVE_UP_AFTER_S
from inspect_server.media.publish import STEP_WAITS_FOR_QUEUE_S, PublishConnection
from tests.media.codecs.coded_media import h264_clip
from tests.media.codecs.rtp_packetizer import h264_payloads
from tests.media.plain_publisher import PlainPublisher

OPUS = b"\xfc\xff\xfe"
SPS, DELTA = b"\x67\x42\xe0\x1f", b"\x41\x9a\x00\x00"
SSRC = 7


def _let_sound_wait(connection: PublishConnection, numbers: Iterable[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets that arrived and have not been looked at yet."""
    data = bytes(12) + OPUS
    (kind,) = [number for number, stream in connection._by_payload_type.items() if stream.kind is MediaKind.AUDIO]
    waiting = [
        RtpPacket(data, kind, False, number, 960 * number, 5, 12, len(data))  # noqa: FBT003 - the marker
        for number in numbers
    ]

    def hand_over() -> None:
        arrived, waiting[:] = waiting[:], []
        if arrived:
            connection._on_rtp(arrived)

    monkeypatch.setattr(connection._transport, "hand_over", hand_over)


async def test_what_has_arrived_is_recorded_though_its_picture_had_no_end_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    _let_sound_wait(publisher.connection, range(3), monkeypatch)

    await publisher.connection.close()
    publisher.recording.close()

    assert [unit.data for unit in publisher.units] == [OPUS] * 3


async def test_what_overtook_the_end_of_the_handshake_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there before anybody listens; the recorder is the first to do so, and viewers begin with what follows."""
    opened = await PlainPublisher.opened(monkeypatch)
    opened.connection.unsubscribe(opened.recording)
    heard: list[PlainPublisher] = []
    for numbers in (range(3), range(3, 5)):
        _let_sound_wait(opened.connection, numbers, monkeypatch)
        heard.append(PlainPublisher(opened.connection))
        opened.connection.hand_over()
    recorder, viewer = heard
    recorder.recording.close()
    viewer.recording.close()

    assert [unit.data for unit in recorder.units] == [OPUS] * 5
    assert viewer.units == []


def _receive(
    publisher: PlainPublisher,
    sequence: int,
    payload: bytes,
    now: float,
    *,
    picture: int | None = None,
    ends: bool = True,
) -> None:
    """A packet of a picture, a whole one unless told otherwise."""
    data = bytes(12) + payload
    rtp_time = 3000 * (sequence if picture is None else picture)
    kind = publisher.payload_type(MediaKind.VIDEO)
    publisher.receive(RtpPacket(data, kind, ends, sequence, rtp_time, SSRC, 12, len(data)), now)


def _asked_for(publisher: PlainPublisher) -> list[rtcp.Feedback]:
    asked = [item for packet in publisher.sent for item in rtcp.parse(packet)]
    publisher.sent.clear()
    return [item for item in asked if isinstance(item, rtcp.Nack | rtcp.KeyframeRequest)]


@pytest.mark.parametrize("is_lost", [True, False])
async def test_what_waits_for_a_repair_at_the_end_is_told(is_lost: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    keyframe = h264_payloads(split_annex_b(h264_clip(1)[0].data))
    for number, payload in enumerate(keyframe):
        _receive(publisher, number, payload, 0.0, picture=0, ends=payload is keyframe[-1])
    for picture in (3, 4):
        _receive(publisher, len(keyframe) + picture - 3 + is_lost, DELTA, 0.1, picture=picture)
    publisher.recording.close()
    pictures = [unit for unit in publisher.units if unit.kind is MediaKind.VIDEO]
    assert len(pictures) == (1 if is_lost else 3)
    until = {MediaKind.VIDEO: pytest.approx(pictures[0].captured_at_us + 4 * 1_000_000 // 30, abs=1)}
    assert publisher.missing_at_end == (until if is_lost else {})


@pytest.mark.parametrize(("payload", "asks"), [(SPS, False), (DELTA, True)])
async def test_what_is_lost_before_a_keyframe_needs_no_other_one(
    payload: bytes, asks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    _receive(publisher, 1, SPS, 0.0)
    _receive(publisher, 3, payload, 0.0)
    publisher.sent.clear()
    publisher.repair(GIVE_UP_AFTER_S + 0.01)
    assert (rtcp.KeyframeRequest(SSRC) in _asked_for(publisher)) is asks


@pytest.mark.parametrize(("sustained_bps", "wanted"), [(2_000_000, (2, 4)), (200_000, (4,))])
async def test_a_narrow_link_is_not_filled_with_what_is_before_the_newest_keyframe(
    sustained_bps: int, wanted: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    publisher.connection._bandwidth.sustained_bps = sustained_bps
    for sequence, payload in ((1, SPS), (3, SPS), (5, DELTA)):
        _receive(publisher, sequence, payload, 0.0)
    publisher.sent.clear()
    publisher.repair(0.02)
    assert [item.sequences for item in _asked_for(publisher) if isinstance(item, rtcp.Nack)] == [wanted]


async def test_behind_a_loss_for_good_a_narrow_link_is_kept_free_for_the_keyframe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    publisher.connection._bandwidth.sustained_bps = 200_000
    for sequence, payload in ((1, SPS), (3, DELTA)):
        _receive(publisher, sequence, payload, 0.0)
    publisher.connection.streams[MediaKind.VIDEO].give_up_missing()
    publisher.repair(0.01)
    _receive(publisher, 5, DELTA, 0.02)
    publisher.sent.clear()
    publisher.repair(0.04)
    assert [item for item in _asked_for(publisher) if isinstance(item, rtcp.Nack)] == []
    for sequence, payload in ((6, SPS), (8, DELTA)):
        _receive(publisher, sequence, payload, 0.05)
    publisher.repair(0.07)
    assert [item.sequences for item in _asked_for(publisher) if isinstance(item, rtcp.Nack)] == [(7,)]


async def test_a_smaller_picture_waits_until_the_queue_has_room_for_its_keyframe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    connection, told = publisher.connection, list[float]()
    monkeypatch.setattr(connection, "_events", replace(connection._events, carried=lambda _, now: told.append(now)))
    bandwidth = connection._bandwidth
    bandwidth._draining_since, bandwidth._collapsed = 10.0, True
    monkeypatch.setattr(bandwidth, "update", lambda _now, **_: 100_000)
    for now in (10.1, 10.5, 10.0 + STEP_WAITS_FOR_QUEUE_S + 0.1):
        connection._video_bps(now)
    assert told == [10.0 + STEP_WAITS_FOR_QUEUE_S + 0.1]
    bandwidth._draining_since = None
    connection._video_bps(12.0)
    assert told[-1] == 12.0


@pytest.mark.parametrize(
    ("sustained_bps", "within_s", "asked_for"),
    [(2_000_000, 0.02, 20), (100_000, 0.02, 1), (100_000, 1.1, 20)],
    ids=["wide", "narrow", "narrow, in the end"],
)
async def test_lost_sound_is_asked_for_as_fast_as_a_narrow_link_can_bring_it(
    sustained_bps: int, within_s: float, asked_for: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    publisher.connection._bandwidth.sustained_bps = sustained_bps
    data = bytes(12) + OPUS
    for number in (1, 22):
        kind = publisher.payload_type(MediaKind.AUDIO)
        packet = RtpPacket(data, kind, False, number, 960 * number, SSRC, 12, len(data))  # noqa: FBT003 - the marker
        publisher.receive(packet, 0.02 * number)
    for tick in range(1, round(within_s * 100) + 1):
        publisher.repair(0.44 + tick / 100)
    asked = {
        sequence
        for sent in publisher.sent
        for item in rtcp.parse(sent)
        if isinstance(item, rtcp.Nack)
        for sequence in item.sequences
    }
    assert len(asked) == asked_for


async def test_what_an_outage_swallows_is_a_share_of_what_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    publisher = await PlainPublisher.opened(monkeypatch)
    for number in (*range(100), *range(2000, 2100)):
        _receive(publisher, number, DELTA, number / 100)
    quality = publisher.connection.quality()
    assert (quality.loss_percent, quality.unrepaired_percent) == (90.5, 0.0)
    for number in range(1999, 1989, -1):  # come late, asked for again
        _receive(publisher, number, DELTA, 21.0)
    assert publisher.connection.quality().loss_percent == 0.0
