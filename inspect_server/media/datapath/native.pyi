from inspect_server.media.datapath.burst import Identity
from inspect_server.media.datapath.portable import Endpoint as Endpoint
from inspect_server.media.datapath.portable import Fanout as Fanout
from inspect_server.media.datapath.portable import Reader as Reader
from inspect_server.media.datapath.portable import RtpPacket as RtpPacket

def send(
    endpoint: Endpoint,
    address: bytes,
    context: int,
    protect: int,
    packets: list[RtpPacket],
    identity: Identity,
    send_time: int,
    /,
) -> int: ...
def send_rtcp(endpoint: Endpoint, address: bytes, context: int, protect_rtcp: int, packet: bytes, /) -> None: ...
def socket_address(host: str, port: int, family: int, /) -> bytes: ...
