"""Sign-in: passwords, back-off, and how long a browser is remembered."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher

from inspect_server.domain.errors import NotSignedIn, TooManyAttempts, WrongCredentials
from inspect_server.services.passwords import MAX_IN_LINE, Passwords
from inspect_server.services.signing_in import forget_old_sign_ins, resume_sign_in, sign_in, sign_out
from storage import audit, people
from tests.services.office import ADDRESS, PASSWORD, Office


class CountingHasher(PasswordHasher):
    """Real argon2 that counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the library's own name
        self.verified += 1
        return super().verify(hash, password)


async def fail(office: Office, name: str = "inspector", *, times: int = 1, address: str = ADDRESS) -> None:
    for _ in range(times):
        with pytest.raises(WrongCredentials):
            await sign_in(office.context, name, "wrong", address=address)


async def test_the_right_password_opens_and_the_cookie_is_recognised(office: Office) -> None:
    token, signed_in = await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    assert signed_in.user == office.inspector.user
    assert signed_in.organisation_name == office.food.name
    assert await resume_sign_in(office.context, token) == signed_in


@pytest.mark.parametrize("name", ["inspector", "nobody", "INSPECTOR", ""])
async def test_a_wrong_name_and_a_wrong_password_cannot_be_told_apart(office: Office, name: str) -> None:
    hasher = CountingHasher()
    context = replace(office.context, passwords=Passwords(hasher))
    with pytest.raises(WrongCredentials) as refused:
        await sign_in(context, name, "wrong", address=ADDRESS)
    assert (refused.value.detail, refused.value.params) == ("", {})
    assert hasher.verified == 1


async def test_an_inactive_user_has_no_right_password(office: Office) -> None:
    async with office.context.database.transaction() as tx:
        await people.set_active(tx, office.inspector.user.id, active=False)
    with pytest.raises(WrongCredentials):
        await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)


async def test_deactivating_a_user_ends_the_sign_in(office: Office) -> None:
    token, _ = await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    async with office.context.database.transaction() as tx:
        await people.set_active(tx, office.inspector.user.id, active=False)
    with pytest.raises(NotSignedIn):
        await resume_sign_in(office.context, token)


async def test_repeated_failures_make_the_name_wait_even_with_the_right_password(office: Office) -> None:
    await fail(office, times=5)
    with pytest.raises(TooManyAttempts) as refused:
        await sign_in(office.context, "inspector", PASSWORD, address="198.51.100.1")
    assert refused.value.params == {"retry_after_s": 2}
    office.clock.advance(seconds=2)
    await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)


async def test_the_wait_doubles_up_to_a_quarter_of_an_hour(office: Office) -> None:
    await fail(office, times=5)
    waits = []
    for _ in range(12):
        with pytest.raises(TooManyAttempts) as refused:
            await sign_in(office.context, "inspector", "wrong", address="198.51.100.1")
        waits.append(int(refused.value.params["retry_after_s"]))
        office.clock.advance(seconds=waits[-1])
        with pytest.raises(WrongCredentials):
            await sign_in(office.context, "inspector", "wrong", address=f"198.51.100.{len(waits)}")
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert waits[-1] == 900


async def test_an_attempt_that_is_refused_is_not_counted(office: Office) -> None:
    await fail(office, times=5)
    for _ in range(20):
        with pytest.raises(TooManyAttempts):
            await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    office.clock.advance(seconds=2)
    await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)


async def test_success_clears_the_names_failures(office: Office) -> None:
    await fail(office, times=4)
    await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    await fail(office, times=4)
    await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)


async def test_an_address_that_tries_many_names_has_to_wait(office: Office) -> None:
    for number in range(21):
        await fail(office, f"guess-{number}")
    with pytest.raises(TooManyAttempts):
        await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    await sign_in(office.context, "inspector", PASSWORD, address="198.51.100.1")


async def test_an_office_behind_one_address_may_sign_in_as_often_as_it_likes(office: Office) -> None:
    for _ in range(40):
        await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)


