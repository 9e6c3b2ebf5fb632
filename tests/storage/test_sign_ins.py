"""Sign-ins and failed attempts."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from inspect_server.domain.attempts import Failures
from inspect_server.domain.people import User
from storage import people, sign_ins
from storage.engine import Database, Transaction
from storage.sign_ins import SignIn
from tests.storage.records import NOW, at, digest, new_id, set_scene

HOUR = timedelta(hours=1)


async def a_sign_in(tx: Transaction, user: User, token: str = "token") -> SignIn:
    sign_in = SignIn(
        id=new_id(),
        token_sha256=digest(token),
        user_id=user.id,
        csrf_token="csrf",
        remote_address="192.0.2.7",
        created_at=NOW,
        last_seen_at=NOW,
        expires_at=at(3600),
        revoked_at=None,
    )
    await sign_ins.add(tx, sign_in)
    return sign_in


async def test_a_sign_in_is_found_by_its_token_until_it_expires(database: Database) -> None:
    async with database.transaction() as tx:
        user = (await set_scene(tx)).inspector
        sign_in = await a_sign_in(tx, user)
        assert await sign_ins.valid_sign_in(tx, digest("token"), now=at(3599.9)) == (sign_in, user)
        assert await sign_ins.valid_sign_in(tx, digest("token"), now=at(3600)) is None
        assert await sign_ins.valid_sign_in(tx, digest("other"), now=NOW) is None
        await sign_ins.touch(tx, sign_in.id, now=at(5))
        found = await sign_ins.valid_sign_in(tx, digest("token"), now=at(5))
        assert found == (replace(sign_in, last_seen_at=at(5)), user)


async def test_a_revoked_sign_in_and_an_inactive_user_are_out(database: Database) -> None:
    async with database.transaction() as tx:
        scene, other = await set_scene(tx), await set_scene(tx)
        here = await a_sign_in(tx, scene.inspector, "here")
        await a_sign_in(tx, scene.inspector, "there")
        await a_sign_in(tx, other.inspector, "other")
        await sign_ins.revoke(tx, here.id, now=at(1))
        assert await sign_ins.valid_sign_in(tx, digest("here"), now=at(1)) is None
        assert await sign_ins.valid_sign_in(tx, digest("there"), now=at(1)) is not None
        await sign_ins.revoke_all_of(tx, scene.inspector.id, now=at(2))
        assert await sign_ins.valid_sign_in(tx, digest("there"), now=at(2)) is None
        assert await sign_ins.valid_sign_in(tx, digest("other"), now=at(2)) is not None
        await people.set_active(tx, other.inspector.id, active=False)
        assert await sign_ins.valid_sign_in(tx, digest("other"), now=at(2)) is None


async def test_expired_sign_ins_are_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        await a_sign_in(tx, (await set_scene(tx)).inspector)
        assert await sign_ins.forget_expired(tx, before=at(3600)) == 0
        assert await sign_ins.forget_expired(tx, before=at(3601)) == 1


async def test_failures_at_once_are_all_counted(database: Database) -> None:
    async def fail() -> None:
        async with database.transaction() as tx:
            await sign_ins.count_failure(tx, "name:chen", now=NOW, forget_after=HOUR)

    await asyncio.gather(*(fail() for _ in range(10)))
    async with database.transaction() as tx:
        assert await sign_ins.lock_failures(tx, "name:chen", now=at(1)) == Failures(10, NOW)
        assert await sign_ins.lock_failures(tx, "address:192.0.2.7", now=at(1)) == Failures(0, at(1))


async def test_who_locks_a_counter_sees_what_those_before_have_counted(database: Database) -> None:
    seen: list[int] = []

    async def try_once() -> None:
        async with database.transaction() as tx:
            seen.append((await sign_ins.lock_failures(tx, "name:chen", now=NOW)).count)
            await sign_ins.count_failure(tx, "name:chen", now=NOW, forget_after=HOUR)

    await asyncio.gather(*(try_once() for _ in range(10)))
    assert seen == list(range(10))


async def test_failures_are_forgotten_an_hour_after_the_last(database: Database) -> None:
    async with database.transaction() as tx:
        for second in (0, 3599, 7198):
            counted = await sign_ins.count_failure(tx, "name:chen", now=at(second), forget_after=HOUR)
        assert counted == Failures(3, at(7198))
        anew = await sign_ins.count_failure(tx, "name:chen", now=at(7198 + 3600), forget_after=HOUR)
        assert anew == Failures(1, at(7198 + 3600))


async def test_the_right_password_clears_one_counter_and_time_the_others(database: Database) -> None:
    async with database.transaction() as tx:
        for counter, second in (("name:chen", 0), ("name:li", 10), ("address:192.0.2.7", 20)):
            await sign_ins.count_failure(tx, counter, now=at(second), forget_after=HOUR)
        await sign_ins.clear_failures(tx, "name:chen")
        assert await sign_ins.forget_failures(tx, before=at(20)) == 1
        assert await sign_ins.lock_failures(tx, "name:chen", now=at(30)) == Failures(0, at(30))
        assert await sign_ins.lock_failures(tx, "name:li", now=at(30)) == Failures(0, at(30))
        assert await sign_ins.lock_failures(tx, "address:192.0.2.7", now=at(30)) == Failures(1, at(20))


async def test_a_failure_that_was_none_is_taken_back_and_no_further(database: Database) -> None:
    async with database.transaction() as tx:
        await sign_ins.count_failure(tx, "address:192.0.2.7", now=NOW, forget_after=HOUR)
        for _ in range(2):
            await sign_ins.take_back_failure(tx, "address:192.0.2.7")
        assert await sign_ins.lock_failures(tx, "address:192.0.2.7", now=NOW) == Failures(0, NOW)
