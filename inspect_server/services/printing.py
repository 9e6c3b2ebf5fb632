"""What is needed to print a sealed record, and keeping what was printed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_server.domain import evidence as evidence_rules
from inspect_server.domain.errors import NotFound
from inspect_server.domain.evidence import HASH_ALGORITHM, Evidence
from inspect_server.domain.record import Answer, Record, RecordDocument
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.auditing import SYSTEM
from inspect_server.services.auditing import record as audit
from inspect_server.services.context import ServiceContext
from storage import evidence, inspections, records

MAX_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A sealed record with everything that goes onto its paper.

    ``content``: the record's text, read. ``pictures``: those that it names, with the stamp of each; ``signatures``: by
    answer id.
    """

    record: Record
    content: dict[str, Any]
    answers: Sequence[Answer]
    pictures: list[tuple[Evidence, tuple[str, ...]]]
    signatures: dict[str, Evidence]


async def unprinted(context: ServiceContext, *, passing_over: Collection[str]) -> list[str]:
    """Ids of sealed records that have no PDF, the longest waiting first; not more than one round can do.

    ``passing_over``: these are left out, so that they hide no other.
    """
    async with context.database.reading() as tx:
        return [each.id for each in await records.unprinted(tx, limit=MAX_AT_ONCE, passing_over=passing_over)]


async def print_job(context: ServiceContext, record_id: str) -> PrintJob | None:
    """What to print, or None if it is printed already.

    Raises:
        NotFound: no such record.
    """
    async with context.database.reading() as tx:
        found = await records.find(tx, record_id)
        if found is None:
            raise NotFound
        if record_id in await records.documents_of(tx, [record_id]):
            return None
        answers = (await records.answers_to(tx, [record_id]))[record_id]
        known = {each.id: each for each in await evidence.evidence_of(tx, found.inspection_id)}
    content = json.loads(found.content)
    shown = [known[each["id"]] for each in content["evidence"] if each["id"] in known]
    return PrintJob(
        record=found,
        content=content,
        answers=answers,
        pictures=[
            (each, _stamp(context, each, content)) for each in shown if each.media_type and each.media_type.is_picture
        ],
        signatures={each.id: known[each.evidence_id] for each in answers if each.evidence_id in known},
    )


async def keep_document(context: ServiceContext, record: Record, path: Path, data: bytes) -> RecordDocument:
    """Keep a printed record, its bytes at ``path`` and in ``data``. Of two prints, the first one counts.

    Raises:
        StorageUnavailable: nothing was kept; printing again is right.
    """
    sha256 = hashlib.sha256(data).hexdigest()
    # The hash is in the key: a print that a dying server left behind is in nobody's way.
    key = f"records/{record.inspection_id}/{record.id}/{sha256[:16]}.pdf"
    await context.objects.put(key, path, sha256=sha256)
    wanted = RecordDocument(record.id, key, len(data), HASH_ALGORITHM, sha256, context.now())
    async with context.database.transaction() as tx:
        stored, is_new = await records.document_once(tx, wanted)
        inspection = await inspections.inspection(tx, record.inspection_id)
        if is_new and inspection is not None:
            await audit(
                context,
                tx,
                SYSTEM,
                "record.printed",
                f"record:{record.id}",
                organisation_path=inspection.organisation_path,
                details={"inspection": record.inspection_id, "sha256": sha256},
            )
    context.announce(InspectionChanged(record.inspection_id, Topic.RECORDS))
    return stored


def _stamp(context: ServiceContext, picture: Evidence, content: dict[str, Any]) -> tuple[str, ...]:
    return evidence_rules.stamp_of(
        picture,
        case_number=content["case_number"],
        address=content["enterprise_address"],
        zone=context.options.time_zone,
    )
