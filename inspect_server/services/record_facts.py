"""Gathers what a record says, from everything that is stored about a part when it is concluded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspect_server.domain import challenges as rules
from inspect_server.domain.cases import Enterprise
from inspect_server.domain.evidence import Evidence, Position, PositionSource
from inspect_server.domain.geometry import distance_m
from inspect_server.domain.inspections import Inspection, Participant
from inspect_server.domain.judging import JudgedItem, PartConclusion
from inspect_server.domain.opinions import Opinion
from inspect_server.domain.people import User
from inspect_server.domain.record_content import (
    FORMAT,
    RecordContent,
    RecordedChallenge,
    RecordedEvidence,
    RecordedFootage,
    RecordedOpinion,
    RecordedPerson,
    RecordedPoint,
    RecordedPosition,
    told_note,
    told_position,
)
from inspect_server.domain.timekeeping import told_clock
from inspect_server.services.inspecting import PartFile, enterprise_of
from storage import challenges, evidence, footage, footage_amounts, opinions, participants, people, whereabouts
from storage.engine import Transaction


@dataclass(frozen=True, slots=True)
class Draft:
    """What the record is about."""

    record_id: str
    version: int
    made_at: datetime
    time_zone: str
    inspection: Inspection
    file: PartFile
    items: tuple[JudgedItem, ...]
    concluded: PartConclusion


class _Names:
    """Who is who: users and participants by the names they have in the audit trail."""

    def __init__(self, users: dict[str, User], seated: list[Participant]) -> None:
        self.users = users
        self._of = {f"user:{user.id}": user.display_name for user in users.values()}
        self._of |= {f"participant:{each.id}": each.display_name for each in seated}

    def of(self, actor: str) -> str:
        return self._of.get(actor, "")

    def certificate_of(self, participant: Participant) -> str:
        user = self.users.get(participant.user_id or "")
        return user.certificate_number if user else ""


async def content_of(tx: Transaction, draft: Draft) -> RecordContent:
    """Everything, as it is at this moment."""
    inspection, file = draft.inspection, draft.file
    if draft.concluded.conclusion is None:
        raise ValueError("a conclusion that was taken back has no record")
    organisation = await people.organisation(tx, file.case.organisation_id)
    enterprise = await enterprise_of(tx, [file])
    seated = await participants.participants_of(tx, inspection.id)
    shown = [each for each in await evidence.evidence_of(tx, inspection.id) if _belongs(each, file)]
    names = _Names(await _users(tx, draft, seated, shown), seated)
    pieces = _evidence(shown, draft.items, names)
    written = [each for each in await opinions.opinions_of(tx, inspection.id) if each.part_id == file.part.id]
    return RecordContent(
        format=FORMAT,
        record_id=draft.record_id,
        version=draft.version,
        made_at=draft.made_at,
        time_zone=draft.time_zone,
        inspection_id=inspection.id,
        inspection_kind=inspection.kind,
        inspection_created_at=inspection.created_at,
        inspection_started_at=inspection.started_at,
        office_name=organisation.name if organisation else "",
        department=file.part.department,
        case_number=file.case.number,
        permit_item_code=file.permit_item.code,
        permit_item_name=file.permit_item.name,
        permit_item_version=file.permit_item.number,
        enterprise_name=enterprise.name,
        enterprise_credit_code=enterprise.credit_code,
        enterprise_address=enterprise.address,
        conclusion=draft.concluded.conclusion,
        reason=draft.concluded.reason,
        concluded_by_name=names.of(f"user:{draft.concluded.concluded_by}"),
        concluded_at=draft.concluded.concluded_at,
        people=tuple(_person(each, names) for each in seated if each.first_joined_at or each.consented_at),
        points=tuple(_point(number, each, names, pieces, written) for number, each in enumerate(draft.items, start=1)),
        evidence=pieces,
        positions=await _positions(tx, enterprise, seated),
        footage=await _footage(tx, inspection, seated),
        challenges=await _challenges(tx, draft, names),
    )


def _belongs(piece: Evidence, file: PartFile) -> bool:
    """Whether it is shown in this part's record: its own, and what is filed under no part at all."""
    return piece.withdrawn_at is None and piece.kind.is_named_in_records and piece.part_id in {None, file.part.id}


async def _users(tx: Transaction, draft: Draft, seated: list[Participant], shown: list[Evidence]) -> dict[str, User]:
    ids = {each.decision.decided_by for each in draft.items if each.decision}
    ids |= {draft.concluded.concluded_by} | {each.user_id for each in seated if each.user_id}
    actors = {each.author for each in shown}
    for challenge in await challenges.challenges_of(tx, draft.inspection.id):
        actors |= {challenge.asked_by, challenge.ended_by}
    ids |= {actor.removeprefix("user:") for actor in actors if actor.startswith("user:")}
    found = [await people.user(tx, user_id) for user_id in sorted(ids)]
    return {user.id: user for user in found if user}


