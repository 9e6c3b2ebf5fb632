"""Keyframes are looked at off the event loop: the newest, one at a time, and a broken one harms nothing."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from inspect_server.domain.hints import Hint, HintChange
from inspect_server.media.access_unit import AccessUnit, Codec, MediaKind
from inspect_server.media.sight import watching
from inspect_server.media.sight.codes import Code
from inspect_server.media.sight.decoding import brightness_of
from inspect_server.media.sight.watching import Sight, SightEvents, Watched
from tests.media.sight.keyframes import START_US, keyframe
from tests.media.sight.test_codes import in_a_room, qr
from tests.media.sight.test_looking import a_room

SECOND_US = 1_000_000


class Told:
    """What one publisher's looks brought."""

    def __init__(self) -> None:
        self.changes: list[HintChange] = []
        self.codes: list[str] = []
        self.events = SightEvents(hints_changed=self.changes.extend, codes_seen=self._seen)

    def _seen(self, codes: list[Code], at: datetime) -> None:
        assert at.tzinfo is not None
        self.codes += [code.text for code in codes]


@pytest.fixture
async def sight(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sight]:
    monkeypatch.setattr(watching, "LOOK_INTERVAL_S", 0.0)
    opened = Sight()
    yield opened
    opened.close()


async def looked(watched: Watched) -> None:
    async with asyncio.timeout(20):
        while watched._looking is not None:
            await asyncio.wait([watched._looking])


@pytest.mark.parametrize("codec", [Codec.H264, Codec.VP9])
def test_a_keyframe_becomes_its_brightness(codec: Codec) -> None:
    picture = brightness_of(keyframe(a_room(), codec))
    assert picture is not None
    assert picture.shape == (720, 1280)
    assert np.abs(picture.astype(int) * 1.0 - (a_room() * (219 / 255) + 16)).mean() < 6


def test_one_that_cannot_be_decoded_is_nothing() -> None:
    unit = keyframe(a_room())
    assert brightness_of(replace(unit, parameter_sets=())) is None
    assert brightness_of(replace(unit, data=b"\x00\x00\xff")) is None


async def test_a_dark_picture_is_told_after_a_while_and_taken_back_at_the_end(sight: Sight) -> None:
    told = Told()
    watched = sight.watch(told.events)
    for second in (0, 3, 6):
        dark = (a_room(second * 5, seed=second) * 0.15).astype(np.uint8)
        watched.show(keyframe(dark, at_us=START_US + second * SECOND_US))
        await looked(watched)
    assert [(change.hint, change.active) for change in told.changes] == [(Hint.TOO_DARK, True)]
    await watched.close()
    assert [(change.hint, change.active) for change in told.changes[1:]] == [(Hint.TOO_DARK, False)]


async def test_codes_are_read_only_when_somebody_asks(sight: Sight) -> None:
    told = Told()
    watched = sight.watch(told.events)
    shown = keyframe(in_a_room(qr("INSP-7K3Q"), 400, 200))
    watched.show(shown)
    await looked(watched)
    assert told.codes == []
    watched.wants_codes = True
    watched.show(replace(shown, captured_at_us=START_US + 5 * SECOND_US))
    await looked(watched)
    assert told.codes == ["INSP-7K3Q"]
    await watched.close()


async def test_of_many_pictures_that_come_meanwhile_the_newest_is_looked_at(
    sight: Sight, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on, seen_at = threading.Event(), list[int]()

    def slow(unit: AccessUnit, _: object) -> None:
        seen_at.append(unit.captured_at_us)
        assert go_on.wait(10)

    monkeypatch.setattr(watching, "_look_at", slow)
    watched = sight.watch(Told().events)
    unit = keyframe(a_room())
    watched.show(replace(unit, captured_at_us=1))
    await asyncio.sleep(0)
    for number in (2, 3, 4):
        watched.show(replace(unit, captured_at_us=number))
    go_on.set()
    await looked(watched)
    assert seen_at == [1, 4]
    await watched.close()


async def test_a_picture_that_breaks_the_library_does_not_end_the_looking(
    sight: Sight, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "look_at", lambda *_: 1 / 0)
    watched = sight.watch(Told().events)
    watched.show(keyframe(a_room()))
    await looked(watched)
    assert "could not be looked at" in caplog.text
    monkeypatch.undo()
    told = Told()
    watched = sight.watch(told.events)
    watched.wants_codes = True
    watched.show(keyframe(in_a_room(qr("after"), 400, 200)))
    await looked(watched)
    assert told.codes == ["after"]


async def test_sound_and_other_pictures_are_passed_over(sight: Sight) -> None:
    watched = sight.watch(Told().events)
    unit = keyframe(a_room())
    watched.show(replace(unit, keyframe=False))
    watched.show(replace(unit, kind=MediaKind.AUDIO))
    assert watched._looking is None
