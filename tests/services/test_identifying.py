"""Who a guest is, through the services: codes that expire, run out and cannot be read from the database."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from inspect_server.domain.errors import (
    BadRequest,
    CodeExpired,
    CodesNotSent,
    CodeWrong,
    InspectionEnded,
    MessageNotSent,
    TooManyAttempts,
)
from inspect_server.domain.identifying import IdentityMethod
from inspect_server.domain.inviting import CONSENT_TEXT_VERSION
from inspect_server.services import arrivals, identifying, inspecting, inviting
from inspect_server.services.arrivals import Arrival
from inspect_server.services.context import Guest
from inspect_server.services.inviting import IdentityClaim
from storage import arrivals as kept
from tests.services.office import ADDRESS, Office

PHONE = "13800001234"


@dataclass
class Pocket:
    """The phone that codes are sent to."""

    codes: list[str] = field(default_factory=list)
    broken: bool = False

    async def send_code(self, phone: str, code: str, *, valid_minutes: int) -> str | None:
        if self.broken:
            raise MessageNotSent(reason="HTTP 500")
        assert (phone, valid_minutes) == (PHONE, 5)
        self.codes.append(code)
        return None


@dataclass
class Door:
    """An office whose messages arrive, and one guest with a link."""

    office: Office
    pocket: Pocket
    inspection_id: str
    token: str

    @property
    def guest(self) -> Guest:
        return Guest(self.token, ADDRESS)

    async def send(self) -> str:
        await identifying.send_code(self.office.context, self.guest, PHONE)
        return self.pocket.codes[-1]

    async def accept(self, claim: IdentityClaim) -> None:
        await inviting.accept_invitation(
            self.office.context,
            self.token,
            display_name="王强",
            consent=True,
            consent_text_version=CONSENT_TEXT_VERSION,
            address=ADDRESS,
            claim=claim,
        )

    async def arrival(self) -> Arrival:
        found = await arrivals.show_arrivals(self.office.context, self.office.inspector, self.inspection_id)
        (arrival,) = found.guests
        return arrival


@pytest.fixture
async def door(office: Office) -> Door:
    pocket = Pocket()
    told = replace(office, context=replace(office.context, notifier=pocket))
    inspection_id = await told.open_inspection()
    _, token = await told.invite(inspection_id)
    return Door(told, pocket, inspection_id, token)


async def test_the_code_that_came_to_the_phone_proves_it(door: Door) -> None:
    code = await door.send()
    assert len(code) == 6
    assert code.isdigit()
    await door.accept(IdentityClaim(job="店长", phone=PHONE, code=code, device="Chrome"))
    arrival = await door.arrival()
    assert arrival.identity is not None
    assert (arrival.identity.method, arrival.identity.phone, arrival.identity.job) == (
        IdentityMethod.PHONE_CODE,
        PHONE,
        "店长",
    )
    assert arrival.consent is not None
    assert (arrival.consent.given_at, arrival.consent.address, arrival.consent.device) == (
        door.office.clock(),
        ADDRESS,
        "Chrome",
    )


async def test_the_answer_that_was_lost_on_its_way_is_asked_for_again(door: Door) -> None:
    claim = IdentityClaim(phone=PHONE, code=await door.send())
    await door.accept(claim)
    await door.accept(claim)
    assert (await door.arrival()).identity is not None


async def test_a_wrong_code_says_how_often_one_may_still_try_and_five_are_too_many(door: Door) -> None:
    code = await door.send()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(CodeWrong) as refused:
            await door.accept(IdentityClaim(phone=PHONE, code=wrong))
        assert refused.value.params == {"attempts_left": left}
    with pytest.raises(CodeExpired):
        await door.accept(IdentityClaim(phone=PHONE, code=code))
    assert (await inviting.open_invitation(door.office.context, door.token)).seated is None


async def test_a_code_is_good_for_five_minutes_and_for_its_own_phone(door: Door) -> None:
    with pytest.raises(CodeExpired):
        await door.accept(IdentityClaim(phone=PHONE, code="123456"))
    code = await door.send()
    with pytest.raises(CodeExpired):
        await door.accept(IdentityClaim(phone="13900000000", code=code))
    door.office.clock.advance(minutes=5)
    with pytest.raises(CodeExpired):
        await door.accept(IdentityClaim(phone=PHONE, code=code))
    door.office.clock.advance(seconds=1)
    await identifying.forget_old_codes(door.office.context)
    offer = await inviting.open_invitation(door.office.context, door.token)
    async with door.office.context.database.reading() as tx:
        assert await kept.code(tx, offer.invitation.id) is None


async def test_a_new_code_voids_the_one_before(door: Door) -> None:
    first = await door.send()
    second = await door.send()
    if first != second:
        with pytest.raises(CodeWrong):
            await door.accept(IdentityClaim(phone=PHONE, code=first))
    await door.accept(IdentityClaim(phone=PHONE, code=second))


async def test_nobodys_phone_is_flooded_through_one_link_or_through_many(door: Door) -> None:
    await door.send()
    await door.send()
    with pytest.raises(TooManyAttempts) as refused:
        await door.send()
    assert refused.value.params == {"retry_after_s": 30}
    _, another = await door.office.invite(door.inspection_id)
    with pytest.raises(TooManyAttempts):
        await identifying.send_code(door.office.context, Guest(another, "198.51.100.1"), PHONE)
    door.office.clock.advance(seconds=30)
    await door.send()


async def test_the_database_alone_does_not_tell_the_code(door: Door) -> None:
    code = await door.send()
    offer = await inviting.open_invitation(door.office.context, door.token)
    async with door.office.context.database.reading() as tx:
        stored = await kept.code(tx, offer.invitation.id)
    assert stored is not None
    assert code not in repr(stored)
    guesses = (hashlib.sha256(f"{prefix}{code}".encode()).hexdigest() for prefix in ("", f"{PHONE}:", f":{PHONE}:"))
    assert stored.code_sha256 not in set(guesses)


async def test_a_message_that_does_not_go_out_is_said(door: Door) -> None:
    door.pocket.broken = True
    with pytest.raises(MessageNotSent):
        await door.send()
    nothing = replace(door.office.context, notifier=None)
    with pytest.raises(CodesNotSent):
        await identifying.send_code(nothing, door.guest, PHONE)
    assert (await inviting.open_invitation(nothing, door.token)).can_send_codes is False


async def test_somebody_elses_or_no_photo_proves_nothing(door: Door) -> None:
    await door.accept(IdentityClaim(job="店长", phone=PHONE))
    with pytest.raises(BadRequest):
        await identifying.identify_by_photo(door.office.context, door.guest, "no such evidence")
    arrival = await door.arrival()
    assert arrival.identity is not None
    assert arrival.identity.method is None


async def test_what_cannot_be_proved_is_left_to_the_inspector_and_takes_nothing_back(door: Door) -> None:
    await door.accept(IdentityClaim(job="店长", phone=PHONE))
    assert (await identifying.identify_in_call(door.office.context, door.guest)).method is IdentityMethod.IN_CALL
    await door.accept(IdentityClaim(job="店长", phone=PHONE, code=await door.send()))
    assert (await identifying.identify_in_call(door.office.context, door.guest)).method is IdentityMethod.PHONE_CODE


async def test_another_phone_has_to_be_proved_anew(door: Door) -> None:
    await door.accept(IdentityClaim(phone=PHONE, code=await door.send()))
    await door.accept(IdentityClaim(phone="13900000000"))
    arrival = await door.arrival()
    assert arrival.identity is not None
    assert (arrival.identity.phone, arrival.identity.method) == ("13900000000", None)


async def test_each_consent_is_kept_with_its_time(door: Door) -> None:
    await door.accept(IdentityClaim(device="old phone"))
    door.office.clock.advance(minutes=1)
    await door.accept(IdentityClaim(device="new phone"))
    async with door.office.context.database.reading() as tx:
        consents = await kept.consents_of(tx, door.inspection_id)
    assert [each.device for each in consents] == ["old phone", "new phone"]
    assert consents[1].given_at - consents[0].given_at == timedelta(minutes=1)


async def test_after_the_end_no_code_is_sent(door: Door) -> None:
    await inspecting.end_inspection(door.office.context, door.office.inspector, door.inspection_id)
    with pytest.raises(InspectionEnded):
        await door.send()