def _person(participant: Participant, names: _Names) -> RecordedPerson:
    return RecordedPerson(
        name=participant.display_name,
        role=participant.role,
        certificate_number=names.certificate_of(participant),
        first_joined_at=participant.first_joined_at,
        left_at=participant.left_at,
        consented_at=participant.consented_at,
        consent_text_version=participant.consent_text_version,
    )


def _evidence(shown: list[Evidence], items: tuple[JudgedItem, ...], names: _Names) -> tuple[RecordedEvidence, ...]:
    """In the order of the checklist, what is filed under no point last."""
    numbers = {each.item.id: number for number, each in enumerate(items, start=1)}
    placed = [(numbers.get(each.checklist_item_id or ""), each) for each in shown]
    placed.sort(key=lambda pair: (pair[0] is None, pair[0] or 0, pair[1].taken_at, pair[1].id))
    return tuple(
        RecordedEvidence(
            id=piece.id,
            number=number,
            point_number=point_number,
            kind=piece.kind,
            taken_at=piece.taken_at,
            author_name=names.of(piece.author),
            note=told_note(piece),
            position=told_position(piece.position),
            device=piece.device,
            byte_length=piece.byte_length,
            hash_alg=piece.hash_alg,
            sha256=piece.sha256,
            position_source=piece.position.source if piece.position else None,
            position_at=piece.position.at if piece.position else None,
        )
        for number, (point_number, piece) in enumerate(placed, start=1)
    )


def _point(
    number: int,
    judged: JudgedItem,
    names: _Names,
    pieces: tuple[RecordedEvidence, ...],
    written: list[Opinion],
) -> RecordedPoint:
    decision = judged.decision
    return RecordedPoint(
        number=number,
        area=judged.item.area,
        text=judged.item.text,
        required=judged.item.required,
        judgement=judged.judgement,
        note=decision.note if decision else "",
        severity=decision.severity if decision else None,
        remedy=decision.remedy if decision else "",
        deadline=decision.deadline if decision else None,
        decided_by_name=names.of(f"user:{decision.decided_by}") if decision else "",
        judged_at=judged.judged_at,
        evidence_ids=tuple(piece.id for piece in pieces if piece.point_number == number),
        opinions=tuple(
            RecordedOpinion(each.author_name, each.given_at, each.text)
            for each in written
            if each.checklist_item_id == judged.item.id
        ),
    )


async def _positions(
    tx: Transaction, enterprise: Enterprise, seated: list[Participant]
) -> tuple[RecordedPosition, ...]:
    site = await whereabouts.site_of(tx, enterprise.id)
    recorded = []
    for participant in seated:
        report = await whereabouts.newest_report(tx, participant.id)
        if report is None:
            continue
        place = Position(report.place.latitude, report.place.longitude, report.accuracy_m, PositionSource.BROWSER)
        distance = f"{distance_m(report.place, site.place):.0f} m" if site else ""
        recorded.append(RecordedPosition(participant.display_name, report.at, told_position(place), distance))
    return tuple(recorded)


async def _challenges(tx: Transaction, draft: Draft, names: _Names) -> tuple[RecordedChallenge, ...]:
    """All of the call: that it was live holds for each of its parts. Time may have run out without anybody looking."""
    recorded = []
    for each in await challenges.challenges_of(tx, draft.inspection.id):
        challenge = rules.as_of(each, draft.made_at)
        recorded.append(
            RecordedChallenge(
                person_name=names.of(f"participant:{challenge.participant_id}"),
                task=challenge.task,
                code=challenge.code,
                asked_at=challenge.asked_at,
                asked_by_name=names.of(challenge.asked_by),
                outcome=challenge.outcome,
                ended_at=challenge.ended_at,
                ended_by_name=names.of(challenge.ended_by),
            )
        )
    return tuple(recorded)


async def _footage(tx: Transaction, inspection: Inspection, seated: list[Participant]) -> tuple[RecordedFootage, ...]:
    heads = await footage_amounts.chain_heads(tx, inspection.id)
    stored = await footage_amounts.epochs_of_inspection(tx, inspection.id)
    name_of = {each.id: each.display_name for each in seated}
    recorded = []
    for track in await footage.tracks_of(tx, inspection.id):
        epochs = [each for each in stored if each.track_id == track.id]
        begun = await footage.epochs_of(tx, track.id)
        recorded.append(
            RecordedFootage(
                track_id=track.id,
                person_name=name_of.get(track.participant_id, ""),
                source=track.source,
                started_at=min((each.started_at for each in epochs if each.started_at), default=None),
                ended_at=max((each.ended_at for each in epochs if each.ended_at), default=None),
                segment_count=sum(each.segment_count for each in epochs),
                byte_length=sum(each.byte_length for each in epochs),
                chain=tuple(heads.get(track.id, ())),
                clock=told_clock([each.clock for each in begun if each.clock]),
            )
        )
    return tuple(recorded)
