"""What is signed stays as it is while the call goes on: evidence of a sealed part, and signatures themselves."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from inspect_server.domain.errors import Conflict, RecordSigned
from inspect_server.domain.evidence import EvidenceKind, FileFacts, MediaType
from inspect_server.domain.record import AnswerKind, Side
from inspect_server.services import answering, collecting, inspecting
from inspect_server.services.answering import NewAnswer
from inspect_server.services.collecting import NewEvidence, SealedFile
from inspect_server.services.context import Guest
from tests.jobs.signed_case import a_concluded_case, a_signed_case
from tests.media.darkroom.pictures import signature_png
from tests.services.office import ADDRESS, Office


@dataclass
class SignedCall:
    """A call that goes on though its only part is sealed; ``named``: what the record names."""

    office: Office
    inspection_id: str
    part_id: str
    point_id: str
    named: str
    folder: Path

    async def collect(self, kind: EvidenceKind, *, part_id: str | None = None) -> str:
        file = a_picture(self.folder / "picture.png", signature_png())
        new = NewEvidence(self.office.context.new_id(), kind, self.office.clock(), part_id=part_id)
        by = self.office.inspector
        return (await collecting.collect(self.office.context, by, self.inspection_id, new, file)).id


def a_picture(path: Path, data: bytes) -> SealedFile:
    path.write_bytes(data)
    return SealedFile(path, len(data), hashlib.sha256(data).hexdigest(), FileFacts(MediaType.PNG, 640, 480, None, None))


@pytest.fixture
async def call(office: Office, tmp_path: Path) -> SignedCall:
    record = (await a_signed_case(office, tmp_path)).record
    file = (await inspecting.show_inspection(office.context, office.inspector, record.inspection_id)).parts[0]
    shown = await collecting.show_evidence(office.context, office.inspector, record.inspection_id)
    (named,) = [each.id for each in shown.evidence if each.kind is EvidenceKind.STILL]
    office.clock.advance(seconds=1)
    return SignedCall(office, record.inspection_id, file.part.id, file.permit_item.checklist[1].id, named, tmp_path)


async def test_evidence_that_a_signed_record_names_is_neither_moved_nor_taken_back(call: SignedCall) -> None:
    context, inspector = call.office.context, call.office.inspector
    for part_id, point_id in ((None, None), (call.part_id, call.point_id)):
        with pytest.raises(RecordSigned):
            await collecting.file_under(context, inspector, call.named, part_id=part_id, checklist_item_id=point_id)
    with pytest.raises(RecordSigned):
        await collecting.withdraw(context, inspector, call.named)


async def test_a_signed_part_takes_in_nothing_more(call: SignedCall) -> None:
    for part_id in (call.part_id, None):
        with pytest.raises(RecordSigned):
            await call.collect(EvidenceKind.PHOTO, part_id=part_id)


async def test_who_comes_late_still_proves_who_they_are(call: SignedCall) -> None:
    """No record names such pictures."""
    await collecting.withdraw(call.office.context, call.office.inspector, await call.collect(EvidenceKind.IDENTITY))


async def test_a_photo_is_no_signature_whatever_id_the_answer_has(office: Office, tmp_path: Path) -> None:
    record, token = await a_concluded_case(office, tmp_path)
    photo, drawn = (a_picture(tmp_path / name, signature_png() + name.encode()) for name in ("photo", "drawn"))
    guest = Guest(token, ADDRESS)
    kept = await collecting.collect(
        office.context, guest, None, NewEvidence("one-id", EvidenceKind.PHOTO, office.clock()), photo
    )
    answer = NewAnswer("one-id", record.id, record.sha256, Side.ENTERPRISE, AnswerKind.SIGNATURE)
    with pytest.raises(Conflict):
        await answering.give_answer(office.context, guest, answer, drawn)
    assert await office.context.objects.get_range(kept.object_key) == photo.path.read_bytes()
