"""``inspect-server serve``: open the sockets, tell where the server is, run it until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path

from inspect_server import app
from inspect_server.cli import reach
from inspect_server.cli.setup import load_demo_data, open_first_call, show_demo
from inspect_server.cli.terminal import EXIT_OK, is_terminal, show_addresses, show_first_call
from inspect_server.domain.errors import CertificateUnusable
from inspect_server.network.addresses import lan_addresses
from inspect_server.network.certificate import ensure_certificate, own_names
from inspect_server.network.listeners import Endpoint, Listeners, open_listeners, tls_context
from inspect_server.services.demo import DemoResult
from inspect_server.services.demo.first_call import FirstCall
from inspect_server.settings import Settings, variable

LOOPBACK = ("127.0.0.1", "::1")


def serve_until_stopped(settings: Settings, *, demo: bool) -> int:
    """Serve until SIGTERM or Ctrl-C; returns the exit code.

    Raises:
        ConfigurationError: the server cannot start like this.
        StorageUnavailable: database or object store does not answer.
    """
    _log(settings.log_level)
    web_dir = reach.built_pages()
    listeners, certificate = open_endpoints(settings)
    try:
        asyncio.run(_serve(settings, listeners, web_dir, certificate, demo=demo))
    finally:
        listeners.close()
    return EXIT_OK


def open_endpoints(settings: Settings) -> tuple[Listeners, Path | None]:
    """Listen on both addresses; also returns the certificate that the server made, if it made one.

    Raises:
        PortTaken, CannotListen, CertificateUnusable: see ``network.listeners``.
    """
    http = Endpoint(settings.http_host, settings.http_port, variable("http_port"))
    if not settings.https:
        return open_listeners(http, None, None), None
    https = Endpoint(settings.https_host, settings.https_port, variable("https_port"))
    if settings.tls_cert is not None and settings.tls_key is not None:
        return open_listeners(http, https, tls_context(settings.tls_cert, settings.tls_key)), None
    folder = settings.data_dir / "tls"
    try:
        made = ensure_certificate(folder, own_names(), [*LOOPBACK, *lan_addresses()], now=datetime.now(UTC))
    except OSError as error:
        reason = error.strerror or str(error)
        raise CertificateUnusable(f"{folder}: {reason}", file=str(folder), reason=reason) from None
    return open_listeners(http, https, tls_context(made.certificate, made.key)), made.certificate


def _log(level: str) -> None:
    logging.basicConfig(level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    if level != "debug":
        # A line for each request and each migration step would bury what an operator has to see.
        for talkative in ("aiohttp.access", "alembic"):
            logging.getLogger(talkative).setLevel(logging.WARNING)


async def _serve(
    settings: Settings, listeners: Listeners, web_dir: Path, certificate: Path | None, *, demo: bool
) -> None:
    if demo and not settings.message_gateway_url:
        settings = settings.model_copy(update={"codes_on_screen": True})
    loaded = await load_demo_data(settings) if demo else None
    http_port, https_port = listeners.http_port, listeners.https_port

    def link_base() -> str:
        return reach.link_base(settings, http_port, https_port)

    # The link is a secret, so it is made for a person at a terminal only, never for a log file.
    call = await open_first_call(settings, link_base) if demo and is_terminal() else None

    def ready() -> None:
        _show(settings, listeners, certificate, loaded, call)

    await _until_told_to_stop(app.serve(settings, listeners, web_dir=web_dir, link_base=link_base, ready=ready))


async def _until_told_to_stop(serving: Coroutine[None, None, None]) -> None:
    """Run until the work ends by itself or a signal asks for a graceful end; a second signal changes nothing."""
    task = asyncio.create_task(serving, name="serve")

    def stop() -> None:
        # A second cancellation would cut the graceful end short.
        if not task.cancelling():
            task.cancel()

    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _show(
    settings: Settings, listeners: Listeners, certificate: Path | None, demo: DemoResult | None, call: FirstCall | None
) -> None:
    network = reach.network_addresses(settings, listeners.https_port)
    local = reach.local_address(settings, listeners.http_port)
    show_addresses(local, network, certificate=certificate)
    if demo is not None:
        show_demo(demo)
    if call is not None:
        show_first_call(call.case_number, call.enterprise_name, call.link)
