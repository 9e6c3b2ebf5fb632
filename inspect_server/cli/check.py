"""``inspect-server check``: tries the configuration out for real and prints one line each, with what to do."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from inspect_server import app
from inspect_server.cli.reach import page_origins
from inspect_server.cli.running import media_workers_up
from inspect_server.cli.terminal import EXIT_FAILED, EXIT_OK
from inspect_server.cli.texts import in_chinese, in_english
from inspect_server.domain.errors import CertificateUnusable, InspectError, StorageUnavailable
from inspect_server.domain.turn import turn_credential
from inspect_server.media.turn_probe import TurnProbeError, allocate_once
from inspect_server.network.certificate import covers, read_certificate
from inspect_server.network.listeners import tls_context
from inspect_server.network.ntp import NoTimeError
from inspect_server.settings import Settings, variable
from storage import engine, migrate


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the result. ``passed`` None: not configured, nothing to check."""

    subject: str
    passed: bool | None
    text: str
    advice: str = ""

    def __str__(self) -> str:
        sign = {True: "✓", False: "✗", None: "–"}[self.passed]
        return f"{sign} {self.subject}: {self.text}" + (f"\n    → {self.advice}" if self.advice else "")


async def check_everything(settings: Settings) -> int:
    """Print each finding as it is known; returns 0 if nothing failed."""
    failed = False
    async for finding in findings(settings):
        print(finding, flush=True)
        failed = failed or finding.passed is False
    return EXIT_FAILED if failed else EXIT_OK


async def findings(settings: Settings) -> AsyncIterator[Finding]:
    """Everything that can be tried, in the order in which a newcomer sets things up."""
    database = engine.connect(settings.database_url)
    try:
        yield await _database(database)
        clock = await _clock(settings, database)
    finally:
        await database.close()
    async for finding in _objects(settings):
        yield finding
    yield await asyncio.to_thread(_spool, settings)
    yield await _media_workers(settings)
    yield _media_ports(settings)
    async for finding in _turn(settings):
        yield finding
    yield clock
    yield await asyncio.to_thread(_certificate, settings, datetime.now(UTC))


async def _database(database: engine.Database) -> Finding:
    subject = "数据库 · database"
    try:
        await database.ping()
        await migrate.require_current(database)
    except InspectError as error:
        return _failure(subject, error)
    return Finding(subject, passed=True, text=f"{database.display_url}, {migrate.head_revision()}")


async def _objects(settings: Settings) -> AsyncIterator[Finding]:
    objects = app.object_store(settings)
    try:
        for found in await objects.probe(browser_origins=page_origins(settings)):
            subject = f"对象存储 · object store, {found.check.value.replace('_', ' ')}"
            if found.problem is None:
                yield Finding(subject, passed=True, text=settings.object_store)
            else:
                yield _failure(subject, found.problem)
        if browsers_will_refuse_links(settings):
            advice = f"改用 HTTPS，或设 · use HTTPS, or set {variable('s3_browser_links')}=false"
            text = f"HTTPS 页面不能读取 · pages by HTTPS cannot read {settings.s3_endpoint_url}"
            yield Finding("对象存储 · object store, links for browsers", passed=False, text=text, advice=advice)
    finally:
        await objects.close()


def browsers_will_refuse_links(settings: Settings) -> bool:
    """Whether pages come by HTTPS and links into the bucket do not (mixed content, which browsers block)."""
    return (
        settings.object_store.startswith("s3://")
        and settings.s3_browser_links
        and settings.s3_endpoint_url.startswith("http://")
        and any(origin.startswith("https://") for origin in page_origins(settings))
    )


def _spool(settings: Settings) -> Finding:
    subject = "录像暂存 · spool"
    folder = settings.spool_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"x")
            probe.flush()
            os.fdatasync(probe.fileno())
        free_mb = shutil.disk_usage(folder).free // (1024 * 1024)
    except OSError as error:
        advice = f"让服务器能写该目录，或改设 · make it writable for the server, or set {variable('spool_dir')}"
        return Finding(subject, passed=False, text=f"{folder}: {error.strerror}", advice=advice)
    enough = free_mb >= settings.spool_min_free_mb
    advice = f"清理磁盘，或改设 · free some space, or set {variable('spool_dir')}"
    return Finding(subject, enough, f"{folder}: {free_mb} MiB 可用 · free", "" if enough else advice)


