"""Blocking calls: bounded, and never on the event loop."""

import asyncio
import threading

import pytest

from storage.object_threads import ObjectThreads
from storage.objects import ObjectStoreUnavailable


async def test_work_runs_beside_the_event_loop_and_its_errors_come_back() -> None:
    threads = ObjectThreads()
    assert await threads.run(threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        await threads.run(divmod, 1, 0)
    await threads.close()


async def test_more_calls_than_allowed_are_refused_at_once_and_admitted_later() -> None:
    threads = ObjectThreads(threads=1, max_calls=2)
    go_on = threading.Event()
    waiting = [asyncio.create_task(threads.run(go_on.wait, 60)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(ObjectStoreUnavailable):
        await threads.run(int)
    go_on.set()
    assert await asyncio.gather(*waiting) == [True, True]
    assert await threads.run(int) == 0
    await threads.close()


async def test_a_cancelled_caller_is_free_but_its_thread_still_counts() -> None:
    threads = ObjectThreads(threads=1, max_calls=1)
    go_on = threading.Event()
    done = threading.Event()

    def work() -> None:
        go_on.wait(60)
        done.set()

    caller = asyncio.create_task(threads.run(work))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    with pytest.raises(ObjectStoreUnavailable):
        await threads.run(int)
    go_on.set()
    await threads.close()
    assert done.is_set()
