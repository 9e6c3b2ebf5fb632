"""Commands from the outside: what they say, and with which code they end. Bad configuration shows no traceback."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inspect_server.cli.parser import build_parser
from inspect_server.network.certificate import ensure_certificate
from tests.support.coturn import CoturnServer
from tests.support.seaweedfs import S3Access

REPOSITORY = Path(__file__).parents[2]
TIMEOUT_S = 60


class CommandLine:
    """Runs ``inspect-server`` in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings: dict[str, str] = {"INSPECT_HTTP_PORT": "0", "INSPECT_HTTPS": "false"}

    def environment(self) -> Mapping[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("INSPECT_")}
        return {
            **inherited,
            "PYTHONPATH": str(REPOSITORY),
            "INSPECT_DATA_DIR": str(self.folder / "data"),
            **self.settings,
        }

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "inspect_server", *arguments],
            cwd=self.folder,
            env=self.environment(),
            input=typed,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )


@pytest.fixture
def command(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path)


@pytest.fixture(scope="session")
def migrated_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after ``migrate``, for copies."""
    prepared = CommandLine(tmp_path_factory.mktemp("migrated"))
    assert prepared.run("migrate").returncode == 0
    return prepared.folder / "data"


@pytest.fixture
def migrated(command: CommandLine, migrated_data: Path) -> CommandLine:
    """The command line of an installation whose database is up to date."""
    shutil.copytree(migrated_data, command.folder / "data")
    return command


def refused(result: subprocess.CompletedProcess[str]) -> str:
    """The message of a command that could not be carried out."""
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert "错误：" in result.stderr
    return result.stderr


@pytest.mark.parametrize("name", ["serve", "migrate", "user", "audit", "demo", "check", "settings"])
def test_each_command_teaches_in_both_languages(command: CommandLine, name: str) -> None:
    own = command.run(name, "--help").stdout
    assert name in build_parser().format_help()
    assert any("一" <= letter <= "鿿" for letter in own)
    assert len(own) > 200


def test_migrate_then_add_a_user_then_check(command: CommandLine) -> None:
    assert command.run("migrate").returncode == 0
    added = command.run(
        "user", "add", "chen", "--role", "inspector", "--organisation", "审批局", "--password-stdin",
        typed="long enough password\n",
    )  # fmt: skip
    assert added.returncode == 0, added.stderr
    assert "chen (inspector), 审批局" in added.stdout
    assert "chen (inspector), chen, 停用 · disabled" in command.run("user", "disable", "chen").stdout
    assert "\tuser.disabled\t" in command.run("audit", "--limit", "1").stdout
    checked = command.run("check")
    assert checked.returncode == 0, checked.stdout
    assert "✗" not in checked.stdout


def test_the_operator_is_told_whom_the_office_does_not_know_and_reads_the_trail(migrated: CommandLine) -> None:
    assert "找不到" in refused(migrated.run("user", "disable", "nobody"))
    assert migrated.run("audit", "--limit", "3").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (["--password-stdin", "--organisation", "审批局"], "short\n", "10 characters"),
        (["--password-stdin"], "long enough password\n", "--organisation"),
    ],
)
def test_a_user_that_cannot_be_added_changes_nothing(
    migrated: CommandLine, arguments: list[str], typed: str, said: str
) -> None:
    assert said in refused(migrated.run("user", "add", "chen", "--role", "inspector", *arguments, typed=typed))


def test_checking_without_a_data_folder_says_that_it_is_missing(command: CommandLine) -> None:
    checked = command.run("check")
    assert checked.returncode == 1
    database = checked.stdout.splitlines()[0]
    assert f"不存在：{command.folder / 'data'}" in database
    assert "inspect-server migrate" in database
    assert "没有响应" not in checked.stdout


def test_serving_on_a_database_that_is_not_migrated_says_what_to_do(command: CommandLine) -> None:
    (command.folder / "data").mkdir()
    assert "inspect-server migrate" in refused(command.run("serve"))


def test_a_taken_port_is_named_with_its_setting(migrated: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = refused(migrated.run("serve", "--http-port", str(port)))
    assert str(port) in message
    assert "INSPECT_HTTP_PORT" in message


def test_a_spool_that_cannot_be_written_is_named(migrated: CommandLine) -> None:
    blocked = migrated.folder / "not-a-folder"
    blocked.write_text("")
    migrated.settings["INSPECT_SPOOL_DIR"] = str(blocked)
    assert str(blocked) in refused(migrated.run("serve"))
    checked = migrated.run("check")
    assert checked.returncode == 1
    assert "✗ 录像暂存" in checked.stdout


def test_a_bad_setting_is_named(command: CommandLine) -> None:
    command.settings["INSPECT_HTTP_PORT"] = "many"
    assert "INSPECT_HTTP_PORT" in refused(command.run("serve"))


def test_a_missing_bucket_is_named_and_migrate_makes_it(command: CommandLine, s3_access: S3Access) -> None:
    command.settings |= {
        "INSPECT_OBJECT_STORE": "s3://not-there-yet/footage",
        "INSPECT_S3_ENDPOINT_URL": s3_access.endpoint_url,
        "INSPECT_S3_ACCESS_KEY_ID": s3_access.access_key_id,
        "INSPECT_S3_SECRET_ACCESS_KEY": s3_access.secret_access_key,
    }
    (command.folder / "data").mkdir()
    checked = command.run("check")
    assert checked.returncode == 1
    assert "not-there-yet" in checked.stdout
    assert command.run("migrate").returncode == 0
    checked = command.run("check")
    assert checked.returncode == 0, checked.stdout
    assert "browsers may read" in checked.stdout


def test_wrong_keys_are_told_from_a_missing_bucket(migrated: CommandLine, s3_access: S3Access) -> None:
    migrated.settings |= {
        "INSPECT_OBJECT_STORE": f"s3://{s3_access.bucket}",
        "INSPECT_S3_ENDPOINT_URL": s3_access.endpoint_url,
        "INSPECT_S3_ACCESS_KEY_ID": s3_access.access_key_id,
        "INSPECT_S3_SECRET_ACCESS_KEY": "not the secret at all",
    }
    checked = migrated.run("check")
    assert checked.returncode == 1
    assert "✗ 对象存储" in checked.stdout


def test_plain_links_on_pages_by_https_are_told_and_can_be_switched_off(
    command: CommandLine, s3_access: S3Access
) -> None:
    command.settings |= {
        "INSPECT_PUBLIC_URL": "https://inspect.example",
        "INSPECT_OBJECT_STORE": f"s3://{s3_access.bucket}",
        "INSPECT_S3_ENDPOINT_URL": s3_access.endpoint_url,
        "INSPECT_S3_ACCESS_KEY_ID": s3_access.access_key_id,
        "INSPECT_S3_SECRET_ACCESS_KEY": s3_access.secret_access_key,
    }
    command.run("migrate")
    told = command.run("check")
    assert told.returncode == 1
    assert "INSPECT_S3_BROWSER_LINKS=false" in told.stdout
    command.settings["INSPECT_S3_BROWSER_LINKS"] = "false"
    assert command.run("check").returncode == 0


def test_turn_is_tried_with_a_real_allocation(migrated: CommandLine, coturn_server: CoturnServer) -> None:
    migrated.settings |= {"INSPECT_TURN_URLS": coturn_server.url, "INSPECT_TURN_SECRET": coturn_server.secret}
    good = migrated.run("check")
    assert good.returncode == 0, good.stdout
    assert f"✓ 中继 · TURN {coturn_server.url}" in good.stdout
    migrated.settings["INSPECT_TURN_SECRET"] = "another secret"
    bad = migrated.run("check")
    assert bad.returncode == 1
    assert "static-auth-secret" in bad.stdout


@pytest.fixture
def real_certificate(migrated: CommandLine) -> CommandLine:
    """The installation has a certificate of its operator's, for inspect.example."""
    now = datetime.now(UTC)
    made = ensure_certificate(migrated.folder / "tls", ["inspect.example"], [], now=now)
    migrated.settings |= {
        "INSPECT_HTTPS": "true",
        "INSPECT_TLS_CERT": str(made.certificate),
        "INSPECT_TLS_KEY": str(made.key),
        "INSPECT_PUBLIC_URL": "https://inspect.example",
    }
    return migrated