async def _media_workers(settings: Settings) -> Finding:
    subject = "媒体进程 · media workers"
    workers = await media_workers_up(settings)
    if workers is None:
        count = app.media_worker_count(settings)
        text = f"服务器未运行，启动后为 {count} 个 · the server does not run; when it does: {count}"
        return Finding(subject, passed=None, text=text)
    text = f"{workers.up} / {workers.configured} 运行中 · up"
    good = workers.up == workers.configured
    advice = "" if good else "见服务器日志 · the server's log says why"
    return Finding(subject, good, text, advice)


def _media_ports(settings: Settings) -> Finding:
    """What the firewall must let in; whether it does, only somebody outside can tell."""
    subject = "媒体端口 · media ports"
    ports = "任意 · any" if settings.ice_port_range is None else "{}-{}".format(*settings.ice_port_range)
    shown = f", NAT {', '.join(settings.ice_public_addresses)}" if settings.ice_public_addresses else ""
    return Finding(subject, passed=None, text=f"UDP {ports}{shown}；防火墙须放行 · the firewall must let them in")


async def _turn(settings: Settings) -> AsyncIterator[Finding]:
    subject = "中继 · TURN"
    if not settings.turn_urls:
        text = (
            "未配置；与服务器不在同一网络的手机可能连不上 · none; phones outside the server's network may not connect"
        )
        yield Finding(subject, passed=None, text=text)
    access = turn_credential(
        settings.turn_secret.get_secret_value(), "check", now=datetime.now(UTC), ttl_s=settings.turn_ttl_s
    )
    for url in settings.turn_urls:
        try:
            relay = await allocate_once(url, access.username, access.password)
        except TurnProbeError as error:
            advice = (
                f"核对 · compare {variable('turn_secret')} 与 coturn 的 · with coturn's static-auth-secret"
                if error.refused
                else f"核对地址、端口和防火墙 · check address, port and firewall: {variable('turn_urls')}"
            )
            yield Finding(f"{subject} {url}", passed=False, text=str(error), advice=advice)
        else:
            yield Finding(f"{subject} {url}", passed=True, text=f"→ {relay}")


async def _clock(settings: Settings, database: engine.Database) -> Finding:
    subject = "时钟 · clock"
    try:
        reading = await app.compare_clock(settings, database)
    except NoTimeError as error:
        advice = f"核对 · check {variable('ntp_server')}"
        return Finding(subject, passed=False, text=str(error), advice=advice)
    except StorageUnavailable:
        reading = None
    if reading is None:
        text = f"没有可比对的时间 · nothing to compare with; set {variable('ntp_server')}"
        return Finding(subject, passed=None, text=text)
    advice = "" if reading.good else "启用时间同步（chrony 等）· let a time service (chrony) keep the clock"
    return Finding(subject, reading.good, str(reading), advice)


def _certificate(settings: Settings, now: datetime) -> Finding:
    subject = "证书 · certificate"
    certificate, key = settings.tls_cert, settings.tls_key
    if not settings.https:
        return Finding(subject, passed=None, text="HTTPS 已关闭 · HTTPS is off")
    if certificate is None or key is None:
        text = f"自签证书，iPhone 可能不可用 · self-made, iPhones may refuse it; set {variable('tls_cert')}"
        return Finding(subject, passed=None, text=text)
    try:
        tls_context(certificate, key)
    except CertificateUnusable as error:
        return _failure(subject, error)
    found = read_certificate(certificate)
    text = f"{certificate}, 有效期至 · valid until {found.not_valid_after_utc:%Y-%m-%d}"
    if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
        return Finding(subject, passed=False, text=text, advice="换一张有效的证书 · use one that is valid today")
    host = urlsplit(settings.public_url).hostname
    if host is not None and not covers(found, host):
        advice = f"换证书或改设 · use one that covers {host}, or set {variable('public_url')}"
        return Finding(subject, passed=False, text=text, advice=advice)
    return Finding(subject, passed=True, text=text)


def _failure(subject: str, error: InspectError) -> Finding:
    return Finding(subject, passed=False, text=in_chinese(error), advice=in_english(error))
