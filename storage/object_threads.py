"""Threads for the blocking calls of one object store.

Owned by the store, apart from asyncio's own threads, so that a store that hangs blocks nobody else. Bounded: when as
many calls wait as are allowed, a further one is refused at once as ``ObjectStoreUnavailable``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from storage.objects import ObjectStoreUnavailable

P = ParamSpec("P")
Result = TypeVar("Result")

THREADS = 8
MAX_CALLS = 64


class ObjectThreads:
    """Use from one event loop."""

    def __init__(self, *, threads: int = THREADS, max_calls: int = MAX_CALLS) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="objects")
        self._max_calls = max_calls
        self._calls = 0

    async def run(self, work: Callable[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result:
        """``work`` in a thread. Cancelling stops the waiting, not the thread.

        Raises:
            ObjectStoreUnavailable: too many calls are under way.
        """
        if self._calls >= self._max_calls:
            raise ObjectStoreUnavailable("the object store is too slow: too many calls wait for it")
        self._calls += 1
        future = asyncio.get_running_loop().run_in_executor(self._executor, lambda: work(*args, **kwargs))
        # Counted until the thread is done, which outlives a cancelled caller.
        future.add_done_callback(self._done)
        return await asyncio.shield(future)

    async def close(self) -> None:
        """Wait for the calls under way; those that have not begun are cancelled."""
        await asyncio.to_thread(self._executor.shutdown, cancel_futures=True)

    def _done(self, future: asyncio.Future[Result]) -> None:
        self._calls -= 1
        if not future.cancelled():
            # Seen: a caller that was cancelled never asks for it.
            future.exception()
