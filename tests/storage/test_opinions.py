"""Opinions as they are kept: whole, in their order, once each, and never changed."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from inspect_server.domain.opinions import Opinion
from storage import opinions, participants
from storage.engine import Database, Transaction
from tests.storage.records import Scene, a_participant, at, new_id, set_scene


async def set_up(tx: Transaction) -> Callable[..., Opinion]:
    """A scene with somebody in the seat; returns what makes an opinion of theirs."""
    scene = await set_scene(tx)
    seated = a_participant(scene.inspection, invitation=scene.invitation)
    await participants.join_once(tx, seated)
    return partial(an_opinion, scene, seated.id)


def an_opinion(scene: Scene, participant_id: str, second: float = 0) -> Opinion:
    return Opinion(
        id=new_id(),
        inspection_id=scene.inspection.id,
        part_id=scene.inspection.parts[0].id,
        checklist_item_id=scene.version.checklist[0].id,
        participant_id=participant_id,
        author_name="周教授",
        text="标签可以看清，仪器在检定有效期内",
        given_at=at(second),
    )


async def test_opinions_come_back_in_the_order_in_which_they_came(database: Database) -> None:
    async with database.transaction() as tx:
        written = await set_up(tx)
        later, earlier = written(5), written(1)
        for each in (later, earlier):
            assert await opinions.add_once(tx, each) == (each, True)
        assert await opinions.opinions_of(tx, later.inspection_id) == [earlier, later]
        assert await opinions.opinions_of(tx, "none") == []
        assert (await opinions.opinion(tx, later.id), await opinions.opinion(tx, "none")) == (later, None)


async def test_one_id_is_stored_once_as_it_was_first(database: Database) -> None:
    async with database.transaction() as tx:
        first = (await set_up(tx))()
        await opinions.add_once(tx, first)
        assert await opinions.add_once(tx, replace(first, text="另一条")) == (first, False)


@pytest.mark.parametrize("change", ["UPDATE opinions SET text = 'x'", "DELETE FROM opinions"])
async def test_the_database_refuses_to_change_them(database: Database, change: str) -> None:
    async with database.transaction() as tx:
        await opinions.add_once(tx, (await set_up(tx))())
    with pytest.raises(IntegrityError, match="append-only"):
        async with database.transaction() as tx:
            await tx.execute(text(change))
