"""An inspection from opened to ended, and what becomes of its case."""

from dataclasses import replace
from datetime import datetime

import pytest

from inspect_server.domain.cases import CaseStatus
from inspect_server.domain.conducting import (
    case_status_after_ending,
    case_status_after_opening,
    end_inspection,
    join,
    leave,
    open_inspection,
    require_in_time,
    require_none_open,
    require_open,
    require_room_for,
)
from inspect_server.domain.errors import (
    Conflict,
    ConsentMissing,
    EvidenceTooLate,
    InspectError,
    InspectionEnded,
    RecordSigned,
)
from inspect_server.domain.inspections import Inspection, InspectionKind, InspectionState
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
INVITED = a_participant(INSPECTION, invitation=an_invitation(INSPECTION))
INSPECTOR = replace(a_participant(INSPECTION, user=CHEN), consented_at=None)


@pytest.mark.parametrize("kind", InspectionKind)
def test_an_opened_inspection_has_one_part_for_its_case(kind: InspectionKind) -> None:
    opened = open_inspection(CASE, kind, department="农业农村局", by=CHEN, inspection_id="i", part_id="p", now=NOW)
    assert (opened.id, opened.kind, opened.state, opened.inspector_id) == ("i", kind, InspectionState.OPEN, CHEN.id)
    assert (opened.organisation_id, opened.organisation_path) == (CASE.organisation_id, CASE.organisation_path)
    assert (opened.created_at, opened.started_at, opened.ended_at) == (NOW, None, None)
    [part] = opened.parts
    assert (part.id, part.inspection_id, part.case_id) == ("p", "i", CASE.id)
    assert (part.permit_item_version_id, part.department) == (CASE.permit_item_version_id, "农业农村局")
    assert (part.conclusion, part.concluded_at) == (None, None)


def test_a_case_is_in_one_call_at_a_time() -> None:
    require_none_open(None)
    require_none_open(ENDED)
    with pytest.raises(Conflict) as refused:
        require_none_open(INSPECTION)
    assert refused.value.params == {"inspection_id": INSPECTION.id}


def test_the_first_one_to_join_starts_the_clock() -> None:
    inspection, inspector = join(INSPECTION, INSPECTOR, at(5))
    assert (inspection.started_at, inspector.first_joined_at) == (at(5), at(5))
    inspection, invited = join(inspection, INVITED, at(9))
    assert (inspection.started_at, invited.first_joined_at) == (at(5), at(9))


def test_coming_back_takes_the_leaving_away_and_keeps_the_first_time() -> None:
    inspection, there = join(INSPECTION, INVITED, at(5))
    gone = leave(there, at(30))
    assert (gone.first_joined_at, gone.left_at) == (at(5), at(30))
    same, back = join(inspection, gone, at(60))
    assert same == inspection
    assert (back.first_joined_at, back.left_at) == (at(5), None)


def test_an_invited_person_joins_only_with_consent_an_inspector_needs_none() -> None:
    with pytest.raises(ConsentMissing):
        join(INSPECTION, replace(INVITED, consented_at=None), NOW)
    join(INSPECTION, INSPECTOR, NOW)


def test_nothing_happens_to_an_ended_inspection_any_more() -> None:
    require_open(INSPECTION)
    with pytest.raises(InspectionEnded):
        require_open(ENDED)
    with pytest.raises(InspectionEnded):
        join(ENDED, INVITED, at(700))
    with pytest.raises(InspectionEnded):
        end_inspection(ENDED, at(700))


def test_ending_notes_when() -> None:
    assert end_inspection(INSPECTION, at(600)) == replace(INSPECTION, state=InspectionState.ENDED, ended_at=at(600))


def test_a_case_is_inspected_once_anybody_entered_a_call_on_it() -> None:
    inspecting = case_status_after_opening(CASE)
    assert inspecting.status is CaseStatus.INSPECTING
    nobody_came, somebody_came = ENDED, replace(ENDED, started_at=at(5))
    assert case_status_after_ending(inspecting, nobody_came, []).status is CaseStatus.OPEN
    assert case_status_after_ending(inspecting, somebody_came, []).status is CaseStatus.INSPECTED
    assert case_status_after_ending(inspecting, nobody_came, [nobody_came]).status is CaseStatus.OPEN
    assert case_status_after_ending(inspecting, nobody_came, [somebody_came]).status is CaseStatus.INSPECTED


SEALED = replace(ENDED, parts=tuple(replace(part, sealed_at=at(700)) for part in ENDED.parts))
SIGNED_EARLY = replace(INSPECTION, parts=SEALED.parts)
JOINT = replace(SEALED, parts=(*SEALED.parts, replace(ENDED.parts[0], id="other-part")))
DAY_S = 24 * 3600


@pytest.mark.parametrize(
    ("inspection", "part_id", "taken_at", "now", "refusal"),
    [
        pytest.param(INSPECTION, None, at(9_999_999), at(9_999_999), None, id="open"),
        pytest.param(SIGNED_EARLY, None, at(0), at(1), RecordSigned, id="open-but-signed"),
        pytest.param(ENDED, None, at(600), at(600 + DAY_S), None, id="the-last-moment"),
        pytest.param(ENDED, ENDED.parts[0].id, at(0), at(601), None, id="of-a-point"),
        pytest.param(JOINT, None, at(0), at(800), None, id="of-no-point-while-one-is-unsigned"),
        pytest.param(JOINT, "other-part", at(0), at(800), None, id="of-an-unsigned-part"),
        pytest.param(ENDED, None, at(600.001), at(601), InspectionEnded, id="taken-later"),
        pytest.param(ENDED, None, at(0), at(600 + DAY_S + 0.001), EvidenceTooLate, id="a-day-later"),
        pytest.param(SEALED, None, at(0), at(800), RecordSigned, id="all-signed"),
        pytest.param(JOINT, JOINT.parts[0].id, at(0), at(800), RecordSigned, id="its-part-signed"),
    ],
)
def test_what_was_taken_before_the_end_is_taken_in_for_a_day_until_its_record_is_signed(
    inspection: Inspection,
    part_id: str | None,
    taken_at: datetime,
    now: datetime,
    refusal: type[InspectError] | None,
) -> None:
    refused: type[InspectError] | None = None
    try:
        require_in_time(inspection, taken_at=taken_at, now=now)
        require_room_for(inspection, part_id)
    except InspectError as error:
        refused = type(error)
    assert refused is refusal
