"""Keeping order: once is enough, times of the first time stay, and not everybody can be told to be quiet or to go."""

from dataclasses import replace

import pytest

from inspect_server.domain.errors import BadRequest
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.domain.moderating import let_speak, remove, silence
from tests.storage.records import (
    NOW,
    a_case,
    a_participant,
    a_user,
    a_version,
    an_enterprise,
    an_inspection,
    an_invitation,
    an_organisation,
    at,
)

CHEN = a_user(an_organisation())
INSPECTION = an_inspection(a_case(an_organisation(), an_enterprise(), a_version()), CHEN)
GUEST = replace(a_participant(INSPECTION, invitation=an_invitation(INSPECTION)), first_joined_at=NOW)
OWN = a_participant(INSPECTION, user=CHEN)


def test_who_is_silenced_stays_so_until_they_may_speak() -> None:
    silenced = silence(GUEST, by_user_id=CHEN.id, now=at(5))
    assert silenced.silenced_at == at(5)
    assert silence(silenced, by_user_id=CHEN.id, now=at(9)) == silenced
    assert let_speak(silenced) == GUEST
    assert let_speak(GUEST) == GUEST


def test_nobody_silences_themselves_but_a_colleague() -> None:
    with pytest.raises(BadRequest):
        silence(OWN, by_user_id=CHEN.id, now=NOW)
    assert silence(OWN, by_user_id="colleague", now=NOW).silenced_at == NOW


@pytest.mark.parametrize("role", [ParticipantRole.OBSERVER, ParticipantRole.SCREEN])
def test_who_is_never_heard_is_not_silenced(role: ParticipantRole) -> None:
    with pytest.raises(BadRequest):
        silence(replace(GUEST, role=role), by_user_id=CHEN.id, now=NOW)


def test_a_removed_guest_has_left_at_that_moment() -> None:
    removed = remove(GUEST, at(5))
    assert (removed.removed_at, removed.left_at) == (at(5), at(5))
    assert remove(removed, at(9)) == removed


def test_who_was_removed_from_the_door_never_was_in_the_call() -> None:
    waiting = replace(GUEST, first_joined_at=None, waiting_since=at(1))
    removed = remove(waiting, at(5))
    assert (removed.removed_at, removed.left_at, removed.waiting_since) == (at(5), None, None)


def test_people_of_the_office_are_not_removed() -> None:
    with pytest.raises(BadRequest):
        remove(OWN, NOW)
