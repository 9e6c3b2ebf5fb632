"""The door of a call: who waits, and who is let in."""

from dataclasses import replace

import pytest

from inspect_server.domain.admitting import admit, must_wait, require_admitted, stop_waiting, wait
from inspect_server.domain.errors import ConsentMissing, NotAdmitted, RoomFull
from inspect_server.domain.inspections import ParticipantRole
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

OFFICE = an_organisation()
CHEN = a_user(OFFICE)
INSPECTION = an_inspection(a_case(OFFICE, an_enterprise(), a_version()), CHEN)
GUEST = a_participant(INSPECTION, invitation=an_invitation(INSPECTION))
CAMERA = replace(GUEST, id="camera", role=ParticipantRole.DEVICE)
INSPECTOR = a_participant(INSPECTION, user=CHEN)


def test_guests_wait_and_nobody_else_does() -> None:
    assert [must_wait(each) for each in (GUEST, CAMERA, INSPECTOR)] == [True, False, False]
    with pytest.raises(NotAdmitted):
        require_admitted(GUEST)
    require_admitted(CAMERA)
    require_admitted(INSPECTOR)


def test_coming_to_the_door_again_keeps_the_place_in_the_line() -> None:
    waiting = wait(GUEST, NOW)
    assert wait(waiting, at(60)).waiting_since == NOW
    assert wait(stop_waiting(waiting), at(60)).waiting_since == at(60)
    with pytest.raises(ConsentMissing):
        wait(replace(GUEST, consented_at=None), NOW)


def test_the_first_admission_counts() -> None:
    admitted = admit(wait(GUEST, NOW), [GUEST], seats=2, now=at(5))
    assert (admitted.admitted_at, admitted.waiting_since) == (at(5), None)
    assert admit(admitted, [admitted], seats=2, now=at(9)) == admitted
    require_admitted(admitted)


def test_only_who_sits_takes_a_seat() -> None:
    sitting = replace(INSPECTOR, first_joined_at=NOW)
    gone = replace(sitting, id="gone", left_at=at(1))
    at_the_door = wait(replace(GUEST, id="other"), NOW)
    admit(GUEST, [sitting, gone, at_the_door, GUEST], seats=2, now=NOW)
    with pytest.raises(RoomFull) as full:
        admit(GUEST, [sitting, replace(CAMERA, first_joined_at=NOW)], seats=2, now=NOW)
    assert full.value.params == {"max": 2}
