"""The permission table, written down a second time: whoever changes one must mean it."""

from dataclasses import replace
from itertools import combinations

import pytest

from inspect_server.domain.errors import NotAllowed, NotFound
from inspect_server.domain.inspections import ParticipantRole
from inspect_server.domain.people import Role
from inspect_server.domain.permissions import (
    PERMISSIONS,
    Action,
    Standing,
    permit,
    standings_of_participant,
    standings_of_user,
)
from tests.storage.records import (
    NOW,
    a_case,
    a_participant,
    a_user,
    a_version,
    an_enterprise,
    an_inspection,
    an_organisation,
)

# One letter for each standing that suffices: administrator, inspector, reviewer, leading inspector, seated, at the
# door, and seated for the enterprise, as the office, as a helper, as an expert, as an observer (v), as a camera or as a
# wall.
TABLE = {
    Action.SEE_CATALOGUE: "air..",
    Action.SEE_CASE: "air..",
    Action.OPEN_CASE: "ai...",
    Action.OPEN_INSPECTION: ".i...",
    Action.SEE_INSPECTION: "air..",
    Action.JOIN_INSPECTION: ".i..sdovcw",
    Action.PUBLISH_FOOTAGE: "....soc.",
    Action.WATCH_CALL: "....sov.w",
    Action.STEER_PICTURE: ".....o",
    Action.INVITE: ".i...",
    Action.ADMIT: ".i...",
    Action.SILENCE: ".i...",
    Action.SPEAK_AGAIN: "....s",
    Action.REMOVE: ".i...",
    Action.APPOINT: ".i...",
    Action.TAKE_OVER: ".i...",
    Action.REVOKE_INVITATION: ".i...",
    Action.END_INSPECTION: "a..l.",
    Action.SEE_FOOTAGE: ".ir..",
    Action.REGISTER_SITE: "ai...",
    Action.REPORT_POSITION: "....s",
    Action.CHALLENGE: ".i...",
    Action.READ_CODES: ".....o",
    Action.SEE_EVIDENCE: ".ir.sd",
    Action.ADD_EVIDENCE: ".i..sd",
    Action.FILE_EVIDENCE: ".i...",
    Action.ASK_FOR_PHOTO: ".....o",
    Action.SEE_ROUTE: "....sdv",
    Action.GUIDE: ".....o",
    Action.DECIDE: ".i...",
    Action.CONCLUDE: ".i...",
    Action.GIVE_OPINION: "x",
    Action.SEE_OPINIONS: ".ir..x",
    Action.OPERATE_CAMERA: "oh",
    Action.DRAW: "ohx",
    Action.FREEZE_PICTURE: "o",
    Action.SEE_CHAT: ".ir.sv",
    Action.CHAT: ".i..s",
    Action.SEE_OUTCOME: "air..e",
    Action.ANSWER_RECORD: ".i...e",
    Action.RATE: ".....e",
    Action.ADD_USER: "a....",
}
LETTERS = {
    Standing.ADMINISTRATOR: "a",
    Standing.INSPECTOR: "i",
    Standing.REVIEWER: "r",
    Standing.LEADING_INSPECTOR: "l",
    Standing.SEATED: "s",
    Standing.AT_THE_DOOR: "d",
    Standing.SEATED_FOR_ENTERPRISE: "e",
    Standing.SEATED_INSPECTOR: "o",
    Standing.SEATED_HELPER: "h",
    Standing.SEATED_EXPERT: "x",
    Standing.SEATED_OBSERVER: "v",
    Standing.SEATED_DEVICE: "c",
    Standing.SEATED_SCREEN: "w",
}
SOME_STANDINGS = [
    frozenset(some) for count in range(1, len(Standing) + 1) for some in combinations(sorted(Standing), count)
]

OFFICE = an_organisation()
SECTION = an_organisation("种子科", parent=OFFICE)
NEIGHBOUR = an_organisation("邻县")


def test_the_table_names_every_action_and_every_standing() -> None:
    assert set(TABLE) == set(Action) == set(PERMISSIONS)
    assert set(LETTERS) == set(Standing)


@pytest.mark.parametrize("action", Action)
def test_one_standing_that_is_listed_suffices(action: Action) -> None:
    for standings in SOME_STANDINGS:
        if any(LETTERS[standing] in TABLE[action] for standing in standings):
            permit(action, standings)
        else:
            with pytest.raises(NotAllowed) as refused:
                permit(action, standings)
            assert refused.value.params == {"action": action.value}


@pytest.mark.parametrize("action", Action)
def test_without_any_standing_the_thing_does_not_exist(action: Action) -> None:
    with pytest.raises(NotFound):
        permit(action, frozenset())


