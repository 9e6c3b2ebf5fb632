"""The press: what stands on the paper, that it is PDF/A, and that every sealed record gets exactly one."""

import asyncio
import hashlib
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from inspect_server.domain.catalogue import Severity
from inspect_server.domain.errors import StorageUnavailable
from inspect_server.domain.record import RecordDocument
from inspect_server.jobs.record_press import press as press_module
from inspect_server.jobs.record_press.paper import MAX_PICTURES
from inspect_server.jobs.record_press.press import PrintFailed, RecordPress
from inspect_server.media.darkroom.darkroom import Darkroom
from inspect_server.services import printing
from inspect_server.services.announcements import InspectionChanged, RecordSealed, Topic
from inspect_server.services.context import ServiceContext
from storage import records
from tests.jobs.signed_case import REMEDY, SignedCase, a_signed_case
from tests.services.office import Office

TIMEOUT_S = 60


@asynccontextmanager
async def a_press(context: ServiceContext) -> AsyncIterator[RecordPress]:
    darkroom = Darkroom(context.objects)
    yield RecordPress(context, darkroom)
    darkroom.close()


async def printed(case: SignedCase) -> bytes:
    async with a_press(case.context) as press:
        await press.print(case.record.id)
    return await stored(case)


async def stored(case: SignedCase) -> bytes:
    async with case.context.database.reading() as tx:
        document = (await records.documents_of(tx, [case.record.id]))[case.record.id]
    data = await case.context.objects.get_range(document.object_key)
    assert (len(data), hashlib.sha256(data).hexdigest()) == (document.byte_length, document.sha256)
    return data


