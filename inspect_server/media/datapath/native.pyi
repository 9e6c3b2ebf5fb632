from inspect_server.media.datapath.portable import RtpPacket as RtpPacket

def receive(
    socket_fd: int, context: int, unprotect: int, unprotect_rtcp: int, /
) -> tuple[list[RtpPacket], list[bytes], list[tuple[bytes, tuple[str, int]]], int]: ...
def send(
    socket_fd: int,
    address: bytes,
    context: int,
    protect: int,
    packets: list[RtpPacket],
    payload_type: int,
    ssrc: int,
    sequence_shift: int,
    timestamp_shift: int,
    send_time_id: int,
    send_time: int,
    /,
) -> int: ...
def socket_address(host: str, port: int, family: int, /) -> bytes: ...
