"""Each message of the protocol has one place that answers it."""

from collections import Counter
from typing import get_args

from pydantic import BaseModel

from inspect_server.api.signalling.families import FAMILIES
from inspect_server.api.signalling.messages import AnyClientMessage
from inspect_server.api.signalling.messages.stay import Hello, Leave, Ping
from inspect_server.services.announcements import Announcement, ParticipantAdmitted, RecordSealed

ANSWERED_BY_THE_SOCKET = {Hello, Leave, Ping}
OBEYED_BY_THE_DOOR = ParticipantAdmitted
OBEYED_BY_THE_PRESS = RecordSealed


def test_each_client_message_is_answered_by_one_family() -> None:
    answered = Counter(message for family in FAMILIES for message in family.answers)
    messages = set(get_args(get_args(AnyClientMessage)[0]))
    assert answered == dict.fromkeys(messages - ANSWERED_BY_THE_SOCKET, 1)


def test_each_announcement_is_obeyed() -> None:
    obeyed = {one for family in FAMILIES for one in family.obeys if not issubclass(one, BaseModel)}
    assert obeyed | {OBEYED_BY_THE_DOOR, OBEYED_BY_THE_PRESS} == set(get_args(Announcement))


def test_no_news_is_heard_twice() -> None:
    heard = Counter(news for family in FAMILIES for news in [*family.hears, *family.obeys])
    assert set(heard.values()) == {1}