def test_a_certificate_that_fits_passes(real_certificate: CommandLine) -> None:
    checked = real_certificate.run("check")
    assert checked.returncode == 0, checked.stdout
    assert "✓ 证书" in checked.stdout


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("INSPECT_TLS_KEY", "not-there.pem", "not-there.pem"),
        ("INSPECT_PUBLIC_URL", "https://elsewhere.example", "covers elsewhere.example"),
    ],
)
def test_a_certificate_that_browsers_would_refuse_is_told(
    real_certificate: CommandLine, setting: str, value: str, said: str
) -> None:
    real_certificate.settings[setting] = value
    checked = real_certificate.run("check")
    assert checked.returncode == 1
    assert "✗ 证书" in checked.stdout
    assert said in checked.stdout


def test_the_clock_is_compared_with_the_database_server(command: CommandLine, postgres_url: str) -> None:
    command.settings["INSPECT_DATABASE_URL"] = postgres_url
    assert command.run("migrate").returncode == 0
    assert "✓ 时钟" in command.run("check").stdout


def test_serving_prints_where_and_ends_in_order(command: CommandLine) -> None:
    pages = REPOSITORY / "web" / "dist" / "index.html"
    assert pages.exists(), "the pages are built before the tests"
    process = subprocess.Popen(
        [sys.executable, "-m", "inspect_server", "serve", "--demo"],
        cwd=command.folder,
        env=command.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if "neighbour" in line:
                break
        assert any("http://localhost:" in line for line in said)
        assert any("chen-demo-2026" in line for line in said)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(TIMEOUT_S) == 0
    shutil.rmtree(command.folder / "data")
