"""Under which addresses browsers reach this server, as the settings and the machine's network say."""

from pathlib import Path
from urllib.parse import urlsplit

import inspect_server
from inspect_server.domain.errors import PagesMissing
from inspect_server.network.addresses import lan_addresses, web_address
from inspect_server.settings import Settings


def local_address(settings: Settings, http_port: int) -> str:
    """Address for a browser on this machine; by name, which browsers take for a secure origin."""
    host = "localhost" if settings.http_host in ("127.0.0.1", "0.0.0.0", "::1", "::") else settings.http_host  # noqa: S104 - compared, not bound
    return web_address("http", host, http_port)


def network_addresses(settings: Settings, https_port: int | None) -> list[str]:
    """Addresses for other devices, the best one first; ``https_port``: None when HTTPS is off."""
    if settings.public_url:
        return [settings.public_url]
    if https_port is None:
        return []
    if settings.https_host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return [web_address("https", address, https_port) for address in lan_addresses()]
    return [web_address("https", settings.https_host, https_port)]


def link_base(settings: Settings, http_port: int, https_port: int | None) -> str:
    """What links and QR codes begin with: asked for each link, since a laptop changes its network."""
    return next(iter(network_addresses(settings, https_port)), local_address(settings, http_port))


def page_origins(settings: Settings) -> list[str]:
    """Origins (RFC 6454) of all pages that may read from the bucket."""
    https_port = settings.https_port if settings.https else None
    addresses = [local_address(settings, settings.http_port), *network_addresses(settings, https_port)]
    if https_port is not None and not settings.public_url:
        addresses.append(web_address("https", "localhost", https_port))
    return list(dict.fromkeys(origin_of(address) for address in addresses))


def origin_of(address: str) -> str:
    """``https://host:port`` of a URL."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def built_pages() -> Path:
    """The folder of the built pages: inside the installed package, or in the source tree.

    Raises:
        PagesMissing: neither is there.
    """
    package = Path(inspect_server.__file__).parent
    for folder in (package / "web_dist", package.parent / "web" / "dist"):
        if (folder / "index.html").is_file():
            return folder
    folder = package.parent / "web" / "dist"
    raise PagesMissing(
        f"the pages are not built ({folder}); use make run, or install a released package", folder=str(folder)
    )
