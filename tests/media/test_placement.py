"""Which worker a room lives on: least loaded first, there to stay, and nowhere once its worker is dead."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from inspect_server.media import messages
from inspect_server.media.placement import PlacedConnection, Placement


def publisher(room_id: str) -> PlacedConnection:
    return PlacedConnection(room_id, publishes=True)


def viewer(room_id: str) -> PlacedConnection:
    return PlacedConnection(room_id, publishes=False)


def test_a_room_stays_on_its_worker_however_busy_that_is() -> None:
    placement = Placement()
    assert {placement.open(f"p{number}", publisher("room"), [0, 1]) for number in range(4)} == {0}
    placement.closed("p0")
    assert placement.open("p4", publisher("room"), [0, 1]) == 0
    assert placement.worker_of_connection("p4") == 0


def test_a_new_room_goes_where_the_fewest_publish() -> None:
    placement = Placement()
    placement.open("a0", publisher("a"), [0, 1])
    placement.open("a1", publisher("a"), [0, 1])
    assert placement.open("b0", publisher("b"), [0, 1]) == 1
    assert placement.open("c0", publisher("c"), [0, 1]) == 1
    placement.room_closed("a")
    assert placement.open("d0", publisher("d"), [0, 1]) == 0


def test_rooms_in_which_nobody_publishes_yet_are_spread_all_the_same() -> None:
    placement = Placement()
    assert [placement.open(f"{room}-watch", viewer(room), [0, 1]) for room in "abcd"] == [0, 1, 0, 1]


def test_the_rooms_of_a_dead_worker_live_nowhere_until_somebody_comes_back() -> None:
    placement = Placement()
    placement.open("a0", publisher("a"), [0, 1])
    placement.open("b0", publisher("b"), [0, 1])
    assert placement.lost(0) == {"a"}
    assert placement.worker_of_room("a") is None
    assert placement.worker_of_connection("a0") is None
    assert placement.worker_of_room("b") == 1
    assert placement.open("a1", publisher("a"), [1]) == 1


def test_without_a_living_worker_nothing_is_remembered() -> None:
    placement = Placement()
    assert placement.open("a0", publisher("a"), []) is None
    assert not placement.knows("a0")
    assert placement.worker_of_room("a") is None


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["open", "close", "end", "die"]), st.integers(0, 2))))
def test_no_room_is_ever_on_a_dead_worker_or_on_two(steps: list[tuple[int, str, int]]) -> None:
    placement, homes = Placement(), dict[str, int]()
    opened = list[tuple[str, str]]()
    for number, (room_number, action, worker) in enumerate(steps):
        room = f"room{room_number}"
        if action == "open":
            connection = f"c{number}"
            found = placement.open(connection, publisher(room), [0, 1, 2])
            assert found is not None
            assert homes.setdefault(room, found) == found
            opened.append((connection, room))
        elif action == "close" and opened:
            connection, _ = opened.pop(0)
            placement.closed(connection)
            assert placement.worker_of_connection(connection) is None
        elif action == "end":
            placement.room_closed(room)
            homes.pop(room, None)
            opened = [one for one in opened if one[1] != room]
        elif action == "die":
            dead = {name for name, home in homes.items() if home == worker}
            assert placement.lost(worker) == dead
            homes = {name: home for name, home in homes.items() if home != worker}
            opened = [one for one in opened if one[1] not in dead]
        assert all(placement.worker_of_connection(connection) == homes[room] for connection, room in opened)


def test_every_command_can_be_routed() -> None:
    (union, *_) = get_args(messages.AnyCommand)
    routed = (messages.OpenConnection, messages.RoomCommand, messages.ConnectionCommand, messages.Ping)
    for kind in get_args(union):
        assert issubclass(kind, routed) or not issubclass(kind, messages.Command), kind
