"""How the command line looks: errors on standard error, the banner of a running server, a QR code."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import segno

from inspect_server import __version__
from inspect_server.cli.texts import in_chinese, in_english
from inspect_server.domain.errors import InspectError

EXIT_OK = 0
EXIT_FAILED = 1
"""``check`` found something."""
EXIT_CONFIGURATION = 2
"""The command could not be carried out as it is; the message says what to do."""


def show_error(error: InspectError) -> None:
    """Say in both languages what is wrong and what to do."""
    print(f"错误：{in_chinese(error)}\nError: {in_english(error)}", file=sys.stderr)


def show_warnings(lines: Sequence[str]) -> None:
    """Things worth knowing that stop nothing."""
    for line in lines:
        print(f"注意 · warning: {line}", file=sys.stderr)


def show_addresses(
    local: str, network: Sequence[str], *, certificate: Path | None, invitation: str | None = None
) -> None:
    """Where the running server is reached.

    Args:
        local: address on this machine.
        network: addresses for other devices, the best one first; empty when HTTPS is off or there is no network.
        certificate: the certificate that the server made; None: a real one.
        invitation: a link for a phone that the QR code shows instead of the first address.
    """
    lines = ["", f"云勘验 inspect-server {__version__}", f"  本机 · this machine         {local}"]
    lines += [f"  局域网 · local network     {address}" for address in network]
    if invitation:
        lines.append(f"  手机（企业） · phone        {invitation}")
    if network and certificate is not None:
        lines += [
            "  手机首次打开会提示证书不受信任：选“高级”再继续。iPhone 可能仍不可用，请用 --tls-cert 配真实证书。",
            "  Phones warn once about the self-made certificate: choose Advanced, then go on. iPhones may refuse it",
            f"  all the same: use a real one (--tls-cert). The certificate: {certificate}",
        ]
    print("\n".join(lines), flush=True)
    target = invitation or (network[0] if network else None)
    if target and sys.stdout.isatty() and os.environ.get("TERM") != "dumb":
        print("\n  手机扫码 · scan with the phone:", target)
        show_qr_code(target)


def show_qr_code(text: str) -> None:
    """A QR code of half blocks, dark on light whatever the terminal's colours are."""
    segno.make(text, error="l", micro=False).terminal(compact=True, border=2)


def show_accounts(rows: Sequence[tuple[str, str, str]]) -> None:
    """Demo accounts as (sign-in name, password, roles)."""
    print("  演示账号 · demo accounts (name / password)")
    for name, password, roles in rows:
        print(f"    {name} / {password}  {roles}")
    sys.stdout.flush()
