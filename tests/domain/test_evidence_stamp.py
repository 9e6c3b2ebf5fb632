"""What stands beneath a marked copy."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from inspect_server.domain.evidence import Evidence, EvidenceKind, MediaType, Position, PositionSource, stamp_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 11, 27, 3, 4, 5, 678000, UTC)


def evidence(kind: EvidenceKind = EvidenceKind.PHOTO, *, file_taken_at: datetime | None = None) -> Evidence:
    return Evidence(
        id="photo",
        inspection_id="inspection",
        part_id=None,
        checklist_item_id=None,
        kind=kind,
        participant_id=None,
        author="participant:phone",
        taken_at=AT,
        received_at=AT,
        file_taken_at=file_taken_at,
        note="",
        doorplate=None,
        device="iPhone · Safari 18",
        media_type=MediaType.JPEG,
        byte_length=1,
        hash_alg="sha256",
        sha256="0" * 64,
        object_key="key",
        width=1,
        height=1,
        position=Position(34.5, 117.25, 12.4, PositionSource.BROWSER),
        drawing=(),
        withdrawn_at=None,
    )


def stamp(of: Evidence) -> tuple[str, ...]:
    return stamp_of(of, case_number="KY-1", address="开发区创业路 1 号", zone=SHANGHAI)


def test_a_photo_is_dated_placed_and_tied_to_its_case_and_device() -> None:
    assert stamp(evidence()) == (
        "时间 2026-11-27 11:04:05.678 (UTC+08:00)",
        "办件 KY-1　登记地址 开发区创业路 1 号",
        "定位 34.500000, 117.250000 ±12 m (WGS-84, 浏览器定位)",
        "设备 iPhone · Safari 18",
    )


def test_a_position_from_the_call_is_told_with_its_origin_and_its_time() -> None:
    reported = Position(36.1, 117.25, 12.4, PositionSource.REPORT, AT - timedelta(seconds=7))
    told = "定位 36.100000, 117.250000 ±12 m (WGS-84, 手机在通话中报告 11:03:58)"
    assert told in stamp(replace(evidence(), position=reported))


def test_a_picture_of_the_site_without_a_position_says_so() -> None:
    assert "定位 无" in stamp(replace(evidence(), position=None))
    assert "定位 无" not in stamp(replace(evidence(EvidenceKind.DOCUMENT), position=None))


def test_a_file_that_was_there_before_is_not_dated_by_its_handing_over() -> None:
    claimed = datetime(2025, 1, 2, tzinfo=UTC)
    assert stamp(evidence(EvidenceKind.DOCUMENT, file_taken_at=claimed))[:2] == (
        "提交时间 2026-11-27 11:04:05.678 (UTC+08:00)",
        "文件自述拍摄时间 2025-01-02 08:00:00.000 (UTC+08:00)",
    )
    assert "文件自述" not in "".join(stamp(evidence(EvidenceKind.DOCUMENT)))
