"""Locking one worker's part of the spool while others start beside it."""

import time
from pathlib import Path

import pytest

from inspect_server.domain.errors import SpoolNotWritable
from inspect_server.media.footage.spool import LOCK, FolderLock, Spool


def test_a_worker_that_another_one_takes_for_dead_at_its_start_makes_its_folder_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one has found the lock's file before it was locked, and clears the empty folder away."""
    folder = tmp_path / "spool" / "worker-1"
    folder.mkdir(parents=True)
    adopting = FolderLock.take(folder)
    assert adopting is not None

    def clear_away(_: float) -> None:
        (folder / LOCK).unlink()
        folder.rmdir()
        adopting.release()

    monkeypatch.setattr(time, "sleep", clear_away)
    spool = Spool.open(tmp_path / "spool", "worker-1")
    assert FolderLock.take(folder) is None
    spool.close()


def test_a_living_worker_keeps_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    living = Spool.open(tmp_path / "spool", "worker-1")
    with pytest.raises(SpoolNotWritable):
        Spool.open(tmp_path / "spool", "worker-1")
    living.close()
