"""What a record may say, complete and plausible."""

from datetime import date

from inspect_server.domain.catalogue import Severity
from inspect_server.domain.challenges import Outcome, Task
from inspect_server.domain.evidence import EvidenceKind
from inspect_server.domain.inspections import Conclusion, InspectionKind, ParticipantRole
from inspect_server.domain.judging import Judgement
from inspect_server.domain.record_content import (
    FORMAT,
    RecordContent,
    RecordedChallenge,
    RecordedEvidence,
    RecordedFootage,
    RecordedPerson,
    RecordedPoint,
    RecordedPosition,
)
from tests.storage.records import NOW, at


def a_content() -> RecordContent:
    """One failed point with a picture, two people, one track."""
    return RecordContent(
        format=FORMAT,
        record_id="record",
        version=1,
        made_at=NOW,
        time_zone="Asia/Shanghai",
        inspection_id="inspection",
        inspection_kind=InspectionKind.INITIAL,
        inspection_created_at=NOW,
        inspection_started_at=NOW,
        office_name="市行政审批服务局",
        department="农业农村局",
        case_number="KY-2026-000123",
        permit_item_code="CODE",
        permit_item_name="农作物种子生产经营许可",
        permit_item_version=1,
        enterprise_name="丰禾种业有限公司",
        enterprise_credit_code="91370100MA3C0000XJ",
        enterprise_address="开发区创业路 1 号",
        conclusion=Conclusion.RECTIFY,
        reason="",
        concluded_by_name="陈静",
        concluded_at=NOW,
        people=(
            RecordedPerson("陈静", ParticipantRole.INSPECTOR, "A-0417", NOW, None, None, ""),
            RecordedPerson("王强", ParticipantRole.ENTERPRISE, "", at(1), at(60), NOW, "2026-11"),
        ),
        points=(
            RecordedPoint(
                number=1,
                area="检验室",
                text="检验仪器在检定有效期内",
                required=True,
                judgement=Judgement.FAIL,
                note="标签已过期",
                severity=Severity.CRITICAL,
                remedy="重新检定并张贴标签",
                deadline=date(2026, 12, 24),
                decided_by_name="陈静",
                judged_at=at(30),
                evidence_ids=("picture",),
            ),
        ),
        evidence=(
            RecordedEvidence(
                id="picture",
                number=1,
                point_number=1,
                kind=EvidenceKind.STILL,
                taken_at=at(29),
                author_name="陈静",
                note="",
                position="36.650000, 117.123457 ±12 m",
                device="Pixel 8",
                byte_length=123456,
                hash_alg="sha256",
                sha256="ab" * 32,
            ),
        ),
        positions=(RecordedPosition("王强", at(20), "36.650000, 117.123457 ±12 m", "35 m"),),
        challenges=(
            RecordedChallenge("王强", Task.WRITE_CODE, "7K2M9P", at(21), "陈静", Outcome.CONFIRMED, at(25), "陈静"),
        ),
        footage=(RecordedFootage("track", "王强", "camera", at(1), at(60), 15, 1_000_000, ("cd" * 32,)),),
    )
