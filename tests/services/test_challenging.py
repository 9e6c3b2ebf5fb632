"""Live challenges through the services: one at a time, answered by the code in the picture or by the inspector."""

import pytest

from inspect_server.domain.challenges import Challenge, Outcome, Task
from inspect_server.domain.errors import BadRequest, Conflict, NotAllowed, NotFound
from inspect_server.services import challenging, inviting, moments
from inspect_server.services.announcements import InspectionChanged, Topic
from inspect_server.services.context import Guest
from tests.services.office import ADDRESS, Office


class Call:
    """A guest in a call."""

    def __init__(self, office: Office, inspection_id: str, token: str, participant_id: str) -> None:
        self.office, self.inspection_id, self.participant_id = office, inspection_id, participant_id
        self.guest = Guest(token, ADDRESS)

    async def ask(self, challenge_id: str = "challenge-1", task: Task = Task.SHOW_QR) -> Challenge:
        return await challenging.ask(
            self.office.context,
            self.office.inspector,
            self.inspection_id,
            challenge_id,
            participant_id=self.participant_id,
            task=task,
        )

    async def see(self, *codes: str) -> Challenge | None:
        return await challenging.recognise(
            self.office.context, self.inspection_id, self.participant_id, codes, self.office.clock()
        )

    async def judge(self, challenge_id: str = "challenge-1", *, passed: bool = True) -> Challenge:
        return await challenging.judge(self.office.context, self.office.inspector, challenge_id, passed=passed)

    async def kinds(self) -> list[str]:
        noted = await moments.show_moments(self.office.context, self.office.inspector, self.inspection_id)
        return [moment.kind for moment in noted]


@pytest.fixture
async def call(office: Office) -> Call:
    inspection_id = await office.open_inspection()
    _, token = await office.invite(inspection_id)
    return Call(office, inspection_id, token, (await office.accept(token)).id)


async def test_the_code_in_the_picture_answers_it(call: Call) -> None:
    asked = await call.ask()
    shown = await challenging.own_challenge(call.office.context, call.guest)
    assert shown == asked
    assert await call.see("https://example.org", "WRONG7") is None
    call.office.clock.advance(seconds=20)
    seen = await call.see(asked.code)
    assert seen is not None
    assert seen.outcome is Outcome.SEEN
    assert await challenging.own_challenge(call.office.context, call.guest) == seen
    assert await call.kinds() == ["challenge.asked", "challenge.seen"]
    assert InspectionChanged(call.inspection_id, Topic.CHALLENGES) in call.office.announced


async def test_asking_and_judging_twice_is_once(call: Call) -> None:
    assert await call.ask() == await call.ask()
    call.office.clock.advance(seconds=5)
    assert await call.judge() == await call.judge()
    assert await call.kinds() == ["challenge.asked", "challenge.confirmed"]
    with pytest.raises(Conflict):
        await call.judge(passed=False)


async def test_one_at_a_time(call: Call) -> None:
    await call.ask("first-challenge")
    with pytest.raises(Conflict) as refused:
        await call.ask("second-challenge")
    assert refused.value.params == {"challenge_id": "first-challenge"}


async def test_its_time_runs_out_by_itself(call: Call) -> None:
    asked = await call.ask()
    call.office.clock.advance(minutes=4)
    assert await call.see(asked.code) is None
    (shown,) = await challenging.show_challenges(call.office.context, call.office.inspector, call.inspection_id)
    assert shown.outcome is Outcome.EXPIRED
    assert (await call.ask("another-challenge")).is_open


async def test_a_code_in_somebody_elses_picture_is_no_answer(call: Call) -> None:
    asked = await call.ask()
    other = await call.office.seat(call.inspection_id)
    found = await challenging.recognise(
        call.office.context, call.inspection_id, other.id, [asked.code], call.office.clock()
    )
    assert found is None


async def test_who_may_ask_whom(call: Call) -> None:
    office = call.office
    for actor, error in ((office.reviewer, NotAllowed), (office.stranger, NotFound)):
        with pytest.raises(error):
            await challenging.ask(
                office.context, actor, call.inspection_id, "x", participant_id=call.participant_id, task=Task.SHOW_QR
            )
    elsewhere = await office.seat(await office.open_inspection())
    with pytest.raises(BadRequest):
        await challenging.ask(
            office.context,
            office.inspector,
            call.inspection_id,
            "x",
            participant_id=elsewhere.id,
            task=Task.SHOW_QR,
        )


async def test_a_link_that_was_taken_back_shows_no_challenge(call: Call) -> None:
    await call.ask()
    seat = await inviting.open_invitation(call.office.context, call.guest.token)
    await inviting.revoke_invitation(call.office.context, call.office.inspector, seat.invitation.id)
    with pytest.raises(Exception, match="invitation_revoked"):
        await challenging.own_challenge(call.office.context, call.guest)