async def test_a_hundred_guesses_at_once_gain_nothing(office: Office) -> None:
    hasher = CountingHasher()
    context = replace(office.context, passwords=Passwords(hasher))
    outcomes = await asyncio.gather(
        *(sign_in(context, "inspector", f"guess {n}", address=f"198.51.100.{n}") for n in range(100)),
        return_exceptions=True,
    )
    assert hasher.verified == 5
    assert sum(isinstance(outcome, TooManyAttempts) for outcome in outcomes) == 95


async def test_an_address_that_tries_many_names_at_once_gains_nothing(office: Office) -> None:
    hasher = CountingHasher()
    context = replace(office.context, passwords=Passwords(hasher))
    guesses = (sign_in(context, f"guess-{n}", "wrong", address=ADDRESS) for n in range(50))
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert hasher.verified == 21
    assert sum(isinstance(outcome, TooManyAttempts) for outcome in outcomes) == 29


async def test_many_who_try_many_names_make_no_endless_line(office: Office) -> None:
    hasher = CountingHasher()
    context = replace(office.context, passwords=Passwords(hasher))
    guesses = (sign_in(context, f"guess-{n}", "wrong", address=f"198.51.100.{n}") for n in range(MAX_IN_LINE + 20))
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert hasher.verified == MAX_IN_LINE
    assert sum(isinstance(outcome, TooManyAttempts) for outcome in outcomes) == 20
    await sign_in(context, "inspector", PASSWORD, address=ADDRESS)


async def test_a_weaker_hash_is_replaced_at_the_next_sign_in(office: Office) -> None:
    stronger = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
    context = replace(office.context, passwords=Passwords(stronger))
    await sign_in(context, "inspector", PASSWORD, address=ADDRESS)
    async with office.context.database.reading() as tx:
        stored = await people.credentials(tx, "inspector")
    assert stored is not None
    assert not stronger.check_needs_rehash(stored.password_hash)
    await sign_in(context, "inspector", PASSWORD, address=ADDRESS)


async def test_a_sign_in_is_over_after_its_time(office: Office) -> None:
    token, _ = await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    office.clock.advance(hours=11, minutes=59)
    await resume_sign_in(office.context, token)
    office.clock.advance(minutes=1)
    with pytest.raises(NotSignedIn):
        await resume_sign_in(office.context, token)


async def test_signing_out_ends_this_browser_only(office: Office) -> None:
    here, signed_in = await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    there, _ = await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    await sign_out(office.context, signed_in, address=ADDRESS)
    with pytest.raises(NotSignedIn):
        await resume_sign_in(office.context, here)
    await resume_sign_in(office.context, there)


@pytest.mark.parametrize("spoil", [str.upper, lambda token: token[:-1], lambda token: token + "A", lambda _: "x"])
async def test_another_token_is_nobody(office: Office, spoil: Callable[[str], str]) -> None:
    token, _ = await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    with pytest.raises(NotSignedIn):
        await resume_sign_in(office.context, spoil(token))


async def test_good_and_bad_attempts_are_audited_without_the_password(office: Office) -> None:
    await fail(office)
    await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    subject = f"user:{office.inspector.user.id}"
    assert ("system", "sign_in.refused") in await office.audited(subject)
    assert (subject, "sign_in.begun") in await office.audited(subject)
    async with office.context.database.reading() as tx:
        events: list[Any] = list(await audit.newest(tx, limit=1000))
    assert not [event for event in events if PASSWORD in repr(event) or "wrong" in repr(event)]


async def test_housekeeping_forgets_failures_after_an_hour_and_keeps_running_sign_ins(office: Office) -> None:
    token, _ = await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    await fail(office, "reviewer", times=5)
    office.clock.advance(hours=1)
    await forget_old_sign_ins(office.context)
    await resume_sign_in(office.context, token)
    await sign_in(office.context, "reviewer", PASSWORD, address=ADDRESS)


async def test_each_sign_in_has_a_csrf_token_of_its_own(office: Office) -> None:
    first, one = await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    second, other = await sign_in(office.context, "inspector", PASSWORD, address=ADDRESS)
    assert len({first, second, one.csrf_token, other.csrf_token}) == 4
    assert office.context.options.sign_in_valid_for == timedelta(hours=12)
