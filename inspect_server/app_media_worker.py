"""The media worker's process: wires rooms to footage, and footage to an object store. Started by the server only."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from pathlib import Path

from inspect_server.domain.errors import ConfigurationError
from inspect_server.media import aiortc_hooks, framing, messages
from inspect_server.media.event_channel import EventChannel
from inspect_server.media.footage.service import Footage
from inspect_server.media.ice_addresses import IceAddresses
from inspect_server.media.worker import Worker
from storage.objects import open_object_store

logger = logging.getLogger(__name__)


def run_media_worker(socket_fd: int) -> int:
    """Serve rooms over this inherited socket until the server closes it; returns the exit code.

    The server alone decides when a worker ends: a terminal's Ctrl-C and a service manager's SIGTERM go to all processes
    of the group, but this one first lets the server say goodbye to the calls.
    """
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, signal.SIG_IGN)
    with asyncio.Runner() as runner:
        return runner.run(_run(socket.socket(fileno=socket_fd)))


async def _run(connected: socket.socket) -> int:
    reader, writer = await asyncio.open_connection(sock=connected)
    body = await framing.read(reader)
    if body is None:
        return 0
    configuration = messages.COMMAND.validate_json(body)
    if not isinstance(configuration, messages.Configure):
        raise TypeError("the first message must configure the worker")
    logging.basicConfig(level=configuration.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("aioice").setLevel(logging.WARNING)
    events = EventChannel(writer)
    store = open_object_store(
        configuration.object_store,
        endpoint_url=configuration.s3_endpoint_url,
        region=configuration.s3_region,
        access_key_id=configuration.s3_access_key_id,
        secret_access_key=configuration.s3_secret_access_key,
    )
    try:
        footage = await Footage.open(
            Path(configuration.spool_dir),
            f"worker-{os.getpid()}",
            store=store,
            emit=events.emit,
            min_free_bytes=configuration.spool_min_free_mb * 1024 * 1024,
        )
    except ConfigurationError as error:
        await events.send_last(messages.WorkerRefused(code=error.code, detail=error.detail, params=error.params))
        return 2
    try:
        # What is loaded stays: looking through it again and again would hold up packets for tens of milliseconds.
        gc.collect()
        gc.freeze()
        await Worker(reader, events, _addresses(configuration), footage).run()
    finally:
        await footage.close()
        await store.close()
    return 0


def _addresses(configuration: messages.Configure) -> IceAddresses:
    local = aiortc_hooks.local_addresses(loopback=configuration.announce_loopback)
    first, last = configuration.port_range or (0, -1)
    return IceAddresses(
        # A machine without any network can still show the product to its own browser.
        local=local or ["127.0.0.1"],
        public=configuration.public_addresses,
        ports=range(first, last + 1),
    )


if __name__ == "__main__":
    sys.exit(run_media_worker(int(sys.argv[1])))
