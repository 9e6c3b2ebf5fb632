"""Order is restored; each hole shows exactly once."""

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media.datapath import RtpPacket
from inspect_server.media.reorder import MAX_HELD, Lost, ReorderBuffer


def packet(sequence: int) -> RtpPacket:
    return RtpPacket(b"", 102, marker=False, sequence=sequence, timestamp=0, ssrc=1, payload_start=0, payload_end=0)


def numbers(items: list[RtpPacket | Lost]) -> list[int | str]:
    return ["lost" if isinstance(item, Lost) else item.sequence for item in items]


def test_an_overtaken_packet_takes_its_place() -> None:
    buffer = ReorderBuffer()
    out = [*buffer.push(packet(5)), *buffer.push(packet(7)), *buffer.push(packet(8))]
    assert numbers(out) == [5]
    assert numbers(list(buffer.push(packet(6)))) == [6, 7, 8]


def test_what_is_given_up_shows_as_one_loss_and_comes_no_more() -> None:
    buffer = ReorderBuffer()
    list(buffer.push(packet(5)))
    list(buffer.push(packet(8)))
    assert numbers(list(buffer.give_up(7))) == ["lost", 8]
    assert numbers(list(buffer.push(packet(6)))) == []
    assert numbers(list(buffer.push(packet(9)))) == [9]


def test_two_holes_given_up_together_show_twice() -> None:
    buffer = ReorderBuffer()
    for sequence in (1, 3, 5):
        list(buffer.push(packet(sequence)))
    assert numbers(list(buffer.give_up(4))) == ["lost", 3, "lost", 5]


def test_when_nobody_gives_up_the_buffer_does() -> None:
    buffer = ReorderBuffer()
    list(buffer.push(packet(0)))
    out: list[RtpPacket | Lost] = []
    for sequence in range(2, MAX_HELD + 3):
        out += buffer.push(packet(sequence))
    assert numbers(out)[0] == "lost"
    assert numbers(out)[1:] == list(range(2, MAX_HELD + 3))


@given(st.permutations(range(30)), st.sets(st.integers(1, 29)))
def test_any_order_with_any_losses_comes_out_ascending_with_the_holes_marked(order: list[int], lost: set[int]) -> None:
    buffer = ReorderBuffer()
    out = list(buffer.push(packet(-1)))
    for sequence in order:
        if sequence not in lost:
            out += buffer.push(packet(sequence))
    out += buffer.give_up(29)
    expected: list[int | str] = [-1]
    for sequence in range(30):
        if sequence not in lost:
            expected.append(sequence)
        elif expected[-1] != "lost":
            expected.append("lost")
    assert numbers(out) == expected
