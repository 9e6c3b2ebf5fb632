"""A case that was inspected, found wanting, and whose record both sides have answered."""

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from inspect_server.domain.catalogue import Severity
from inspect_server.domain.challenges import Task
from inspect_server.domain.evidence import EvidenceKind, FileFacts, MediaType, Position, PositionSource
from inspect_server.domain.inspections import Conclusion
from inspect_server.domain.judging import Judgement
from inspect_server.domain.record import AnswerKind, Record, Side
from inspect_server.domain.timekeeping import ClockReading
from inspect_server.services import answering, calling, challenging, collecting, inspecting, judging
from inspect_server.services.answering import NewAnswer
from inspect_server.services.collecting import NewEvidence, SealedFile
from inspect_server.services.context import Guest, ServiceContext, ServiceOptions
from inspect_server.services.judging import NewConclusion, NewDecision
from storage import records
from tests.media.darkroom.pictures import phone_jpeg, signature_png
from tests.services.office import ADDRESS, Office

REMEDY = "重新检定并张贴标签"


@dataclass
class SignedCase:
    """``context`` tells times as an office in China does."""

    office: Office
    context: ServiceContext
    record: Record


async def a_signed_case(
    office: Office, folder: Path, *, refusal: str = "", pictures: int = 1, severity: Severity | None = None
) -> SignedCase:
    """From opening to the second answer, through the services."""
    record, token = await a_concluded_case(office, folder, pictures=pictures, severity=severity)
    await _answer(office, record, token, refusal, folder)
    return SignedCase(office, office.context, record)


async def a_concluded_case(
    office: Office, folder: Path, *, pictures: int = 1, severity: Severity | None = None
) -> tuple[Record, str]:
    """From opening to the record that is to be answered, and the token of the enterprise's link."""
    office.context = replace(
        office.context,
        options=ServiceOptions(time_zone=ZoneInfo("Asia/Shanghai")),
        clock_reading=lambda: ClockReading(-12.4, "ntp.example"),
    )
    context, inspection_id = office.context, await office.open_inspection()
    _, token = await office.invite(inspection_id)
    await office.admit(await office.accept(token))
    seated = await office.enter((await calling.ticket_for_invited(context, token)).token)
    await office.store_footage(await office.begin_epoch(seated.id), 12)
    file = (await inspecting.show_inspection(context, office.inspector, inspection_id)).parts[0]
    points = file.permit_item.checklist
    challenge_id = context.new_id()
    await challenging.ask(
        context, office.inspector, inspection_id, challenge_id, participant_id=seated.id, task=Task.WRITE_CODE
    )
    await challenging.judge(context, office.inspector, challenge_id, passed=True)
    for number in range(pictures):
        office.clock.advance(seconds=1)
        still = NewEvidence(
            id=f"still-{number}-{inspection_id}"[:64],
            kind=EvidenceKind.STILL,
            taken_at=office.clock(),
            part_id=file.part.id,
            checklist_item_id=points[0].id,
            participant_id=seated.id,
            device="Pixel 8",
            position=Position(36.65, 117.12345678, 12.4, PositionSource.BROWSER),
        )
        sealed = _sealed(folder / f"still-{number}.jpg", phone_jpeg(), MediaType.JPEG)
        await collecting.collect(context, office.inspector, inspection_id, still, sealed)
    for item, judgement in zip(points, (Judgement.FAIL, Judgement.PASS), strict=True):
        failing = judgement is Judgement.FAIL
        decision = NewDecision(
            id=context.new_id(),
            part_id=file.part.id,
            checklist_item_id=item.id,
            judgement=judgement,
            decided_at=office.clock(),
            note="标签已过期" if failing else "",
            severity=severity if failing else None,
            remedy=REMEDY if failing else "",
            deadline=(office.clock() + timedelta(days=30)).date() if failing else None,
        )
        await judging.decide(context, office.inspector, inspection_id, decision)
    concluded = NewConclusion(context.new_id(), file.part.id, Conclusion.RECTIFY)
    await judging.conclude(context, office.inspector, inspection_id, concluded)
    async with context.database.reading() as tx:
        (record,) = (await records.newest_of(tx, inspection_id)).values()
    return record, token


async def _answer(office: Office, record: Record, token: str, refusal: str, folder: Path) -> None:
    theirs = NewAnswer(
        id=f"theirs-{record.id}",
        record_id=record.id,
        record_sha256=record.sha256,
        side=Side.ENTERPRISE,
        kind=AnswerKind.REFUSAL if refusal else AnswerKind.SIGNATURE,
        reason=refusal,
        objection="期限太短",
    )
    drawn = None if refusal else _sealed(folder / "signature.png", signature_png(), MediaType.PNG)
    office.clock.advance(seconds=1)
    await answering.give_answer(office.context, Guest(token, ADDRESS), theirs, drawn)
    ours = NewAnswer(f"ours-{record.id}", record.id, record.sha256, Side.OFFICE, AnswerKind.SIGNATURE)
    office.clock.advance(seconds=1)
    await answering.give_answer(office.context, office.inspector, ours, None)


def _sealed(path: Path, data: bytes, media_type: MediaType) -> SealedFile:
    path.write_bytes(data)
    return SealedFile(path, len(data), hashlib.sha256(data).hexdigest(), FileFacts(media_type, 640, 480, None, None))
