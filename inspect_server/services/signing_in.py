"""Signing in and out, and recognising who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from inspect_server.domain.attempts import PER_ADDRESS, PER_NAME, wait_s
from inspect_server.domain.errors import NotSignedIn, TooManyAttempts, WrongCredentials
from inspect_server.domain.people import User
from inspect_server.services.auditing import SYSTEM, record
from inspect_server.services.context import ServiceContext, fingerprint
from storage import people, sign_ins

TOUCH_EVERY = timedelta(minutes=5)
"""``last_seen_at`` is no finer than this: not every request should write."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A recognised sign-in."""

    sign_in_id: str
    user: User
    organisation_name: str
    csrf_token: str


async def sign_in(context: ServiceContext, name: str, password: str, *, address: str) -> tuple[str, SignedIn]:
    """Check name and password.

    Returns:
        The token for the cookie, and who that is.

    Raises:
        TooManyAttempts: too many wrong passwords for this name or from this address, or too many who sign in just now;
            nothing was checked.
        WrongCredentials: the name is unknown or inactive, or the password wrong; which is not told.
    """
    with context.passwords.place_in_line():
        await _admit_attempt(context, name, address)
        async with context.database.reading() as tx:
            credentials = await people.credentials(tx, name)
        user = credentials.user if credentials and credentials.user.active else None
        known_hash = credentials.password_hash if credentials and user else None
        right = await context.passwords.verify(known_hash, password)
    if not right or user is None or known_hash is None:
        await _note_failure(context, name, user, address)
        raise WrongCredentials
    new_hash = await context.passwords.hash(password) if context.passwords.needs_rehash(known_hash) else None
    return await _begin(context, user, new_hash, name=name, address=address)


async def resume_sign_in(context: ServiceContext, token: str) -> SignedIn:
    """Who is signed in with this cookie.

    Raises:
        NotSignedIn: unknown, signed out or over.
    """
    now = context.now()
    async with context.database.reading() as tx:
        found = await sign_ins.valid_sign_in(tx, fingerprint(token), now=now)
        if found is None:
            raise NotSignedIn
        known, user = found
        organisation = await people.organisation(tx, user.organisation_id)
    if now - known.last_seen_at >= TOUCH_EVERY:
        async with context.database.transaction() as tx:
            await sign_ins.touch(tx, known.id, now=now)
    return SignedIn(known.id, user, organisation.name if organisation else "", known.csrf_token)


async def sign_out(context: ServiceContext, signed_in: SignedIn, *, address: str) -> None:
    """End this sign-in; those of other browsers go on."""
    user = signed_in.user
    async with context.database.transaction() as tx:
        await sign_ins.revoke(tx, signed_in.sign_in_id, now=context.now())
        await record(
            context,
            tx,
            f"user:{user.id}",
            "sign_in.ended",
            f"user:{user.id}",
            organisation_path=user.organisation_path,
            address=address,
        )


async def forget_old_sign_ins(context: ServiceContext) -> None:
    """Housekeeping: delete what can no longer be used."""
    now = context.now()
    async with context.database.transaction() as tx:
        await sign_ins.forget_expired(tx, before=now - timedelta(days=30))
        await sign_ins.forget_failures(tx, before=now - max(PER_NAME.forget_after, PER_ADDRESS.forget_after))


async def _admit_attempt(context: ServiceContext, name: str, address: str) -> None:
    """Count the attempt against name and address before it is checked, so that a hundred at once gain nothing."""
    now = context.now()
    # Locked in one order, so that two at once never wait for each other.
    rules = ((_by_address(address), PER_ADDRESS), (_by_name(name), PER_NAME))
    async with context.database.transaction() as tx:
        wait = max([wait_s(await sign_ins.lock_failures(tx, counter, now=now), rule, now) for counter, rule in rules])
        if wait:
            raise TooManyAttempts(retry_after_s=wait)
        for counter, rule in rules:
            await sign_ins.count_failure(tx, counter, now=now, forget_after=rule.forget_after)


async def _note_failure(context: ServiceContext, name: str, user: User | None, address: str) -> None:
    async with context.database.transaction() as tx:
        await record(
            context,
            tx,
            SYSTEM,
            "sign_in.refused",
            f"user:{user.id if user else 'unknown'}",
            organisation_path=user.organisation_path if user else "",
            address=address,
            details={"name": name},
        )


async def _begin(
    context: ServiceContext, user: User, new_hash: str | None, *, name: str, address: str
) -> tuple[str, SignedIn]:
    now, token = context.now(), context.new_token()
    begun = sign_ins.SignIn(
        id=context.new_id(),
        token_sha256=fingerprint(token),
        user_id=user.id,
        csrf_token=context.new_token(),
        remote_address=address[:64],
        created_at=now,
        last_seen_at=now,
        expires_at=now + context.options.sign_in_valid_for,
        revoked_at=None,
    )
    async with context.database.transaction() as tx:
        if new_hash:
            await people.set_password_hash(tx, user.id, new_hash)
        await sign_ins.take_back_failure(tx, _by_address(address))
        await sign_ins.clear_failures(tx, _by_name(name))
        await sign_ins.add(tx, begun)
        organisation = await people.organisation(tx, user.organisation_id)
        await record(
            context,
            tx,
            f"user:{user.id}",
            "sign_in.begun",
            f"user:{user.id}",
            organisation_path=user.organisation_path,
            address=address,
        )
    return token, SignedIn(begun.id, user, organisation.name if organisation else "", begun.csrf_token)


def _by_name(name: str) -> str:
    return f"name:{name}"


def _by_address(address: str) -> str:
    return f"address:{address}"
