"""What is particular to the store in a folder."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from storage.objects import BucketMissing, Check, ObjectStore, ObjectStoreUnavailable, open_object_store

CONTENT = b"segment" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of ``folder_store``."""
    return tmp_path / "objects"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "segment.mp4"
    path.write_bytes(CONTENT)
    return path


def files_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def everything_in(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*"))


async def test_the_key_is_the_path(folder_store: ObjectStore, root: Path, file: Path) -> None:
    await folder_store.put("footage/i/t/000000/000001.mp4", file, sha256=SHA256)
    assert files_in(root) == ["footage/i/t/000000/000001.mp4"]


async def test_browsers_get_the_bytes_from_the_server(folder_store: ObjectStore) -> None:
    assert await folder_store.download_url("a.mp4", expires_s=60) is None


async def test_name_and_bytes_are_synced_before_a_put_returns(
    folder_store: ObjectStore, root: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink().relative_to(root)))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    await folder_store.put("a/b/c.mp4", file, sha256=SHA256)
    assert synced[0].startswith(".incoming/")
    assert synced[1:] == [".", "a", "a/b"]


async def test_what_a_crash_left_behind_is_no_object_and_goes_at_the_next_start(
    folder_store: ObjectStore, root: Path, file: Path
) -> None:
    await folder_store.put("a.mp4", file, sha256=SHA256)
    old, fresh = root / ".incoming" / "old.part", root / ".incoming" / "fresh.part"
    for left in (old, fresh):
        left.write_bytes(CONTENT[:10])
    two_hours_ago = time.time() - 2 * 3600
    os.utime(old, (two_hours_ago, two_hours_ago))
    await folder_store.require_ready()
    assert files_in(root) == [".incoming/fresh.part", "a.mp4"]


async def test_a_failed_put_leaves_nothing(folder_store: ObjectStore, root: Path, file: Path) -> None:
    # A file is in the way where a folder is needed.
    await folder_store.put("a", file, sha256=SHA256)
    with pytest.raises(ObjectStoreUnavailable):
        await folder_store.put("a/b.mp4", file, sha256=SHA256)
    assert files_in(root) == ["a"]


async def test_a_missing_folder_is_told_and_not_made_on_the_way(tmp_path: Path, file: Path) -> None:
    root = tmp_path / "not" / "mounted"
    store = open_object_store(str(root))
    with pytest.raises(BucketMissing, match="inspect-server migrate"):
        await store.require_ready()
    with pytest.raises(BucketMissing):
        await store.put("a.mp4", file, sha256=SHA256)
    findings = await store.probe()
    assert [(finding.check, type(finding.problem)) for finding in findings] == [(Check.EXISTS, BucketMissing)]
    assert not root.exists()
    await store.create()
    await store.require_ready()
    await store.close()


async def test_trying_it_out_leaves_no_file_and_no_folder(folder_store: ObjectStore, root: Path) -> None:
    await folder_store.probe()
    assert everything_in(root) == [".incoming"]


async def test_a_folder_in_which_nothing_can_be_written_is_found(folder_store: ObjectStore, root: Path) -> None:
    # Root may write anywhere; but nobody can make a folder where a file is.
    (root / ".incoming").write_bytes(b"")
    findings = await folder_store.probe()
    assert [finding.passed for finding in findings] == [True, False]
    assert isinstance(findings[1].problem, ObjectStoreUnavailable)