@pytest.mark.parametrize("role", Role)
def test_a_role_counts_in_the_own_organisation_and_below_only(role: Role) -> None:
    user = a_user(SECTION, roles=frozenset({role}))
    assert standings_of_user(user, SECTION.path) == {Standing(role.value)}
    assert standings_of_user(user, an_organisation(parent=SECTION).path) == {Standing(role.value)}
    for elsewhere in (OFFICE, NEIGHBOUR, an_organisation(parent=OFFICE)):
        assert standings_of_user(user, elsewhere.path) == frozenset()


def test_several_roles_are_several_standings() -> None:
    user = a_user(OFFICE, roles=frozenset({Role.INSPECTOR, Role.ADMINISTRATOR}))
    assert standings_of_user(user, OFFICE.path) == {Standing.INSPECTOR, Standing.ADMINISTRATOR}


def test_who_is_no_longer_active_has_no_standing() -> None:
    user = a_user(OFFICE, roles=frozenset(Role))
    inspection = an_inspection(a_case(OFFICE, an_enterprise(), a_version()), user)
    assert standings_of_user(replace(user, active=False), OFFICE.path, inspection) == frozenset()


def test_only_who_opened_the_inspection_leads_it() -> None:
    leader, colleague = (a_user(OFFICE, name, roles=frozenset({Role.INSPECTOR})) for name in ("chen", "liu"))
    inspection = an_inspection(a_case(OFFICE, an_enterprise(), a_version()), leader)
    assert standings_of_user(leader, OFFICE.path, inspection) == {Standing.INSPECTOR, Standing.LEADING_INSPECTOR}
    assert standings_of_user(colleague, OFFICE.path, inspection) == {Standing.INSPECTOR}


def test_who_is_no_inspector_any_more_leads_nothing() -> None:
    leader = a_user(OFFICE, roles=frozenset({Role.INSPECTOR}))
    inspection = an_inspection(a_case(OFFICE, an_enterprise(), a_version()), leader)
    reviewer = replace(leader, roles=frozenset({Role.REVIEWER}))
    assert standings_of_user(reviewer, OFFICE.path, inspection) == {Standing.REVIEWER}


def test_who_moved_to_a_neighbour_leads_nothing_here() -> None:
    leader = a_user(OFFICE, roles=frozenset({Role.INSPECTOR}))
    inspection = an_inspection(a_case(OFFICE, an_enterprise(), a_version()), leader)
    moved = replace(leader, organisation_id=NEIGHBOUR.id, organisation_path=NEIGHBOUR.path)
    assert standings_of_user(moved, inspection.organisation_path, inspection) == frozenset()


def test_a_joint_inspection_is_seen_by_every_department_that_has_a_part_in_it() -> None:
    leader = a_user(SECTION, roles=frozenset({Role.INSPECTOR}))
    other_section = an_organisation("消防科", parent=OFFICE)
    inspection = an_inspection(a_case(SECTION, an_enterprise(), a_version()), leader)
    theirs = replace(inspection.parts[0], organisation_path=other_section.path)
    joint = replace(inspection, parts=(*inspection.parts, theirs))
    of_the_other = a_user(other_section, roles=frozenset({Role.INSPECTOR}))
    assert standings_of_user(of_the_other, inspection.organisation_path, inspection) == frozenset()
    assert standings_of_user(of_the_other, joint.organisation_path, joint) == {Standing.INSPECTOR}
    assert standings_of_user(of_the_other, joint.parts[0].organisation_path) == frozenset()
    assert standings_of_user(a_user(NEIGHBOUR, roles=frozenset(Role)), joint.organisation_path, joint) == frozenset()


def test_a_seat_counts_in_its_own_inspection_only() -> None:
    user = a_user(OFFICE)
    case = a_case(OFFICE, an_enterprise(), a_version())
    inspection, other = an_inspection(case, user), an_inspection(case, user)
    participant = a_participant(inspection, name="王强")
    for_enterprise = {Standing.SEATED, Standing.SEATED_FOR_ENTERPRISE}
    assert standings_of_participant(participant, inspection) == for_enterprise
    expert = replace(participant, role=ParticipantRole.EXPERT)
    assert standings_of_participant(expert, inspection) == {Standing.SEATED, Standing.SEATED_EXPERT}
    by_link = replace(participant, role=ParticipantRole.INSPECTOR, invitation_id="invitation", admitted_at=NOW)
    assert standings_of_participant(by_link, inspection) == {Standing.SEATED, Standing.SEATED_INSPECTOR}
    of_office = replace(by_link, invitation_id=None, user_id=user.id)
    assert standings_of_participant(of_office, inspection) == {Standing.SEATED_INSPECTOR}
    observer = replace(participant, role=ParticipantRole.OBSERVER)
    assert standings_of_participant(observer, inspection) == {Standing.SEATED_OBSERVER}
    assert standings_of_participant(replace(participant, removed_at=NOW), inspection) == frozenset()
    helper = replace(participant, role=ParticipantRole.HELPER)
    assert standings_of_participant(helper, inspection) == for_enterprise | {Standing.SEATED_HELPER}
    assert standings_of_participant(participant, other) == frozenset()
