"""Tasks that come round again and again: nothing that happens in one round ends the server they run in."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from inspect_server.jobs import appointments, housekeeping
from inspect_server.services.context import ServiceContext
from tests.services.office import Office

TIMEOUT_S = 20


@pytest.mark.parametrize(
    ("module", "task", "step"),
    [
        (housekeeping, housekeeping.keep_house, "forget_old_tickets"),
        (appointments, appointments.watch_appointments, "note_missed"),
    ],
)
async def test_a_round_that_nobody_foresaw_is_followed_by_the_next(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    module: object,
    task: Callable[[ServiceContext], Awaitable[None]],
    step: str,
) -> None:
    rounds, again = 0, asyncio.Event()

    async def fails(_: ServiceContext) -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 2:
            again.set()
        raise ValueError("nobody foresaw this")

    monkeypatch.setattr(module, step, fails)
    monkeypatch.setattr(module, "INTERVAL_S", 0.0)
    running = asyncio.ensure_future(task(office.context))
    await asyncio.wait_for(again.wait(), TIMEOUT_S)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
