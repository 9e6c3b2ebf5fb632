"""Results, records and ratings."""

from __future__ import annotations

from typing import Final

from pydantic import TypeAdapter

from inspect_server.api.schemas import outcome as schemas
from inspect_server.domain.rating import Rating
from inspect_server.domain.record import Answer
from inspect_server.domain.record_content import RecordContent
from inspect_server.services.answering import NewAnswer
from inspect_server.services.reporting import NewRating, Outcome, PartOutcome, RecordFile

_CONTENT: Final = TypeAdapter(RecordContent)


def new_answer(record_id: str, answer_id: str, body: schemas.NewRecordAnswer) -> NewAnswer:
    """What somebody says to a record."""
    return NewAnswer(
        id=answer_id,
        record_id=record_id,
        record_sha256=body.record_sha256,
        side=body.side,
        kind=body.kind,
        signer_name=body.signer_name,
        reason=body.reason,
        objection=body.objection,
        device=body.device,
    )


def new_rating(rating_id: str, body: schemas.NewRating) -> NewRating:
    """How somebody found the inspection."""
    return NewRating(
        id=rating_id,
        overall=body.overall,
        efficiency=body.efficiency,
        guidance=body.guidance,
        convenience=body.convenience,
        platform=body.platform,
        words=body.words,
    )


def outcome_view(found: Outcome) -> schemas.OutcomeView:
    """Everything that came of an inspection."""
    inspection = found.inspection
    return schemas.OutcomeView(
        inspection_id=inspection.id,
        kind=inspection.kind,
        state=inspection.state,
        started_at=inspection.started_at,
        ended_at=inspection.ended_at,
        office_name=found.office_name,
        inspector_name=found.inspector_name,
        enterprise_name=found.enterprise.name,
        parts=[_part(each) for each in found.parts],
        rating=rating_view(found.rating) if found.rating else None,
        own_name=found.own_name,
        certificate_number=found.certificate_number,
    )


def rating_view(rating: Rating) -> schemas.RatingView:
    """How an inspection was rated."""
    return schemas.RatingView(
        overall=rating.overall,
        efficiency=rating.efficiency,
        guidance=rating.guidance,
        convenience=rating.convenience,
        platform=rating.platform,
        words=rating.words,
        rated_at=rating.rated_at,
    )


def _part(part: PartOutcome) -> schemas.PartOutcomeView:
    return schemas.PartOutcomeView(
        part_id=part.file.part.id,
        case_id=part.file.case.id,
        case_number=part.file.case.number,
        permit_item_name=part.file.permit_item.name,
        department=part.file.part.department,
        record=_record(part.record) if part.record else None,
        may_answer=part.may_answer,
    )


def _record(file: RecordFile) -> schemas.RecordView:
    record, document = file.record, file.document
    return schemas.RecordView(
        id=record.id,
        version=record.version,
        state=record.state,
        hash_alg=record.hash_alg,
        sha256=record.sha256,
        made_at=record.made_at,
        settled_at=record.settled_at,
        content=_CONTENT.validate_json(record.content),
        answers=[_answer(each) for each in file.answers],
        document=schemas.RecordDocumentView(
            byte_length=document.byte_length,
            hash_alg=document.hash_alg,
            sha256=document.sha256,
            made_at=document.made_at,
        )
        if document
        else None,
    )


def _answer(answer: Answer) -> schemas.RecordAnswerView:
    return schemas.RecordAnswerView(
        id=answer.id,
        side=answer.side,
        kind=answer.kind,
        signer_name=answer.signer_name,
        certificate_number=answer.certificate_number,
        reason=answer.reason,
        objection=answer.objection,
        picture=answer.evidence_id is not None,
        noted=answer.is_noted,
        answered_at=answer.answered_at,
    )
