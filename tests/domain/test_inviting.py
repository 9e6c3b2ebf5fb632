"""Invitations: who is invited, how long a link is good, and what counts first when several things are wrong."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inspect_server.domain.errors import (
    BadRequest,
    ConsentMissing,
    InspectError,
    InspectionEnded,
    InvitationExpired,
    InvitationInvalid,
    InvitationRevoked,
    ParticipantRemoved,
)
from inspect_server.domain.inspections import InspectionState, ParticipantRole
from inspect_server.domain.inviting import CONSENT_TEXT_VERSION, accept, invite, require_valid
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
CASE = a_case(OFFICE, an_enterprise(), a_version())
INSPECTION = an_inspection(CASE, CHEN)
ENDED = replace(INSPECTION, state=InspectionState.ENDED, ended_at=at(600))
INVITATION = an_invitation(INSPECTION)
LAST_MOMENT = INVITATION.expires_at - timedelta(microseconds=1)
SEATED = a_participant(INSPECTION, invitation=INVITATION)
HAS_BEEN_IN = replace(SEATED, first_joined_at=at(60))


@pytest.mark.parametrize("role", [role for role in ParticipantRole if not role.is_machine])
def test_a_new_invitation_is_one_seat_for_a_limited_time(role: ParticipantRole) -> None:
    made = invite(
        INSPECTION, role, by=CHEN, invitation_id="i", token_sha256="hash", now=NOW, valid_for=timedelta(hours=2)
    )
    assert (made.inspection_id, made.role, made.created_by) == (INSPECTION.id, role, CHEN.id)
    assert (made.created_at, made.expires_at, made.revoked_at) == (NOW, NOW + timedelta(hours=2), None)
    assert made.token_sha256 == "hash"


@pytest.mark.parametrize("role", [ParticipantRole.DEVICE, ParticipantRole.SCREEN])
def test_machines_have_an_access_and_are_not_invited(role: ParticipantRole) -> None:
    with pytest.raises(BadRequest) as refused:
        invite(
            INSPECTION,
            role,
            by=CHEN,
            invitation_id="i",
            token_sha256="",
            now=NOW,
            valid_for=timedelta(hours=2),
        )
    assert refused.value.params["field"] == "role"


def test_nobody_is_invited_into_an_ended_inspection() -> None:
    with pytest.raises(InspectionEnded):
        invite(
            ENDED,
            ParticipantRole.ENTERPRISE,
            by=CHEN,
            invitation_id="i",
            token_sha256="",
            now=NOW,
            valid_for=timedelta(hours=2),
        )


def test_a_link_is_good_up_to_its_last_moment() -> None:
    require_valid(INVITATION, INSPECTION, NOW)
    require_valid(INVITATION, INSPECTION, LAST_MOMENT)
    with pytest.raises(InvitationExpired) as refused:
        require_valid(INVITATION, INSPECTION, INVITATION.expires_at)
    assert refused.value.params == {"expired_at": "2026-11-22T02:02:03.456789Z"}


def test_after_the_links_time_only_who_has_been_in_the_call_may_come_back() -> None:
    with pytest.raises(InvitationExpired):
        require_valid(INVITATION, INSPECTION, at(7200), seated=SEATED)
    require_valid(INVITATION, INSPECTION, at(7200), seated=HAS_BEEN_IN)


def test_taking_a_link_back_also_ends_the_right_to_come_back() -> None:
    with pytest.raises(InvitationRevoked):
        require_valid(replace(INVITATION, revoked_at=at(61)), INSPECTION, at(62), seated=HAS_BEEN_IN)


def test_who_was_put_out_hears_that_before_anything_else() -> None:
    removed = replace(HAS_BEEN_IN, removed_at=at(61))
    with pytest.raises(ParticipantRemoved):
        require_valid(replace(INVITATION, revoked_at=at(61)), ENDED, at(62), seated=removed)


def test_nobody_comes_back_into_an_ended_inspection() -> None:
    with pytest.raises(InspectionEnded):
        require_valid(INVITATION, ENDED, at(700), seated=HAS_BEEN_IN)


# Everything is wrong at first; one thing after the other is put right.
@pytest.mark.parametrize(
    ("is_foreign", "is_revoked", "is_expired", "expected"),
    [
        (True, True, True, InvitationInvalid),
        (False, True, True, InvitationRevoked),
        (False, False, True, InvitationExpired),
        (False, False, False, InspectionEnded),
    ],
)
def test_the_bearer_is_told_the_weightiest_reason(
    *, is_foreign: bool, is_revoked: bool, is_expired: bool, expected: type[InspectError]
) -> None:
    inspection = replace(ENDED, id="another") if is_foreign else ENDED
    invitation = replace(INVITATION, revoked_at=NOW) if is_revoked else INVITATION
    with pytest.raises(InspectError) as refused:
        require_valid(invitation, inspection, at(7200) if is_expired else NOW)
    assert type(refused.value) is expected


def test_who_accepts_takes_the_seat_of_the_invitation() -> None:
    expert = replace(INVITATION, role=ParticipantRole.EXPERT)
    seated = accept(
        expert,
        None,
        display_name="李工",
        consent=True,
        consent_text_version=CONSENT_TEXT_VERSION,
        participant_id="p",
        now=at(5),
    )
    assert (seated.id, seated.inspection_id, seated.invitation_id) == ("p", INSPECTION.id, INVITATION.id)
    assert (seated.role, seated.display_name, seated.user_id) == (ParticipantRole.EXPERT, "李工", None)
    assert (seated.consented_at, seated.consent_text_version) == (at(5), CONSENT_TEXT_VERSION)
    assert (seated.first_joined_at, seated.left_at) == (None, None)


def test_accepting_again_keeps_the_seat_and_renews_name_and_consent() -> None:
    seated = replace(HAS_BEEN_IN, consent_text_version="2025-01", left_at=at(90))
    again = accept(
        INVITATION,
        seated,
        display_name="王强（经理）",
        consent=True,
        consent_text_version=CONSENT_TEXT_VERSION,
        participant_id="unused",
        now=at(100),
    )
    assert again == replace(
        seated, display_name="王强（经理）", consented_at=at(100), consent_text_version=CONSENT_TEXT_VERSION
    )


@pytest.mark.parametrize("seated", [None, SEATED])
@pytest.mark.parametrize(
    ("consent", "version", "expected"),
    [(False, CONSENT_TEXT_VERSION, ConsentMissing), (True, "1999-01", BadRequest), (False, "1999-01", ConsentMissing)],
)
def test_nobody_is_seated_without_consent_to_the_present_text(
    *, seated: object, consent: bool, version: str, expected: type[InspectError]
) -> None:
    with pytest.raises(expected):
        accept(
            INVITATION,
            SEATED if seated else None,
            display_name="王强",
            consent=consent,
            consent_text_version=version,
            participant_id="p",
            now=NOW,
        )
