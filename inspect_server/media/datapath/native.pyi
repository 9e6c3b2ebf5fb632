from inspect_server.media.datapath.burst import Identity
from inspect_server.media.datapath.portable import Fanout as Fanout
from inspect_server.media.datapath.portable import RtpPacket as RtpPacket

def receive(
    socket_fd: int, context: int, unprotect: int, unprotect_rtcp: int, fanouts: dict[int, Fanout], /
) -> tuple[list[RtpPacket], list[bytes], list[tuple[bytes, tuple[str, int]]], int, bool]: ...
def send(
    socket_fd: int,
    address: bytes,
    context: int,
    protect: int,
    packets: list[RtpPacket],
    identity: Identity,
    send_time: int,
    /,
) -> int: ...
def socket_address(host: str, port: int, family: int, /) -> bytes: ...
