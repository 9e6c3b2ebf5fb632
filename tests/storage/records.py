"""Records for the storage tests, complete and plausible; a test names what it is about."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from inspect_server.domain.cases import Case, CaseStatus, Enterprise
from inspect_server.domain.catalogue import ChecklistItem, PermitItemVersion, RemoteJudgement, Severity
from inspect_server.domain.drawing import Point, Shape, ShapeKind
from inspect_server.domain.evidence import DoorplateStep, Evidence, EvidenceKind, MediaType, Position, PositionSource
from inspect_server.domain.footage import Segment, SegmentKind, Track
from inspect_server.domain.inspections import (
    Inspection,
    InspectionKind,
    InspectionPart,
    InspectionState,
    Invitation,
    Participant,
    ParticipantRole,
)
from inspect_server.domain.people import Organisation, Role, User
from storage import cases, catalogue, footage, inspections, participants, people
from storage.engine import Transaction

NOW = datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """``seconds`` after NOW."""
    return NOW + timedelta(seconds=seconds)


def new_id() -> str:
    return str(uuid.uuid4())


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def an_organisation(name: str = "市农业农村局", *, parent: Organisation | None = None) -> Organisation:
    key = new_id()
    path = f"{parent.path if parent else '/'}{key}/"
    return Organisation(id=key, name=name, parent_id=parent.id if parent else None, path=path)


def a_user(organisation: Organisation, name: str = "chen", *, roles: frozenset[Role] = frozenset()) -> User:
    return User(
        id=new_id(),
        organisation_id=organisation.id,
        organisation_path=organisation.path,
        sign_in_name=name,
        display_name="陈静",
        roles=roles,
        certificate_number="A-0417",
        active=True,
        created_at=NOW,
    )


def a_point(position: int, key: str | None = None) -> ChecklistItem:
    return ChecklistItem(
        id=key or new_id(),
        position=position,
        area="检验室",
        text="检验仪器在检定有效期内",
        show="请把镜头对准仪器上的检定标签",
        severity=Severity.CRITICAL,
        required=True,
        remote=RemoteJudgement.PARTLY,
        why_not_remote="标签可以看清，精度无法远程判断",
    )


def a_version(
    permit_item_id: str = "seeds", number: int = 1, *, name: str = "农作物种子生产经营许可", points: int = 2
) -> PermitItemVersion:
    return PermitItemVersion(
        id=new_id(),
        permit_item_id=permit_item_id,
        number=number,
        code=f"CODE-{permit_item_id}",
        name=name,
        department="农业农村局",
        is_sample=True,
        published_at=NOW,
        checklist=tuple(a_point(position) for position in range(1, points + 1)),
    )


def an_enterprise(name: str = "丰禾种业有限公司", credit_code: str = "91370100MA3C0000XJ") -> Enterprise:
    return Enterprise(
        id=new_id(),
        name=name,
        credit_code=credit_code,
        address="开发区创业路 1 号",
        contact_name="王强",
        contact_phone="13800000000",
    )


def a_case(
    organisation: Organisation,
    enterprise: Enterprise,
    version: PermitItemVersion,
    *,
    number: str | None = None,
    external_id: str | None = None,
    status: CaseStatus = CaseStatus.OPEN,
    created_at: datetime = NOW,
) -> Case:
    return Case(
        id=new_id(),
        number=number or f"KY-{new_id()}",
        external_id=external_id,
        organisation_id=organisation.id,
        organisation_path=organisation.path,
        enterprise_id=enterprise.id,
        permit_item_version_id=version.id,
        status=status,
        created_at=created_at,
    )


def an_inspection(
    case: Case,
    inspector: User,
    *,
    created_at: datetime = NOW,
    started_at: datetime | None = None,
    state: InspectionState = InspectionState.OPEN,
) -> Inspection:
    key = new_id()
    part = InspectionPart(
        id=new_id(),
        inspection_id=key,
        case_id=case.id,
        organisation_path=case.organisation_path,
        permit_item_version_id=case.permit_item_version_id,
        department="农业农村局",
        conclusion=None,
        concluded_at=None,
        sealed_at=None,
    )
    return Inspection(
        id=key,
        organisation_id=case.organisation_id,
        organisation_path=case.organisation_path,
        kind=InspectionKind.INITIAL,
        state=state,
        inspector_id=inspector.id,
        created_at=created_at,
        started_at=started_at,
        ended_at=None,
        parts=(part,),
    )


def an_invitation(inspection: Inspection, token: str = "token", *, created_at: datetime = NOW) -> Invitation:
    return Invitation(
        id=new_id(),
        inspection_id=inspection.id,
        role=ParticipantRole.ENTERPRISE,
        token_sha256=digest(token),
        created_by=inspection.inspector_id,
        created_at=created_at,
        expires_at=created_at + timedelta(hours=1),
        revoked_at=None,
    )


def a_participant(
    inspection: Inspection, *, user: User | None = None, invitation: Invitation | None = None, name: str = "王强"
) -> Participant:
    return Participant(
        id=new_id(),
        inspection_id=inspection.id,
        role=ParticipantRole.INSPECTOR if user else ParticipantRole.ENTERPRISE,
        display_name=name,
        user_id=user.id if user else None,
        invitation_id=invitation.id if invitation else None,
        consented_at=NOW,
        consent_text_version="2026-11",
        first_joined_at=None,
        left_at=None,
    )


def a_segment(
    track_id: str,
    epoch: int,
    sequence: int,
    *,
    started_at: datetime = NOW,
    duration_ms: float = 4000.0,
    kind: SegmentKind = SegmentKind.MEDIA,
    byte_length: int = 1_000_000,
) -> Segment:
    return Segment(
        track_id=track_id,
        epoch=epoch,
        sequence=sequence,
        kind=kind,
        started_at=started_at,
        duration_ms=0.0 if kind is SegmentKind.INIT else duration_ms,
        byte_length=byte_length,
        object_key=f"footage/i/{track_id}/{epoch:06d}/{sequence:06d}.mp4",
        object_offset=0,
        hash_alg="sha256",
        sha256=digest(f"{track_id}/{epoch}/{sequence}"),
        previous_sha256=digest(f"{track_id}/{epoch}/{sequence - 1}") if sequence else "",
        codecs="avc1.42E01F,Opus",
        width=1280,
        height=720,
        has_video=True,
        has_audio=True,
        starts_with_keyframe=True,
        recovered=False,
    )


@dataclass(frozen=True)
class Scene:
    """An office with an inspector, and a case with one open inspection to which one enterprise is invited."""

    organisation: Organisation
    inspector: User
    version: PermitItemVersion
    enterprise: Enterprise
    case: Case
    inspection: Inspection
    invitation: Invitation


def a_photo(inspection: Inspection, evidence_id: str = "photo", *, second: float = 5) -> Evidence:
    """Taken by the enterprise of its first point; somebody drew on it."""
    return Evidence(
        id=evidence_id,
        inspection_id=inspection.id,
        part_id=inspection.parts[0].id,
        checklist_item_id="point-1",
        kind=EvidenceKind.PHOTO,
        participant_id=None,
        author="participant:someone",
        taken_at=at(second),
        received_at=at(6),
        file_taken_at=at(-900),
        note="门牌",
        doorplate=DoorplateStep.NUMBER,
        device="Pixel 9",
        media_type=MediaType.JPEG,
        byte_length=3_000_000_000,
        hash_alg="sha256",
        sha256=digest(evidence_id),
        object_key=f"evidence/{evidence_id}/original.jpg",
        width=4000,
        height=3000,
        position=Position(34.5, 117.25, None, PositionSource.FILE),
        drawing=(
            Shape("a", ShapeKind.ARROW, (Point(0.125, 0.5), Point(1.0, 0.0))),
            Shape("b", ShapeKind.TEXT, (Point(0.5, 0.5),), "标识"),
        ),
        withdrawn_at=None,
    )


async def set_scene(tx: Transaction) -> Scene:
    """Store a scene, apart from all others."""
    organisation = an_organisation()
    inspector = a_user(organisation, f"inspector-{new_id()}", roles=frozenset({Role.INSPECTOR}))
    version = a_version(f"item-{new_id()}")
    enterprise = an_enterprise()
    case = a_case(organisation, enterprise, version)
    inspection = an_inspection(case, inspector)
    invitation = an_invitation(inspection, f"token-{inspection.id}")
    await people.add_organisation(tx, organisation)
    await people.add_user(tx, inspector, password_hash="$argon2id$")
    await catalogue.add_version(tx, version)
    await cases.add_enterprise(tx, enterprise)
    await cases.add_case(tx, case)
    await inspections.add(tx, inspection)
    await participants.add_invitation(tx, invitation)
    return Scene(organisation, inspector, version, enterprise, case, inspection, invitation)


async def seat(tx: Transaction, scene: Scene) -> Participant:
    """The enterprise's participant in the scene."""
    participant, _ = await participants.join_once(tx, a_participant(scene.inspection, invitation=scene.invitation))
    return participant


async def a_track(tx: Transaction, scene: Scene) -> Track:
    """The stored camera track of the scene's enterprise."""
    participant = await seat(tx, scene)
    return await footage.track_once(
        tx,
        Track(
            id=new_id(),
            inspection_id=scene.inspection.id,
            participant_id=participant.id,
            source="camera",
            created_at=NOW,
        ),
    )
