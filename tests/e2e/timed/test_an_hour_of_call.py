"""A real hour of call: the record's clock stays true, nothing is missing, and no process of the server grows.

The same hour in its shortened form, through the parts that may drift or grow: ``tests/media/footage/test_an_hour.py``.
"""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import timedelta
from pathlib import Path

import pytest

from tests.e2e import index
from tests.e2e.conftest import SITE, People
from tests.e2e.deployments import Deployment
from tests.e2e.index import TrackRecord
from tests.e2e.pages.meeting import meet
from tests.e2e.pages.phone import ENTERPRISE
from tests.e2e.staff import Staff
from tests.e2e.waiting import until
from tests.support.archive import decode
from tests.support.comparison import compare

logger = logging.getLogger(__name__)

CALL_S = 3600
WARM_S = 300
"""Until then buffers, caches and the allocator may still grow."""
GROWTH_MIB = 20
LAST = timedelta(seconds=20)
LAST_BEEPS = 5

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.timeout(CALL_S + 300)]


async def test_after_an_hour_the_clock_is_true_and_the_server_has_not_grown(
    folder_and_sqlite: Deployment, people: People
) -> None:
    deployment, product = folder_and_sqlite, folder_and_sqlite.product
    inspector, enterprise = await people.laptop(), await people.phone()
    async with Staff.signed_in(product.url) as staff:
        invited = await staff.invite()
        await meet(inspector, enterprise, product.url, invited)
        await asyncio.sleep(min(WARM_S, CALL_S / 2))
        assert product.process is not None
        before = _resident_mib(product.process.pid)
        await asyncio.sleep(CALL_S - min(WARM_S, CALL_S / 2))
        after = _resident_mib(product.process.pid)
        truth = await enterprise.truth()
        await staff.end(invited.inspection_id)
        await until(lambda: _spool_is_empty(deployment), within_s=20, what="the whole footage")

    track = await _end_of_footage(deployment, invited.inspection_id)
    assert (len(track.epochs), track.gaps) == (1, [])
    kept_s = sum(segment.duration_ms for segment in track.index) / 1000
    assert kept_s > CALL_S - 5
    content = decode(track.segments)
    assert content.faults == []
    result = compare(content, truth, settled_after_s=0, source=SITE)
    growth = {name: round(after[name] - before[name], 1) for name in before}
    logger.info("growth in MiB: %s; %d pictures, %d unknown", growth, len(content.frames), result.unknown)
    assert sum(growth.values()) < GROWTH_MIB
    assert (result.doubled, result.unreadable) == ([], 0)
    assert len(result.clock_errors_ms) > len(content.frames) / 2
    assert len(result.sound_errors_ms) >= LAST_BEEPS
    clock_ms, sound_ms = (max(map(abs, errors)) for errors in (result.clock_errors_ms, result.sound_errors_ms))
    logger.info("clock off by %.0f ms, sound by %.0f ms", clock_ms, sound_ms)
    assert clock_ms < 200
    assert sound_ms < 80


async def _end_of_footage(deployment: Deployment, inspection_id: str) -> TrackRecord:
    """The phone's track with the bytes of its last seconds only: an hour would not fit into memory."""

    async def nothing(key: str) -> bytes:
        del key
        return b""

    def of_phone(tracks: list[TrackRecord]) -> TrackRecord:
        return next(track for track in tracks if track.participant_name == ENTERPRISE)

    known = of_phone(await index.tracks(deployment.database_url, inspection_id, nothing))
    since = max(segment.started_at for segment in known.index) - LAST
    last_init = max(segment.sequence for segment in known.index if segment.kind == "init")
    wanted = {s.object_key for s in known.index if s.sequence == last_init or s.started_at >= since}

    async def read(key: str) -> bytes:
        return await deployment.read_object(key) if key in wanted else b""

    found = of_phone(await index.tracks(deployment.database_url, inspection_id, read))
    found.segments[:] = [segment for segment in found.segments if segment.data]
    return found


async def _spool_is_empty(deployment: Deployment) -> bool:
    return not deployment.spooled()


def _resident_mib(process_group: int) -> dict[str, float]:
    """Resident memory of each process of the server, by its number and command line."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) != process_group:
                continue
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            resident_pages = int((folder / "statm").read_text().split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        found[f"{folder.name} {command}"] = resident_pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return found
