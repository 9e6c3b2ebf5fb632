"""The only place that constructs objects and wires them together.

    serve   HTTP and signalling ── services ── database, object store
              └ MediaClient ══ sockets ══ media workers (app_media_worker): rooms, spool, the same object store

Everything that ``serve`` starts ends with it, the media workers included.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from inspect_server.api.application import make_application
from inspect_server.api.ice_servers import TurnAccess, ice_servers
from inspect_server.api.signalling.rooms import Rooms
from inspect_server.domain.errors import StorageUnavailable
from inspect_server.domain.timekeeping import ClockReading
from inspect_server.jobs.appointments import watch_appointments
from inspect_server.jobs.footage_intake import FootageIntake
from inspect_server.jobs.housekeeping import keep_house
from inspect_server.jobs.record_press.press import RecordPress
from inspect_server.jobs.timekeeping import Timekeeper
from inspect_server.media.client import MediaClient
from inspect_server.media.darkroom.darkroom import Darkroom
from inspect_server.media.messages import AnyEvent, Configure
from inspect_server.network.listeners import Listeners
from inspect_server.network.message_gateway import MessageGateway
from inspect_server.network.ntp import clock_offset
from inspect_server.services.admitting import nobody_waits
from inspect_server.services.announcements import Announcement, RecordSealed
from inspect_server.services.context import ServiceContext, ServiceOptions
from inspect_server.services.notifying import Notifier, OnScreen
from inspect_server.settings import Settings
from storage import engine, migrate
from storage.objects import ObjectStore, open_object_store

logger = logging.getLogger(__name__)

SHUTDOWN_TIMEOUT_S: Final = 5.0


@contextlib.asynccontextmanager
async def open_services(
    settings: Settings, *, link_base: Callable[[], str] = lambda: ""
) -> AsyncIterator[ServiceContext]:
    """Database and object store behind services, closed at the end.

    Raises:
        ConfigurationError: the database is not migrated, or the object store is not there or refuses us.
        StorageUnavailable: the database does not answer.
    """
    database = engine.connect(settings.database_url)
    objects = object_store(settings)
    try:
        await migrate.require_current(database)
        try:
            await objects.require_ready()
        except StorageUnavailable as error:
            # Calls go on without it: footage waits in the spool. A missing bucket is another matter, and ends here.
            logger.error("the object store does not answer, footage will wait in the spool: %s", error)  # noqa: TRY400 - not ours
        yield ServiceContext(
            database=database,
            objects=objects,
            options=ServiceOptions(
                link_base=link_base,
                invitation_valid_for=timedelta(hours=settings.invitation_hours),
                sign_in_valid_for=timedelta(hours=settings.sign_in_hours),
                max_participants=settings.max_participants,
                time_zone=ZoneInfo(settings.time_zone),
                site_radius_m=settings.site_radius_m,
                grace_minutes=settings.grace_minutes,
            ),
            notifier=notifier(settings),
        )
    finally:
        await objects.close()
        await database.close()


def notifier(settings: Settings) -> Notifier | None:
    """The way to guests' phones that the settings name, if any."""
    if settings.message_gateway_url:
        return MessageGateway(settings.message_gateway_url, settings.message_gateway_token.get_secret_value())
    return OnScreen() if settings.codes_on_screen else None


async def prepare_storage(settings: Settings, *, browser_origins: Sequence[str]) -> str:
    """Migrate the database and make the bucket or folder where it is missing; returns the database's revision.

    Raises:
        ConfigurationError, StorageUnavailable: one of them cannot be reached, refuses us, or is of a newer release.
    """
    revision = await migrate.upgrade(settings.database_url)
    objects = object_store(settings)
    try:
        await objects.create(browser_origins=browser_origins)
    finally:
        await objects.close()
    return revision


async def compare_clock(settings: Settings, database: engine.Database) -> ClockReading | None:
    """This machine's clock and the time server that the settings name, else the database server's.

    Returns:
        None if there is neither.

    Raises:
        NoTimeError: the time server does not answer.
        StorageUnavailable: the database server does not.
    """
    if settings.ntp_server:
        return ClockReading((await clock_offset(settings.ntp_server)).offset_ms, settings.ntp_server)
    asked_at = datetime.now(UTC)
    if (database_time := await database.server_time()) is None:
        return None
    middle = asked_at + (datetime.now(UTC) - asked_at) / 2
    return ClockReading((database_time - middle) / timedelta(milliseconds=1), "数据库服务器 · the database server")


