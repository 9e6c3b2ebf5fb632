"""Offering the record of a concluded part to both sides, and withdrawing it with its conclusion.

Both happen in the transaction of the conclusion, with the inspection locked: there is no moment at which a result
stands without its record, or a record without its result.
"""

from __future__ import annotations

import hashlib

from inspect_server.domain import record as rules
from inspect_server.domain.evidence import HASH_ALGORITHM
from inspect_server.domain.inspections import InspectionPart
from inspect_server.domain.judging import JudgedItem, PartConclusion
from inspect_server.domain.record import Record, RecordState
from inspect_server.domain.record_content import canonical_json
from inspect_server.services.acting import Acting
from inspect_server.services.auditing import record as audit
from inspect_server.services.context import ServiceContext
from inspect_server.services.inspecting import PartFile
from inspect_server.services.record_facts import Draft, content_of
from storage import records
from storage.engine import Transaction


async def offer_record(
    context: ServiceContext,
    tx: Transaction,
    who: Acting,
    file: PartFile,
    items: tuple[JudgedItem, ...],
    concluded: PartConclusion,
) -> Record:
    """The next version of the part's record, for both sides to answer."""
    draft = Draft(
        record_id=context.new_id(),
        version=await records.next_version(tx, file.part.id),
        made_at=context.now(),
        time_zone=str(context.options.time_zone),
        inspection=who.inspection,
        file=file,
        items=items,
        concluded=concluded,
    )
    text = canonical_json(await content_of(tx, draft))
    offered = Record(
        id=draft.record_id,
        inspection_id=who.inspection.id,
        part_id=file.part.id,
        version=draft.version,
        state=RecordState.OFFERED,
        content=text,
        hash_alg=HASH_ALGORITHM,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        made_at=draft.made_at,
        settled_at=None,
    )
    await records.add(tx, offered)
    await _audit(context, tx, who, file.part, "record.offered", offered)
    return offered


async def withdraw_record(context: ServiceContext, tx: Transaction, who: Acting, part: InspectionPart) -> None:
    """The record that was offered for the part, if any, counts no more, nor do the answers to it."""
    newest = (await records.newest_of(tx, who.inspection.id)).get(part.id)
    if newest is None or newest.state is not RecordState.OFFERED:
        return
    voided = rules.void(newest, context.now())
    await records.set_state(tx, voided)
    await _audit(context, tx, who, part, "record.voided", voided)


async def _audit(
    context: ServiceContext, tx: Transaction, who: Acting, part: InspectionPart, action: str, about: Record
) -> None:
    await audit(
        context,
        tx,
        who.name,
        action,
        f"record:{about.id}",
        organisation_path=part.organisation_path,
        address=who.address,
        details={"inspection": about.inspection_id, "version": str(about.version), "sha256": about.sha256},
    )
