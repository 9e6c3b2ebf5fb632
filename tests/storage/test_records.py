"""Records, answers, prints and ratings as they are kept: once, in their order, and unchanged."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inspect_server.domain.rating import Rating
from inspect_server.domain.record import Answer, AnswerKind, Record, RecordDocument, RecordState, Side
from storage import footage, footage_amounts, records
from storage.engine import Database, Transaction
from tests.storage.records import Scene, a_segment, a_track, at, digest, new_id, seat, set_scene


def a_record(scene: Scene, version: int = 1, state: RecordState = RecordState.OFFERED) -> Record:
    return Record(
        id=new_id(),
        inspection_id=scene.inspection.id,
        part_id=scene.inspection.parts[0].id,
        version=version,
        state=state,
        content='{"笔录":1}',
        hash_alg="sha256",
        sha256=digest("text"),
        made_at=at(version),
        settled_at=None if state is RecordState.OFFERED else at(version + 1),
    )


def an_answer(record: Record, second: float = 1) -> Answer:
    return Answer(
        id=new_id(),
        record_id=record.id,
        side=Side.OFFICE,
        kind=AnswerKind.SIGNATURE,
        author="user:1",
        signer_name="陈静",
        certificate_number="A-0417",
        reason="",
        objection="",
        evidence_id=None,
        answered_at=at(second),
        address="192.0.2.7",
        device="",
    )


def a_document(record: Record) -> RecordDocument:
    return RecordDocument(record.id, f"records/{record.id}.pdf", 12, "sha256", digest("pdf"), at(3))


async def store_all(tx: Transaction) -> tuple[Scene, Record]:
    """One row in each of the four tables."""
    scene = await set_scene(tx)
    record = a_record(scene)
    await records.add(tx, record)
    await records.add_answer(tx, an_answer(record))
    await records.document_once(tx, a_document(record))
    await records.rate_once(tx, await a_rating(tx, scene))
    return scene, record


async def a_rating(tx: Transaction, scene: Scene) -> Rating:
    participant = await seat(tx, scene)
    return Rating(new_id(), scene.inspection.id, participant.id, 5, 4, 3, 2, 1, "很快", at(9))


async def test_the_newest_version_of_each_part_counts(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        assert await records.next_version(tx, scene.inspection.parts[0].id) == 1
        first, second = a_record(scene, 1, RecordState.VOID), a_record(scene, 2)
        for each in (second, first):
            await records.add(tx, each)
        assert await records.newest_of(tx, scene.inspection.id) == {second.part_id: second}
        assert await records.find(tx, first.id) == first
        assert await records.find(tx, "none") is None
        assert await records.next_version(tx, second.part_id) == 3
        sealed = replace(second, state=RecordState.REFUSED, settled_at=at(9))
        await records.set_state(tx, sealed)
        assert await records.find(tx, second.id) == sealed


async def test_answers_come_back_in_order_of_time(database: Database) -> None:
    async with database.transaction() as tx:
        record = a_record(await set_scene(tx))
        await records.add(tx, record)
        late, early = an_answer(record, 7), an_answer(record, 2)
        for each in (late, early):
            await records.add_answer(tx, each)
        assert await records.answers_to(tx, [record.id, "none"]) == {record.id: [early, late]}
        assert await records.answer(tx, late.id) == late


async def test_only_sealed_records_wait_for_a_print_and_the_first_one_counts(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        kept = {state: a_record(scene, number, state) for number, state in enumerate(RecordState, start=1)}
        for each in kept.values():
            await records.add(tx, each)
        waiting = [kept[RecordState.SIGNED], kept[RecordState.REFUSED]]
        assert await records.unprinted(tx, limit=9) == waiting
        assert await records.unprinted(tx, limit=1) == waiting[:1]
        document = a_document(waiting[0])
        assert await records.document_once(tx, document) == (document, True)
        assert await records.document_once(tx, replace(document, sha256=digest("other"))) == (document, False)
        assert await records.unprinted(tx, limit=9) == waiting[1:]
        assert await records.documents_of(tx, [each.id for each in waiting]) == {waiting[0].id: document}


async def test_an_inspection_is_rated_once(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        rating = await a_rating(tx, scene)
        assert await records.rating_of(tx, scene.inspection.id) is None
        assert await records.rate_once(tx, rating) == (rating, True)
        assert await records.rate_once(tx, replace(rating, id=new_id(), overall=1)) == (rating, False)
        assert await records.rating_of(tx, scene.inspection.id) == rating


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records SET content = 'other'",
        "UPDATE records SET sha256 = 'other', state = 'void'",
        "DELETE FROM records",
        "UPDATE record_answers SET reason = 'other'",
        "DELETE FROM record_answers",
        "UPDATE record_documents SET sha256 = 'other'",
        "DELETE FROM record_documents",
        "UPDATE ratings SET overall = 1",
        "DELETE FROM ratings",
    ],
)
async def test_the_database_refuses_to_change_them(database: Database, change: str) -> None:
    async with database.transaction() as tx:
        await store_all(tx)
    with pytest.raises(IntegrityError, match=r"append-only|kept-as-offered"):
        async with database.transaction() as tx:
            await tx.execute(text(change))


async def test_the_head_of_each_epoch_is_its_newest_segment(database: Database) -> None:
    async with database.transaction() as tx:
        scene = await set_scene(tx)
        track = await a_track(tx, scene)
        segments = []
        for epoch in range(2):
            await footage.begin_epoch(tx, track.id, began_at=at(epoch * 10), preceded_by=None)
            segments.append([a_segment(track.id, epoch, sequence) for sequence in range(3)])
            for segment in segments[epoch]:
                await footage.add_segment(tx, segment)
        heads = await footage_amounts.chain_heads(tx, scene.inspection.id)
        assert heads == {track.id: [each[-1].sha256 for each in segments]}
        assert await footage_amounts.chain_heads(tx, "none") == {}