def object_store(settings: Settings) -> ObjectStore:
    """The object store that the settings name; not looked at yet."""
    return open_object_store(
        settings.object_store,
        endpoint_url=settings.s3_endpoint_url,
        region=settings.s3_region,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key.get_secret_value(),
        browser_links=settings.s3_browser_links,
    )


async def serve(
    settings: Settings,
    listeners: Listeners,
    *,
    web_dir: Path,
    link_base: Callable[[], str],
    ready: Callable[[], None],
) -> None:
    """Serve until cancelled.

    Args:
        settings: checked settings.
        listeners: sockets that already listen; closed at the end.
        web_dir: the built pages.
        link_base: the address that links begin with, without a slash at its end.
        ready: called when requests are answered.

    Raises:
        ConfigurationError: see ``open_services``; also a spool that cannot be written.
    """
    async with open_services(settings, link_base=link_base) as context:
        await nobody_waits(context)

        def on_event(event: AnyEvent) -> None:
            rooms.on_media_event(event)
            intake.take(event)

        def on_rooms_lost(inspection_ids: frozenset[str]) -> None:
            rooms.on_rooms_lost(inspection_ids)

        media = MediaClient(
            worker_configuration(settings),
            workers=media_worker_count(settings),
            events=on_event,
            on_rooms_lost=on_rooms_lost,
        )
        darkroom = Darkroom(context.objects)
        intake = FootageIntake(context, media.acknowledge)
        turn = TurnAccess(settings.turn_urls, settings.turn_secret.get_secret_value(), settings.turn_ttl_s)
        timekeeper = Timekeeper(partial(compare_clock, settings, context.database))
        rooms = Rooms(
            replace(context, clock_reading=lambda: timekeeper.latest),
            media,
            ice_servers=lambda participant_id: ice_servers(turn, participant_id, context.now()),
            server_started_at=datetime.now(UTC),
            max_participants=settings.max_participants,
        )

        def announce(announcement: Announcement) -> None:
            rooms.announce(announcement)
            if isinstance(announcement, RecordSealed):
                press.take(announcement.record_id)

        press = RecordPress(replace(context, announce=announce), darkroom)
        application = make_application(
            replace(
                context,
                announce=announce,
                uploads_pending=rooms.uploads_pending,
                track_uploads_pending=rooms.track_uploads_pending,
            ),
            rooms,
            darkroom,
            web_dir=web_dir,
            uploads_dir=prepared_uploads_dir(settings),
            media_workers=lambda: media.workers_up,
        )
        async with _running(application, listeners):
            try:
                await media.start()
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(rooms.run(), name="rooms")
                    tasks.create_task(intake.run(), name="footage-intake")
                    tasks.create_task(keep_house(context), name="housekeeping")
                    tasks.create_task(watch_appointments(rooms.context), name="appointments")
                    tasks.create_task(press.run(), name="record-press")
                    tasks.create_task(timekeeper.run(), name="timekeeper")
                    ready()
            finally:
                rooms.close_windows()
                await media.stop()
                darkroom.close()


def prepared_uploads_dir(settings: Settings) -> Path:
    """Where files arrive; empty at the start: what a server that was killed left there was never taken in."""
    folder = settings.data_dir / "uploads"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def media_worker_count(settings: Settings) -> int:
    """How many media workers to start: by default one core is left to the server itself, its database and jobs."""
    return settings.media_workers or max(1, len(os.sched_getaffinity(0)) - 1)


def worker_configuration(settings: Settings) -> Configure:
    """What a media worker needs to know of the settings."""
    return Configure(
        spool_dir=str(settings.spool_dir),
        spool_min_free_mb=settings.spool_min_free_mb,
        object_store=settings.object_store,
        s3_endpoint_url=settings.s3_endpoint_url,
        s3_region=settings.s3_region,
        s3_access_key_id=settings.s3_access_key_id,
        s3_secret_access_key=settings.s3_secret_access_key.get_secret_value(),
        announce_loopback=settings.ice_announce_loopback,
        public_addresses=list(settings.ice_public_addresses),
        port_range=settings.ice_port_range,
        log_level=settings.log_level,
    )


@contextlib.asynccontextmanager
async def _running(application: web.Application, listeners: Listeners) -> AsyncIterator[None]:
    runner = web.AppRunner(application, shutdown_timeout=SHUTDOWN_TIMEOUT_S)
    await runner.setup()
    try:
        await web.SockSite(runner, listeners.http).start()
        if listeners.https is not None:
            await web.SockSite(runner, listeners.https, ssl_context=listeners.tls).start()
        yield
    finally:
        await runner.cleanup()
        listeners.close()
