"""How the command line looks: errors on standard error, the banner of a running server, a QR code."""

import io
import sys
from collections.abc import Sequence
from pathlib import Path

import segno

from inspect_server import __version__
from inspect_server.cli.texts import in_chinese, in_english
from inspect_server.domain.errors import InspectError

WHITE_ON_BLACK = "\x1b[97;40m"
RESET = "\x1b[0m"

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


def is_terminal() -> bool:
    """Whether a person watches, rather than a log file."""
    return sys.stdout.isatty()


def show_addresses(local: str, network: Sequence[str], *, certificate: Path | None) -> None:
    """Where the running server is reached.

    Args:
        local: address on this machine.
        network: addresses for other devices, the best one first; empty when HTTPS is off or there is no network.
        certificate: the certificate that the server made; None: a real one.
    """
    lines = ["", f"云勘验 inspect-server {__version__}", f"  本机 · this machine         {local}"]
    lines += [f"  局域网 · local network     {address}" for address in network]
    if network and certificate is not None:
        lines += [
            "  手机首次打开会提示证书不受信任：选“高级”再继续。iPhone 可能仍不可用，请用 --tls-cert 配真实证书。",
            "  Phones warn once about the self-made certificate: choose Advanced, then go on. iPhones may refuse it",
            f"  all the same: use a real one (--tls-cert). The certificate: {certificate}",
        ]
    print("\n".join(lines), flush=True)


def show_first_call(case_number: str, enterprise_name: str, link: str) -> None:
    """How to begin the demo call: what to open on the laptop, and the phone's link as text and QR code."""
    lines = [
        "",
        f"  笔记本 · laptop   登录 chen，打开办件 {case_number}（{enterprise_name}），进入勘验",
        f"                    sign in as chen, open case {case_number}, join its inspection",
        f"  手机 · phone      扫码，或打开 · scan, or open: {link}",
    ]
    print("\n".join(lines), flush=True)
    show_qr_code(link)


def show_qr_code(text: str) -> None:
    """A QR code of half blocks, white on black whatever the terminal's colours are."""
    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(drawn, compact=True, border=2)
    for line in drawn.getvalue().splitlines():
        print(f"  {WHITE_ON_BLACK}{line}{RESET}")
    sys.stdout.flush()


def show_accounts(rows: Sequence[tuple[str, str, str]]) -> None:
    """Demo accounts as (sign-in name, password, roles)."""
    print("  演示账号 · demo accounts (name / password)")
    for name, password, roles in rows:
        print(f"    {name} / {password}  {roles}")
    sys.stdout.flush()