def text_of(data: bytes) -> str:
    """Without blanks and line ends, which are the typesetting's business."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


async def test_the_paper_says_everything_that_was_signed(office: Office, tmp_path: Path) -> None:
    case = await a_signed_case(office, tmp_path)
    data = await printed(case)
    text = text_of(data)
    content = json.loads(case.record.content)
    (track,), (challenge,) = content["footage"], content["challenges"]
    assert (track["segment_count"], len(track["chain"])) == (4, 1)
    for expected in (
        "勘验笔录",
        "需整改",
        "老街面馆",
        "一次性告知，共1项",
        "标签已过期",
        REMEDY,
        "2026-12-22",
        "符合",
        "王强",
        "A-0417",
        "36.650000,117.123457±12m",
        f"现场核验对象任务验证码发起结果结束王强手写验证码{challenge['code']}",
        "已确认",
        "期限太短",
        "2026-11-2209:02:04",  # 01:02:04 UTC
        "(UTC+08:00)",
        case.record.sha256,
        *track["chain"],
        "-12ms,ntp.example",
    ):
        assert expected in text, expected
    pictures = [image for page in PdfReader(io.BytesIO(data)).pages for image in page.images]
    assert len(pictures) == 2  # the still and the signature


async def test_it_declares_pdf_a_3b_and_what_it_proves(office: Office, tmp_path: Path) -> None:
    case = await a_signed_case(office, tmp_path)
    metadata = PdfReader(io.BytesIO(await printed(case))).xmp_metadata
    assert metadata is not None
    declared = metadata.rdf_root.toxml()
    assert "<pdfaid:part>3</pdfaid:part>" in declared
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in declared
    assert case.record.sha256 in declared


async def test_a_refusal_stands_there_with_its_reason(office: Office, tmp_path: Path) -> None:
    text = text_of(await printed(await a_signed_case(office, tmp_path, refusal="不认可整改期限")))
    assert "拒绝签名" in text
    assert "不认可整改期限" in text


@pytest.mark.parametrize(("severity", "words"), [(None, ""), (Severity.MAJOR, "·重点")])
async def test_a_problem_stands_with_its_severity_and_without_a_dash_where_none_was_given(
    office: Office, tmp_path: Path, severity: Severity | None, words: str
) -> None:
    case = await a_signed_case(office, tmp_path, severity=severity)
    area = json.loads(case.record.content)["points"][0]["area"]
    table = text_of(await printed(case)).split("一次性告知")[1].split("逐项结果")[0]
    assert f"{area}{words}标签已过期" in table


async def test_many_pictures_stay_a_small_file(office: Office, tmp_path: Path) -> None:
    case = await a_signed_case(office, tmp_path, pictures=MAX_PICTURES + 2)
    data = await printed(case)
    assert len(data) < 10 * 1024 * 1024
    text = text_of(data)
    assert "未印出的文件可在办件中查看" in text
    assert f"图{MAX_PICTURES}要点1" in text


async def test_printing_again_changes_nothing_and_tells_nobody(office: Office, tmp_path: Path) -> None:
    case = await a_signed_case(office, tmp_path)
    first = await printed(case)
    office.announced.clear()
    assert await printed(case) == first
    assert office.announced == []


async def test_the_second_answer_sets_the_press_going_and_pages_are_told(office: Office, tmp_path: Path) -> None:
    case = await a_signed_case(office, tmp_path)
    inspection_id = case.record.inspection_id
    assert office.announced[-1] == RecordSealed(inspection_id, case.record.id)
    told = asyncio.Event()
    context = replace(case.context, announce=lambda it: told.set() if it == records_changed else None)
    records_changed = InspectionChanged(inspection_id, Topic.RECORDS)
    async with a_press(context) as press:
        running = asyncio.create_task(press.run())
        press.take(case.record.id)
        async with asyncio.timeout(TIMEOUT_S):
            await told.wait()
        running.cancel()
        await asyncio.wait([running])
    assert (await stored(case)).startswith(b"%PDF")


async def test_what_a_dead_server_left_unprinted_is_printed_at_the_next_start(office: Office, tmp_path: Path) -> None:
    case = await a_signed_case(office, tmp_path)
    told = asyncio.Event()
    async with a_press(replace(case.context, announce=lambda _: told.set())) as press:
        running = asyncio.create_task(press.run())
        async with asyncio.timeout(TIMEOUT_S):
            await told.wait()
        running.cancel()
        await asyncio.wait([running])
    assert (await stored(case)).startswith(b"%PDF")


async def test_a_print_that_hangs_is_ended_and_nothing_is_kept(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await a_signed_case(office, tmp_path)
    monkeypatch.setattr(press_module, "TIME_OUT_S", 0.001)
    async with a_press(case.context) as press:
        with pytest.raises(TimeoutError):
            await press.print(case.record.id)
    async with case.context.database.reading() as tx:
        assert [each.id for each in await records.unprinted(tx, limit=9)] == [case.record.id]


async def test_a_print_that_fails_says_why(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await a_signed_case(office, tmp_path)
    monkeypatch.setattr(press_module, "paper", lambda *_: {"content": {}})
    async with a_press(case.context) as press:
        with pytest.raises(PrintFailed, match="case_number"):
            await press.print(case.record.id)


async def test_a_missing_picture_does_not_hold_up_the_record(office: Office, tmp_path: Path) -> None:
    case = await a_signed_case(office, tmp_path)
    (original,) = (tmp_path / "objects").glob("evidence/**/still-*/original.jpg")
    original.unlink()
    text = text_of(await printed(case))
    assert "未印出的文件可在办件中查看" in text


async def test_bytes_without_a_row_are_in_nobodys_way(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await a_signed_case(office, tmp_path)

    async def away(*_: object) -> RecordDocument:
        raise StorageUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(records, "document_once", away)
        with pytest.raises(StorageUnavailable):
            await printed(case)
    assert (await printed(case)).startswith(b"%PDF")


@pytest.mark.parametrize("fault", ["fails", "hangs"])
async def test_a_record_that_is_never_printed_hides_no_other(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    stubborn = (await a_signed_case(office, tmp_path)).record.id
    office.clock.advance(seconds=1)
    case = await a_signed_case(office, tmp_path)
    tried: list[str] = []
    reached, again = asyncio.Event(), asyncio.Event()

    async def print_but_one(record_id: str) -> None:
        tried.append(record_id)
        if record_id == case.record.id:
            reached.set()
        elif tried.count(stubborn) > 1:
            again.set()
        if fault == "hangs":
            await asyncio.Event().wait()
        raise PrintFailed

    monkeypatch.setattr(printing, "MAX_AT_ONCE", 1)
    monkeypatch.setattr(press_module, "LOOK_AGAIN_S", 0.01)
    monkeypatch.setattr(press_module, "PRINT_TIME_OUT_S", 0.01)
    async with a_press(case.context) as press:
        monkeypatch.setattr(press, "print", print_but_one)
        running = asyncio.create_task(press.run())
        async with asyncio.timeout(TIMEOUT_S):
            await reached.wait()
            await again.wait()
        running.cancel()
        await asyncio.wait([running])
    assert tried[:2] == [stubborn, case.record.id]
