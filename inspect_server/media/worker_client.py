"""The server's side of one media worker: starts its process, commands it, hears its events, starts it again.

Runs on the server's event loop. Owns the worker process, the socket to it and two tasks (``_supervise``, and ``_watch``
while a process lives), all ended by ``stop``. Requests under way are bounded by ``MAX_REQUESTS`` (more are refused) and
each by a time-out. When the worker dies, every request under way fails with ``MediaUnavailable``, ``on_lost`` is called
at once, and a new worker is started after a back-off. One that lives but answers nothing for about six seconds is
killed. Only ``_run_worker`` knows that the worker lives on this machine; everything else is messages.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from collections.abc import Callable
from typing import Final

from inspect_server.domain import errors
from inspect_server.media import framing, messages

logger = logging.getLogger(__name__)

WORKER_MODULE: Final = "inspect_server.app_media_worker"
REQUEST_TIMEOUT_S: Final = 10.0
START_TIMEOUT_S: Final = 20.0
STOP_TIMEOUT_S: Final = 8.0
MAX_REQUESTS: Final = 256
PING_INTERVAL_S: Final = 2.0
SILENT_ROUNDS: Final = 3
BACK_OFF_S: Final = (0.2, 0.5, 1.0, 2.0, 5.0)

_ERRORS: Final = {
    error.code: error
    for error in (
        errors.BadSdp,
        errors.NoCommonCodec,
        errors.NotFound,
        errors.Conflict,
        errors.SpoolFull,
        errors.SpoolNotWritable,
        errors.MediaUnavailable,
    )
}


class WorkerClient:
    """See the module's text.

    Args:
        configuration: what the worker needs to know; sent over the socket.
        events: called on the event loop for every event that is no reply; must not block.
        on_lost: called when a worker that was ready is gone, and all its connections with it.
    """

    def __init__(
        self,
        configuration: messages.Configure,
        *,
        events: Callable[[messages.AnyEvent], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._configuration = configuration
        self._events = events
        self._on_lost = on_lost
        self._requests: dict[str, asyncio.Future[messages.Reply]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._ready = False
        self._settled = asyncio.Event()
        self._refusal: messages.WorkerRefused | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._heard = False

    @property
    def available(self) -> bool:
        """The worker is up and takes commands."""
        return self._ready

    async def start(self) -> None:
        """Start the worker and wait until it is ready.

        Raises:
            ConfigurationError: the worker says why it cannot start (``SpoolNotWritable``).
            MediaUnavailable: it did not come up in time; it goes on being started in the background.
        """
        self._task = asyncio.create_task(self._supervise(), name="media-supervisor")
        try:
            await asyncio.wait_for(self._settled.wait(), START_TIMEOUT_S)
        except TimeoutError as error:
            raise errors.MediaUnavailable("a media worker did not start") from error
        if self._refusal is not None:
            raise _ERRORS.get(self._refusal.code, errors.ConfigurationError)(
                self._refusal.detail, **self._refusal.params
            )

    async def request(self, command: messages.Command) -> messages.Reply:
        """Send a command and wait for its reply. ``command.request_id`` must be new (see ``new_request_id``).

        Raises:
            MediaUnavailable: no worker, it died meanwhile, or no reply within 10 s.
            InspectError: the worker refused; the same class as there.
        """
        if self._writer is None or not self._ready or len(self._requests) >= MAX_REQUESTS:
            raise errors.MediaUnavailable("the media worker takes no commands")
        answer: asyncio.Future[messages.Reply] = asyncio.get_running_loop().create_future()
        self._requests[command.request_id] = answer
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                self._writer.write(framing.encode(command))
                await self._writer.drain()
                reply = await answer
        except (TimeoutError, ConnectionError) as error:
            raise errors.MediaUnavailable("the media worker did not answer") from error
        finally:
            self._requests.pop(command.request_id, None)
        if isinstance(reply, messages.Failed):
            raise _ERRORS.get(reply.code, errors.InspectError)(reply.detail, **reply.params)
        return reply

    def acknowledge(self, fact_id: str) -> None:
        """Tell the worker that this fact is stored. Lost if there is no worker: the fact will come again."""
        if self._writer is not None:
            self._writer.write(framing.encode(messages.Acknowledge(fact_id=fact_id)))

    async def stop(self) -> None:
        """Close the socket, which ends the worker; wait for it, kill it if it does not end in time."""
        self._stopping = True
        if self._task is not None:
            if self._writer is not None:
                self._writer.close()
            _, pending = await asyncio.wait([self._task], timeout=STOP_TIMEOUT_S)
            for task in pending:
                task.cancel()
                await asyncio.wait([task])

    async def _supervise(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                was_ready = await self._run_worker()
            except Exception:
                # The root of this task: whatever goes wrong with one worker, the next one is started.
                logger.exception("the media worker could not be started, made no sense, or was not understood")
                was_ready = False
            failures = 0 if was_ready else failures + 1
            if not self._stopping:
                await asyncio.sleep(BACK_OFF_S[min(failures, len(BACK_OFF_S) - 1)])

    async def _run_worker(self) -> bool:
        """One life of a worker; returns whether it got ready."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                WORKER_MODULE,
                str(theirs.fileno()),
                pass_fds=(theirs.fileno(),),
                stdin=asyncio.subprocess.DEVNULL,
            )
        was_ready = False
        watch = asyncio.create_task(self._watch(process), name="media-watch")
        try:
            reader, self._writer = await asyncio.open_connection(sock=ours)
            self._writer.write(framing.encode(self._configuration))
            await self._read_events(reader)
        finally:
            watch.cancel()
            was_ready = self._ready
            self._disconnect()
            await _end(process)
        if not self._stopping:
            logger.error("the media worker %s ended with code %s", process.pid, process.returncode)
        return was_ready

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Kill a worker that lives but does nothing: its calls are better off elsewhere.

        Counted in our own rounds, so that a server that stood still itself blames nobody.
        """
        silent_rounds = 0
        while silent_rounds < SILENT_ROUNDS:
            self._heard = False
            if self._writer is not None and self._ready:
                self._writer.write(framing.encode(messages.Ping(request_id="ping")))
            await asyncio.sleep(PING_INTERVAL_S)
            silent_rounds = silent_rounds + 1 if self._ready and not self._heard else 0
        logger.error("the media worker %s does not answer; killing it", process.pid)
        process.kill()

    def _disconnect(self) -> None:
        """Its calls need another worker now, not when the process is gone, which may take its time."""
        was_ready, self._ready = self._ready, False
        for answer in self._requests.values():
            if not answer.done():
                answer.set_exception(ConnectionError("the media worker is gone"))
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if was_ready and not self._stopping:
            self._on_lost()

    async def _read_events(self, reader: asyncio.StreamReader) -> None:
        while (body := await framing.read(reader)) is not None:
            self._heard = True
            event = messages.EVENT.validate_json(body)
            if isinstance(event, messages.Reply):
                answer = self._requests.get(event.request_id)
                if answer is not None and not answer.done():
                    answer.set_result(event)
                continue
            if isinstance(event, messages.WorkerReady):
                self._ready = True
                self._settled.set()
            elif isinstance(event, messages.WorkerRefused):
                self._refusal = event
                self._settled.set()
                continue
            self._events(event)


async def _end(process: asyncio.subprocess.Process) -> None:
    try:
        await asyncio.wait_for(process.wait(), STOP_TIMEOUT_S - 2)
    except TimeoutError:
        logger.warning("the media worker does not end; killing it")
        process.kill()
        await process.wait()
