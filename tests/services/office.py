"""An office with people, a neighbour and cases, reached through the real services; only the clock is set by hand."""

import hashlib
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher

from inspect_server.domain.catalogue import PermitItemVersion
from inspect_server.domain.footage import Epoch, GapReason, Segment, SegmentKind
from inspect_server.domain.inspections import InspectionKind, Participant, ParticipantRole
from inspect_server.domain.inviting import CONSENT_TEXT_VERSION
from inspect_server.domain.people import Organisation, Role, User
from inspect_server.services import admitting, calling, cases, inspecting, inviting, keeping_footage, staffing
from inspect_server.services.announcements import Announcement
from inspect_server.services.context import Actor, ServiceContext
from inspect_server.services.passwords import Passwords
from storage import audit, catalogue, footage_amounts
from storage.engine import Database
from storage.objects import ObjectStore
from tests.storage.records import NOW, a_version

PASSWORD = "correct horse"
ADDRESS = "192.0.2.7"


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **by: float) -> None:
        self.time += timedelta(**by)


@dataclass
class Office:
    """``city`` has the department ``food``; ``neighbour`` is another root. People act through their ``Actor``."""

    context: ServiceContext
    clock: HandClock
    announced: list[Announcement]
    city: Organisation
    food: Organisation
    neighbour: Organisation
    people: dict[str, Actor]
    permit_item: PermitItemVersion

    def __getattr__(self, name: str) -> Actor:
        """``office.inspector`` and so on."""
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    async def open_case(self, by: str = "inspector", *, name: str = "老街面馆", external_id: str | None = None) -> str:
        draft = cases.CaseDraft(self.permit_item.permit_item_id, name, external_id=external_id)
        return (await cases.open_case(self.context, self.people[by], draft)).case.id

    async def open_inspection(self, by: str = "inspector") -> str:
        case_id = await self.open_case(by)
        opened = await inspecting.open_inspection(self.context, self.people[by], case_id, InspectionKind.INITIAL)
        return opened.inspection.id

    async def invite(
        self, inspection_id: str, role: ParticipantRole = ParticipantRole.ENTERPRISE, **how: timedelta
    ) -> tuple[str, str]:
        """Id and token of a new invitation."""
        made = await inviting.invite(self.context, self.people["inspector"], inspection_id, role, **how)
        return made.invitation.id, made.link.partition("#")[2]

    async def accept(self, token: str, name: str = "王强") -> Participant:
        return await inviting.accept_invitation(
            self.context,
            token,
            display_name=name,
            consent=True,
            consent_text_version=CONSENT_TEXT_VERSION,
            address=ADDRESS,
        )

    async def seat(self, inspection_id: str, role: ParticipantRole = ParticipantRole.ENTERPRISE) -> Participant:
        """Somebody who accepted, was admitted and entered."""
        _, token = await self.invite(inspection_id, role)
        await self.admit(await self.accept(token))
        return await self.enter((await calling.ticket_for_invited(self.context, token)).token)

    async def admit(self, guest: Participant) -> None:
        await admitting.admit(self.context, self.people["inspector"], guest.inspection_id, guest.id)

    async def enter(self, ticket: str) -> Participant:
        return (await calling.enter(self.context, ticket, address=ADDRESS, require_seat=lambda _: None)).participant

    async def begin_epoch(self, participant_id: str, known_end: GapReason | None = None) -> Epoch:
        return await calling.begin_publishing(
            self.context, participant_id, known_end=known_end, server_started_at=NOW - timedelta(hours=1)
        )

    async def store_footage(
        self, epoch: Epoch, seconds: int, *, started_at: datetime | None = None, lost: Collection[int] = ()
    ) -> list[Segment]:
        """An init segment and media of 4 s each, in the object store and in the index, but for the ``lost`` numbers."""
        segments: list[Segment] = []
        start = started_at or self.clock()
        for sequence in range(1 + seconds // 4):
            data = f"{epoch.track_id}/{epoch.number}/{sequence}/".encode() * 50
            segment = _segment(epoch, sequence, data, start, segments[-1].sha256 if segments else "")
            segments.append(segment)
            if sequence in lost:
                continue
            await self._put(segment.object_key, data)
            await keeping_footage.keep_segment(self.context, segment)
        return segments

    async def count_footage(self, inspection_id: str) -> int:
        """How many segments are stored of it, init ones too."""
        async with self.context.database.reading() as tx:
            stored = await footage_amounts.epochs_of_inspection(tx, inspection_id)
        return sum(each.segment_count for each in stored)

    async def audited(self, subject: str) -> list[tuple[str, str]]:
        """Actor and action of the events about a thing, oldest first."""
        async with self.context.database.reading() as tx:
            return [(event.actor, event.action) for event in await audit.events_about(tx, subject)]

    async def count_audited(self) -> int:
        async with self.context.database.reading() as tx:
            return len(await audit.newest(tx, limit=10_000))

    async def _put(self, key: str, data: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "segment"
            path.write_bytes(data)
            await self.context.objects.put(key, path, sha256=hashlib.sha256(data).hexdigest())


@dataclass(frozen=True)
class Founding:
    """What an office consists of, once it is stored."""

    city: Organisation
    food: Organisation
    neighbour: Organisation
    people: dict[str, Actor]
    permit_item: PermitItemVersion


async def found_office(database: Database, objects: ObjectStore) -> Founding:
    """Set an office up through the services, as an operator would."""
    context = _context(database, objects, HandClock(), [])
    city = await staffing.add_organisation(context, name="市行政审批服务局")
    food = await staffing.add_organisation(context, name="食品科", parent_id=city.id)
    neighbour = await staffing.add_organisation(context, name="邻市行政审批服务局")
    wanted: dict[str, tuple[Organisation, Role]] = {
        "administrator": (city, Role.ADMINISTRATOR),
        "inspector": (food, Role.INSPECTOR),
        "colleague": (food, Role.INSPECTOR),
        "reviewer": (city, Role.REVIEWER),
        "stranger": (neighbour, Role.INSPECTOR),
    }
    people: dict[str, Actor] = {}
    for name, (organisation, role) in wanted.items():
        people[name] = Actor(await _add_user(context, organisation, name, role), ADDRESS)
    version = a_version("food")
    async with database.transaction() as tx:
        await catalogue.add_version(tx, version)
    return Founding(city, food, neighbour, people, version)


def open_office(database: Database, objects: ObjectStore, founded: Founding) -> Office:
    """The office at work in a database where it was founded."""
    clock, announced = HandClock(), list[Announcement]()
    return Office(
        context=_context(database, objects, clock, announced),
        clock=clock,
        announced=announced,
        city=founded.city,
        food=founded.food,
        neighbour=founded.neighbour,
        people=founded.people,
        permit_item=founded.permit_item,
    )


def _context(
    database: Database, objects: ObjectStore, clock: HandClock, announced: list[Announcement]
) -> ServiceContext:
    return ServiceContext(
        database,
        objects,
        now=clock,
        passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
        announce=announced.append,
    )


async def _add_user(context: ServiceContext, organisation: Organisation, name: str, role: Role) -> User:
    return await staffing.add_user(
        context,
        None,
        organisation_id=organisation.id,
        sign_in_name=name,
        display_name=f"{name} 先生",
        roles=frozenset({role}),
        password=PASSWORD,
        certificate_number="A-0417",
    )


def _segment(epoch: Epoch, sequence: int, data: bytes, start: datetime, previous_sha256: str) -> Segment:
    is_init = sequence == 0
    return Segment(
        track_id=epoch.track_id,
        epoch=epoch.number,
        sequence=sequence,
        kind=SegmentKind.INIT if is_init else SegmentKind.MEDIA,
        started_at=start if is_init else start + timedelta(seconds=4 * (sequence - 1)),
        duration_ms=0.0 if is_init else 4000.0,
        byte_length=len(data),
        object_key=f"footage/i/{epoch.track_id}/{epoch.number:06d}/{sequence:06d}.mp4",
        object_offset=0,
        hash_alg="sha256",
        sha256=hashlib.sha256(data).hexdigest(),
        previous_sha256=previous_sha256,
        codecs="avc1.42E01F,Opus" if is_init else "",
        width=1280,
        height=720,
        has_video=True,
        has_audio=True,
        starts_with_keyframe=not is_init,
        recovered=False,
    )
