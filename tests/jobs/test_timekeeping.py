"""The clock is compared again and again, and what is not known is not told."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

import pytest

from inspect_server.domain.errors import StorageUnavailable
from inspect_server.domain.timekeeping import ClockReading
from inspect_server.jobs import timekeeping
from inspect_server.jobs.timekeeping import Timekeeper

GOOD = ClockReading(3.0, "ntp.example")
BAD = ClockReading(-90_000.0, "ntp.example")


async def known_after_each(
    monkeypatch: pytest.MonkeyPatch, answers: Sequence[ClockReading | Exception | None]
) -> list[ClockReading | None]:
    """What is known after each comparison."""
    monkeypatch.setattr(timekeeping, "INTERVAL_S", 0.0)
    coming = iter(answers)
    known: list[ClockReading | None] = []
    all_given = asyncio.Event()

    async def compare() -> ClockReading | None:
        known.append(keeper.latest)
        answer = next(coming, None)
        if len(known) > len(answers):
            all_given.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    keeper = Timekeeper(compare)
    task = asyncio.create_task(keeper.run())
    async with asyncio.timeout(10):
        await all_given.wait()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return known[1 : len(answers) + 1]


async def test_the_latest_comparison_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert await known_after_each(monkeypatch, [GOOD, BAD, None]) == [GOOD, BAD, None]


@pytest.mark.parametrize(
    "failure", [ConnectionError("no answer"), StorageUnavailable("away")], ids=["server", "database"]
)
async def test_one_that_fails_leaves_nothing_known_until_the_next(
    failure: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert await known_after_each(monkeypatch, [GOOD, failure, GOOD]) == [GOOD, None, GOOD]
    assert [record.levelno for record in caplog.records if record.name == timekeeping.__name__] == [logging.WARNING]


async def test_a_clock_that_is_off_is_an_error_in_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await known_after_each(monkeypatch, [GOOD, BAD])
    (error,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "-90000 ms, ntp.example" in error.message
