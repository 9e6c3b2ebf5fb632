"""Evidence and moments."""

from __future__ import annotations

from inspect_server.api.schemas import evidence as schemas
from inspect_server.api.views import drawing
from inspect_server.domain.evidence import Evidence, Position, PositionSource
from inspect_server.services.collecting import Collection, NewEvidence
from inspect_server.services.moments import Noted


def new_evidence(evidence_id: str, body: schemas.NewEvidence) -> NewEvidence:
    """What somebody says of what they send."""
    position = body.position
    return NewEvidence(
        id=evidence_id,
        kind=body.kind,
        taken_at=body.taken_at,
        part_id=body.part_id,
        checklist_item_id=body.checklist_item_id,
        participant_id=body.participant_id,
        note=body.note,
        doorplate=body.doorplate,
        device=body.device,
        position=Position(
            position.latitude, position.longitude, position.accuracy_m, PositionSource.BROWSER, position.at
        )
        if position
        else None,
        drawing=tuple(drawing.shape(each) for each in body.drawing),
    )


def evidence_view(evidence: Evidence) -> schemas.EvidenceView:
    """One piece of evidence."""
    position = evidence.position
    return schemas.EvidenceView(
        id=evidence.id,
        part_id=evidence.part_id,
        checklist_item_id=evidence.checklist_item_id,
        kind=evidence.kind,
        participant_id=evidence.participant_id,
        author=evidence.author,
        taken_at=evidence.taken_at,
        received_at=evidence.received_at,
        file_taken_at=evidence.file_taken_at,
        note=evidence.note,
        doorplate=evidence.doorplate,
        device=evidence.device,
        media_type=evidence.media_type,
        byte_length=evidence.byte_length,
        hash_alg=evidence.hash_alg,
        sha256=evidence.sha256,
        width=evidence.width,
        height=evidence.height,
        position=schemas.PositionView(
            latitude=position.latitude,
            longitude=position.longitude,
            accuracy_m=position.accuracy_m,
            source=position.source,
            at=position.at,
        )
        if position
        else None,
        drawing=[drawing.shape_view(each) for each in evidence.drawing],
        withdrawn_at=evidence.withdrawn_at,
    )


def evidence_list(found: Collection) -> schemas.EvidenceList:
    """All of an inspection that somebody may see."""
    return schemas.EvidenceList(items=[evidence_view(each) for each in found.evidence], authors=found.authors)


def moments(found: Noted) -> schemas.Moments:
    """What was noted beside the footage."""
    return schemas.Moments(
        items=[
            schemas.MomentView(
                id=moment.id,
                at=moment.at,
                kind=moment.kind,
                participant_id=moment.participant_id,
                actor=moment.actor,
                details=dict(moment.details),
            )
            for moment in found.moments
        ],
        names=dict(found.names),
        asked_at=found.asked_at,
    )
