"""The addresses under which other devices of the local network reach this machine."""

import contextlib
import ipaddress
import socket

import ifaddr

# Networks that live inside this machine only: containers and virtual machines.
VIRTUAL_PREFIXES = ("docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni", "flannel")
# An address of the documentation range (RFC 5737): "connecting" a datagram socket sends nothing, but picks the route.
ROUTE_PROBE = ("192.0.2.1", 9)


def lan_addresses() -> list[str]:
    """IPv4 addresses of this machine, without loopback; the one of the default route first, virtual ones last."""
    real: list[str] = []
    virtual: list[str] = []
    for adapter in ifaddr.get_adapters():
        for address in adapter.ips:
            # IPv6 comes as a tuple; phones are not sent there, since its addresses change by the day.
            if not isinstance(address.ip, str) or not is_reachable(address.ip):
                continue
            (virtual if adapter.nice_name.startswith(VIRTUAL_PREFIXES) else real).append(address.ip)
    first = default_route_address()
    return sorted(dict.fromkeys(real), key=lambda found: found != first) + sorted(set(virtual) - set(real))


def is_reachable(address: str) -> bool:
    """Whether another device could use this address: neither loopback nor link-local nor unset."""
    parsed = ipaddress.ip_address(address)
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


def default_route_address() -> str | None:
    """The address that this machine talks to the world from, None when it has no such route."""
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as probe:
        try:
            probe.connect(ROUTE_PROBE)
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return address


def web_address(scheme: str, host: str, port: int) -> str:
    """``https://192.168.1.5:8443``, without the port where the scheme implies it."""
    shown = f"[{host}]" if ":" in host else host
    implied = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{shown}" if port == implied else f"{scheme}://{shown}:{port}"
