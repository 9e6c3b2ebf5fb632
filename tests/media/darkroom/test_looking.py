"""Files are what their bytes are, whatever anybody says; broken and oversized ones are found at once."""

import contextlib
import io
import tempfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inspect_server.domain.errors import FileDamaged, FileTooLarge, FileTypeRefused
from inspect_server.domain.evidence import MediaType, PositionSource
from inspect_server.media.darkroom.looking import look_into
from tests.media.darkroom.pictures import halves, phone_jpeg, saved


def test_a_photo_tells_type_size_time_and_place(tmp_path: Path) -> None:
    facts = look_into(saved(tmp_path, phone_jpeg(at=(34.756, -117.25))))
    assert (facts.media_type, facts.width, facts.height) == (MediaType.JPEG, 640, 480)
    assert facts.taken_at == datetime(2026, 11, 27, 11, 3, 5, tzinfo=UTC)
    assert facts.position is not None
    assert facts.position.latitude == pytest.approx(34.756, abs=1e-6)
    assert facts.position.longitude == pytest.approx(-117.25, abs=1e-6)
    assert facts.position.source is PositionSource.FILE


def test_size_is_that_of_the_upright_picture(tmp_path: Path) -> None:
    facts = look_into(saved(tmp_path, phone_jpeg(orientation=6)))
    assert (facts.width, facts.height) == (480, 640)


def test_a_position_in_another_datum_is_not_believed(tmp_path: Path) -> None:
    assert look_into(saved(tmp_path, phone_jpeg(at=(34.0, 117.0), datum="GCJ-02"))).position is None
    assert look_into(saved(tmp_path, phone_jpeg(at=(34.0, 117.0), datum="WGS-84"))).position is not None


@pytest.mark.parametrize(("form", "media_type"), [("PNG", MediaType.PNG), ("WEBP", MediaType.WEBP)])
def test_other_pictures(tmp_path: Path, form: str, media_type: MediaType) -> None:
    buffer = io.BytesIO()
    halves().save(buffer, form)
    assert look_into(saved(tmp_path, buffer.getvalue())).media_type is media_type


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"MZ\x90\x00" + bytes(200), ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", ""),
        (b"", ""),
        (b"\x00\x00\x00\x24ftypheic" + bytes(100), "HEIC"),
        (b"GIF89a" + bytes(100), "GIF"),
    ],
)
def test_what_is_not_taken_says_what_it_is(tmp_path: Path, data: bytes, found: str) -> None:
    with pytest.raises(FileTypeRefused) as refused:
        look_into(saved(tmp_path, data))
    assert refused.value.params == {"found": found}


def test_a_picture_that_breaks_off_is_damaged(tmp_path: Path) -> None:
    whole = phone_jpeg()
    with pytest.raises(FileDamaged):
        look_into(saved(tmp_path, whole[: len(whole) // 2]))


def test_a_small_file_with_a_huge_picture_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    with pytest.raises((FileTooLarge, FileDamaged)):
        look_into(saved(tmp_path, bomb + chunk(b"IEND", b"")))


def test_a_pdf_that_breaks_off_is_damaged(tmp_path: Path) -> None:
    assert look_into(saved(tmp_path, b"%PDF-1.7\n" + bytes(3000) + b"\n%%EOF\n")).media_type is MediaType.PDF
    with pytest.raises(FileDamaged):
        look_into(saved(tmp_path, b"%PDF-1.7\n" + bytes(3000)))


HEADS = [b"", b"%PDF-", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"\x1aE\xdf\xa3"]


def require_facts_or_refusal(data: bytes) -> None:
    """Anything else that is raised fails the test that calls this."""
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(FileTypeRefused, FileDamaged, FileTooLarge):
        assert look_into(saved(Path(folder), data)).media_type in MediaType


@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_any_bytes_get_facts_or_an_error_of_ours(head: bytes, data: bytes) -> None:
    require_facts_or_refusal(head + data)


# The library warns of odd EXIF; what it makes of it is what counts.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(st.integers(0, 4000), st.integers(0, 255))
def test_a_jpeg_with_a_changed_byte_gets_facts_or_an_error_of_ours(place: int, value: int) -> None:
    data = bytearray(phone_jpeg(Image.new("RGB", (64, 48), "green"), at=(1.0, 2.0)))
    data[place % len(data)] = value
    require_facts_or_refusal(bytes(data))
