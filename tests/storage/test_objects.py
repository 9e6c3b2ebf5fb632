"""What both object stores promise, on a folder and on a real S3 service."""

import asyncio
import hashlib
import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_server.domain.errors import ConfigurationError
from storage import objects
from storage.objects import Check, ObjectStat, ObjectStore, open_object_store, require_key

CONTENT = bytes(range(256)) * 40


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with CONTENT."""
    path = tmp_path / "segment.mp4"
    path.write_bytes(CONTENT)
    return path


def a_file(folder: Path, content: bytes) -> Path:
    path = folder / f"{uuid.uuid4().hex}.mp4"
    path.write_bytes(content)
    return path


async def test_what_was_put_comes_back_whole(store: ObjectStore, file: Path) -> None:
    await store.put("footage/i/t/000000/000001.mp4", file, sha256=sha256(CONTENT))
    assert await store.get_range("footage/i/t/000000/000001.mp4") == CONTENT
    assert await store.stat("footage/i/t/000000/000001.mp4") == ObjectStat(
        "footage/i/t/000000/000001.mp4", len(CONTENT)
    )
    assert sha256(await asyncio.to_thread(file.read_bytes)) == sha256(CONTENT)


@given(
    size=st.integers(0, 200),
    offset=st.integers(0, 250),
    length=st.one_of(st.none(), st.integers(1, 250)),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_range_is_exact_or_refused(
    store: ObjectStore, tmp_path: Path, size: int, offset: int, length: int | None
) -> None:
    content, key = CONTENT[:size], f"ranges/{uuid.uuid4().hex}"
    await store.put(key, a_file(tmp_path, content), sha256=sha256(content))
    end = size if length is None else offset + length
    is_inside = end <= size and (offset < size or offset == 0)
    if is_inside:
        assert await store.get_range(key, offset, length) == content[offset:end]
    else:
        with pytest.raises(objects.ObjectDamaged):
            await store.get_range(key, offset, length)


@pytest.mark.parametrize(("offset", "length"), [(-1, None), (0, 0), (0, -5)])
async def test_what_is_no_range_is_a_mistake(store: ObjectStore, offset: int, length: int | None) -> None:
    with pytest.raises(ValueError, match="no range"):
        await store.get_range("a", offset, length)


async def test_the_same_bytes_can_be_put_again(store: ObjectStore, file: Path) -> None:
    for _ in range(3):
        await store.put("a/b.mp4", file, sha256=sha256(CONTENT))
    assert await store.get_range("a/b.mp4") == CONTENT


async def test_other_bytes_are_refused_and_the_first_stay(store: ObjectStore, file: Path, tmp_path: Path) -> None:
    await store.put("a/b.mp4", file, sha256=sha256(CONTENT))
    with pytest.raises(objects.ObjectConflict) as refused:
        await store.put("a/b.mp4", a_file(tmp_path, b"other"), sha256=sha256(b"other"))
    assert refused.value.params == {"key": "a/b.mp4"}
    assert await store.get_range("a/b.mp4") == CONTENT


async def test_of_many_different_ones_at_once_exactly_one_is_kept(store: ObjectStore, tmp_path: Path) -> None:
    contents = [bytes([number]) * 1000 for number in range(6)]
    outcomes = await asyncio.gather(
        *(store.put("race.mp4", a_file(tmp_path, content), sha256=sha256(content)) for content in contents),
        return_exceptions=True,
    )
    kept = [content for content, outcome in zip(contents, outcomes, strict=True) if outcome is None]
    assert [await store.get_range("race.mp4")] == kept
    # S3 may also tell a loser to come again: then it was not stored either.
    lost = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(each, (objects.ObjectConflict, objects.ObjectStoreUnavailable)) for each in lost)


async def test_bytes_that_do_not_fit_their_hash_are_refused_and_not_kept(store: ObjectStore, file: Path) -> None:
    with pytest.raises(objects.ObjectDamaged):
        await store.put("a/b.mp4", file, sha256=sha256(b"something else"))
    with pytest.raises(objects.ObjectNotFound):
        await store.stat("a/b.mp4")
    await store.put("a/b.mp4", file, sha256=sha256(CONTENT))


async def test_a_file_that_is_gone_is_the_callers_mistake_and_no_reason_to_try_again(
    store: ObjectStore, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        await store.put("a.mp4", tmp_path / "gone.mp4", sha256=sha256(b""))
    with pytest.raises(objects.ObjectNotFound):
        await store.stat("a.mp4")


@pytest.mark.parametrize("key", ["none.mp4", "a/none.mp4", "a", "a/b.mp4/below"])
async def test_an_object_that_is_not_there_is_not_found(store: ObjectStore, file: Path, key: str) -> None:
    await store.put("a/b.mp4", file, sha256=sha256(CONTENT))
    for asked in (store.stat(key), store.get_range(key), store.get_range(key, 1, 2)):
        with pytest.raises(objects.ObjectNotFound) as missing:
            await asked
        assert missing.value.params == {"key": key}


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/etc/passwd",
        "..",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        "a/.hidden",
        "a\\b",
        "a b",
        "a\n",
        "ä",
        "a?b",
    ],
)
async def test_what_is_no_key_goes_nowhere(store: ObjectStore, file: Path, key: str) -> None:
    with pytest.raises(objects.ObjectKeyInvalid):
        await store.put(key, file, sha256=sha256(CONTENT))
    with pytest.raises(objects.ObjectKeyInvalid):
        await store.get_range(key)
    with pytest.raises(objects.ObjectKeyInvalid):
        await store.stat(key)
    with pytest.raises(objects.ObjectKeyInvalid):
        await store.download_url(key, expires_s=60)


@given(key=st.text(st.characters(codec="utf-8"), max_size=40) | st.from_regex(r"[./A-Za-z0-9_-]{1,40}", fullmatch=True))
def test_a_key_never_leads_out_of_its_folder(key: str) -> None:
    try:
        accepted = require_key(key)
    except objects.ObjectKeyInvalid:
        return
    root = Path("/objects/store")
    assert root in (root / accepted).parents
    assert ".." not in accepted.split("/")
    assert not any(part.startswith(".") for part in accepted.split("/"))


def test_the_keys_of_footage_are_keys() -> None:
    key = f"footage/{uuid.uuid4()}/{uuid.uuid4()}/000000/000001.mp4"
    assert require_key(key) == key


async def test_a_ready_store_says_so_and_making_it_again_does_no_harm(store: ObjectStore, file: Path) -> None:
    await store.put("a.mp4", file, sha256=sha256(CONTENT))
    await store.create(browser_origins=["https://inspect.example"])
    await store.require_ready()
    assert await store.get_range("a.mp4") == CONTENT


async def test_trying_it_out_finds_nothing_wrong_and_leaves_nothing(store: ObjectStore) -> None:
    findings = await store.probe()
    assert [finding.problem for finding in findings] == [None] * len(findings)
    assert [finding.check for finding in findings] == [
        Check.EXISTS,
        Check.WRITE,
        Check.READ,
        Check.REFUSE_DAMAGED,
        Check.KEEP_FIRST,
        Check.DELETE,
    ]


@pytest.mark.parametrize("location", ["s3://", "s3:///prefix"])
def test_a_location_without_a_bucket_is_refused(location: str) -> None:
    with pytest.raises(ConfigurationError):
        open_object_store(location)
