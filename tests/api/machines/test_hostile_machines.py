"""Machines that send anything at all: every answer is a problem that says why, and nothing stays open."""

import random

import pytest

from inspect_server.api.signalling.messages.presence import Presence
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.media import messages
from tests.api.machines.conftest import RECEIVING, SENDING, Yard

TRICKLE = "application/trickle-ice-sdpfrag"
LINES = (SENDING + RECEIVING).split("\r\n")
JUNK = [
    "",
    "\0",
    "é中",
    "a=",
    "a=:",
    "m=",
    "m=video",
    "a=candidate:",
    "a=candidate:x y",
    "\u2028",
    "a=mid:" + "x" * 3000,
]
NAMES = [
    "ice-ufrag",
    "ice-pwd",
    "candidate",
    "mid",
    "fmtp",
    "rtpmap",
    "extmap",
    "group",
    "setup",
    "ssrc",
    "fingerprint",
]
VALUES = ["", " ", "a b", "-1 x", "104", "104 H264", "BUNDLE", "é", "x" * 2000, "1 1 udp 1 256.0.0.1 99999 typ host"]
REQUESTS = 150


def some_text(chance: random.Random) -> str:
    """A mixture of what is right and what is not."""
    lines = [
        chance.choice([chance.choice(LINES), chance.choice(JUNK), f"a={chance.choice(NAMES)}:{chance.choice(VALUES)}"])
        for _ in range(chance.randrange(40))
    ]
    whole = SENDING.split("\r\n") if chance.random() < 0.5 else RECEIVING.split("\r\n")
    place = chance.randrange(len(whole))
    return "\r\n".join(chance.choice([lines, whole[:place] + lines[:3] + whole[place:]]))


@pytest.mark.parametrize("kind", ["whip", "whep"])
async def test_any_offer_is_taken_or_refused_in_words(yard: Yard, kind: str) -> None:
    chance = random.Random(kind)
    access = await yard.access(ParticipantRole.DEVICE if kind == "whip" else ParticipantRole.SCREEN)
    taken = 0
    for _ in range(REQUESTS):
        answer = await yard.post(kind, access.token, some_text(chance))
        if answer.status == 201:
            taken += 1
        else:
            assert 400 <= answer.status < 500, answer.data
            assert answer.json["code"] in {"bad_sdp", "no_common_codec", "bad_request"}
    assert taken
    # One seat, one connection that counts: those before were closed when the next one took over.
    opened = yard.worker.of_type(messages.Publish) + yard.worker.of_type(messages.View)
    closed = {command.connection_id for command in yard.worker.of_type(messages.CloseConnection)}
    assert len(opened) == taken
    assert [command.connection_id for command in opened if command.connection_id not in closed] == [
        opened[-1].connection_id
    ]


async def test_any_fragment_is_taken_or_refused_in_words(yard: Yard) -> None:
    chance = random.Random(1)
    access = await yard.access()
    where = (await yard.whip(access)).headers["Location"]
    for _ in range(REQUESTS):
        tag = chance.choice(['"x"', "*", "", '"', ", ,"])
        headers = {"Content-Type": TRICKLE, **({"If-Match": tag} if chance.random() < 0.3 else {})}
        answer = await yard.ask("PATCH", where, access, some_text(chance), **headers)
        assert answer.status in {204, 400, 412, 422}, answer.data
    assert (await yard.ask("DELETE", where, access)).status == 204
    assert yard.machine().presence is Presence.LEFT
