"""What holds for the repository's own files: locked packages, settings that are all used, exceptions with a reason."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from inspect_server.settings import Settings

REPOSITORY = Path(__file__).parents[2]
LOCKS = sorted((REPOSITORY / "requirements").glob("*.txt"))
NAME = re.compile(r"[A-Za-z0-9._-]+")


def locked(lock: Path) -> set[str]:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {line.partition("==")[0].lower() for line in lines if "==" in line}


def names(requirements: list[str]) -> set[str]:
    return {found[0].lower() for requirement in requirements if (found := NAME.match(requirement))}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_python_packages_are_locked_with_hashes_and_without_an_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_locks_hold_everything_that_the_project_asks_for() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    runtime = names(project["project"]["dependencies"])
    assert runtime <= locked(REPOSITORY / "requirements" / "runtime.txt")
    assert runtime | names(project["dependency-groups"]["dev"]) <= locked(REPOSITORY / "requirements" / "dev.txt")
    assert names(project["dependency-groups"]["node"]) <= locked(REPOSITORY / "requirements" / "node.txt")


def test_web_packages_are_locked_with_hashes_and_without_an_address() -> None:
    lock = json.loads((REPOSITORY / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert packages
    assert [path for path, package in packages.items() if "resolved" in package] == []
    assert [path for path, package in packages.items() if "integrity" not in package] == []


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_used(name: str) -> None:
    sources = [file for file in (REPOSITORY / "inspect_server").rglob("*.py") if file.name != "settings.py"]
    assert any(f"settings.{name}" in file.read_text(encoding="utf-8") for file in sources)


WITHOUT_REASON = re.compile(r"# noqa(?!: [A-Z0-9, ]+ - \S)|# type: ignore(?!\[[a-z, -]+\] +# \S)")


@pytest.mark.parametrize("folder", ["inspect_server", "storage", "tests"])
def test_every_exception_from_a_check_has_its_reason(folder: str) -> None:
    lines = [
        f"{file.relative_to(REPOSITORY)}:{number}"
        for file in sorted((REPOSITORY / folder).rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if WITHOUT_REASON.search(line) and "WITHOUT_REASON" not in line
    ]
    assert lines == []
