"""Records, the answers to them, their PDFs, and ratings. Of a record only its state changes, the rest not at all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import func, insert, select, update

from inspect_server.domain.rating import Rating
from inspect_server.domain.record import Answer, Record, RecordDocument, RecordState
from storage.engine import Transaction
from storage.rows import insert_or_skip, values_of
from storage.tables.records import ratings, record_answers, record_documents, records


async def add(tx: Transaction, record: Record) -> None:
    """Insert; the inspection is read with ``for_update`` in the same transaction before."""
    await tx.execute(insert(records).values(values_of(record, records)))


async def set_state(tx: Transaction, record: Record) -> None:
    """Write state and ``settled_at``; the inspection is read with ``for_update`` in the same transaction before."""
    await tx.execute(
        update(records).where(records.c.id == record.id).values(state=record.state, settled_at=record.settled_at)
    )


async def find(tx: Transaction, record_id: str) -> Record | None:
    """The record of this id, or None."""
    row = (await tx.execute(select(records).where(records.c.id == record_id))).mappings().one_or_none()
    return Record(**row) if row else None


async def next_version(tx: Transaction, part_id: str) -> int:
    """1, 2, 3 … for the records of a part."""
    newest = select(func.coalesce(func.max(records.c.version), 0)).where(records.c.part_id == part_id)
    count: int = (await tx.execute(newest)).scalar_one()
    return count + 1


async def newest_of(tx: Transaction, inspection_id: str) -> dict[str, Record]:
    """The newest version of each part's record, by part; void ones too."""
    rows = await tx.execute(select(records).where(records.c.inspection_id == inspection_id).order_by(records.c.version))
    return {row["part_id"]: Record(**row) for row in rows.mappings()}


async def answer(tx: Transaction, answer_id: str) -> Answer | None:
    """The answer of this id, or None."""
    row = (await tx.execute(select(record_answers).where(record_answers.c.id == answer_id))).mappings().one_or_none()
    return Answer(**row) if row else None


async def add_answer(tx: Transaction, added: Answer) -> None:
    """Insert; the inspection is read with ``for_update`` in the same transaction before."""
    await tx.execute(insert(record_answers).values(values_of(added, record_answers)))


async def answers_to(tx: Transaction, record_ids: Iterable[str]) -> dict[str, list[Answer]]:
    """All answers to these records, by record, in order of time."""
    found: dict[str, list[Answer]] = defaultdict(list)
    rows = await tx.execute(
        select(record_answers)
        .where(record_answers.c.record_id.in_(list(record_ids)))
        .order_by(record_answers.c.answered_at, record_answers.c.id)
    )
    for row in rows.mappings():
        found[row["record_id"]].append(Answer(**row))
    return found


async def document_once(tx: Transaction, added: RecordDocument) -> tuple[RecordDocument, bool]:
    """The PDF of this record: ``added``, or the one that is there already; and whether this call stored it."""
    created = await tx.execute(
        insert_or_skip(tx, record_documents, values_of(added, record_documents)).returning(record_documents.c.record_id)
    )
    if created.scalar_one_or_none() is not None:
        return added, True
    return (await documents_of(tx, [added.record_id]))[added.record_id], False


async def documents_of(tx: Transaction, record_ids: Iterable[str]) -> dict[str, RecordDocument]:
    """The PDFs that are made, by record."""
    rows = await tx.execute(select(record_documents).where(record_documents.c.record_id.in_(list(record_ids))))
    return {row["record_id"]: RecordDocument(**row) for row in rows.mappings()}


async def unprinted(tx: Transaction, *, limit: int, passing_over: Collection[str] = ()) -> list[Record]:
    """Sealed records without a PDF, the longest waiting first, but for those to be passed over."""
    rows = await tx.execute(
        select(records)
        .outerjoin(record_documents, record_documents.c.record_id == records.c.id)
        .where(records.c.state.in_([RecordState.SIGNED, RecordState.REFUSED]), record_documents.c.record_id.is_(None))
        .where(records.c.id.not_in(passing_over))
        .order_by(records.c.settled_at, records.c.id)
        .limit(limit)
    )
    return [Record(**row) for row in rows.mappings()]


async def rate_once(tx: Transaction, added: Rating) -> tuple[Rating, bool]:
    """The rating of this inspection: ``added``, or the one that is there already; and whether this call stored it."""
    created = await tx.execute(insert_or_skip(tx, ratings, values_of(added, ratings)).returning(ratings.c.id))
    if created.scalar_one_or_none() is not None:
        return added, True
    rows = await tx.execute(select(ratings).where(ratings.c.inspection_id == added.inspection_id))
    return Rating(**rows.mappings().one()), False


async def rating_of(tx: Transaction, inspection_id: str) -> Rating | None:
    """How the inspection was rated, or None."""
    row = (await tx.execute(select(ratings).where(ratings.c.inspection_id == inspection_id))).mappings().one_or_none()
    return Rating(**row) if row else None
