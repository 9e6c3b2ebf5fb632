"""Settings are checked, documented, and never show a secret."""

from pathlib import Path

import pytest

from inspect_server.cli.parser import build_parser
from inspect_server.cli.setting_list import with_table
from inspect_server.domain.errors import SettingsInvalid
from inspect_server.settings import Settings, load_settings, unknown_variables, variable

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(autouse=True)
def _nobody_elses_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.chdir(tmp_path)


def test_the_readme_shows_todays_table() -> None:
    assert README.read_text(encoding="utf-8") == with_table(README)


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert len(Settings.model_fields[name].description or "") > 10
    assert f"`{variable(name)}`" in README.read_text(encoding="utf-8")


def test_nothing_said_means_everything_in_one_folder(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.data_dir == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'inspect.db'}"
    assert settings.object_store == str(tmp_path / "data" / "objects")
    assert settings.spool_dir == tmp_path / "data" / "spool"


def test_command_line_comes_before_environment_before_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "own.toml"
    file.write_text("http_port = 1001\nhttps_port = 1002\nsign_in_hours = 3\n")
    monkeypatch.setenv("INSPECT_HTTP_PORT", "2001")
    monkeypatch.setenv("INSPECT_HTTPS_PORT", "2002")
    settings = load_settings(file, {"http_port": 3001, "https_port": None})
    assert (settings.http_port, settings.https_port, settings.sign_in_hours) == (3001, 2002, 3)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"http_port": 70000}, "http_port"),
        ({"database_url": "mysql://x/y"}, "database_url"),
        ({"object_store": "s3://"}, "object_store"),
        ({"object_store": "ftp://x/y"}, "object_store"),
        ({"turn_urls": "stun:x:1"}, "turn_urls"),
        ({"turn_urls": "turn:x:1"}, "turn_secret"),
        ({"ice_public_addresses": "media.example.org"}, "ice_public_addresses"),
        ({"ice_port_range": "40000"}, "ice_port_range"),
        ({"ice_port_range": "40999-40000"}, "ice_port_range"),
        ({"ice_port_range": "80-90"}, "ice_port_range"),
        ({"media_workers": -1}, "media_workers"),
        ({"tls_cert": "a.pem"}, "tls_key"),
        ({"s3_access_key_id": "x"}, "s3_secret_access_key"),
        ({"public_url": "example.org"}, "public_url"),
        ({"http_prot": 1}, "http_port"),
    ],
)
def test_a_wrong_value_is_refused_by_name(values: dict[str, object], named: str) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(None, values)
    assert named in str(caught.value)


def test_addresses_and_ports_are_given_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECT_ICE_PUBLIC_ADDRESSES", "203.0.113.7, 2001:db8::7")
    monkeypatch.setenv("INSPECT_ICE_PORT_RANGE", "40000-40999")
    settings = load_settings()
    assert settings.ice_public_addresses == ("203.0.113.7", "2001:db8::7")
    assert settings.ice_port_range == (40000, 40999)


def test_a_wrong_secret_is_not_repeated_in_the_message() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(None, {"s3_secret_access_key": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_secrets_do_not_show_in_a_printout() -> None:
    settings = load_settings(
        None,
        {
            "s3_access_key_id": "x", "s3_secret_access_key": "hunter2", "turn_urls": "turn:x:1",
            "turn_secret": "hunter3",
            "database_url": "postgresql+asyncpg://u:hunter4@h/d",
        },
    )  # fmt: skip
    assert "hunter" not in repr(settings)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(SettingsInvalid, match=r"nothing\.toml"):
        load_settings(Path("nothing.toml"))


def test_a_mistyped_variable_is_pointed_out() -> None:
    assert unknown_variables({"INSPECT_HTTP_PROT": "1", "PATH": "/bin"}) == [
        "INSPECT_HTTP_PROT: unknown, did you mean INSPECT_HTTP_PORT?"
    ]


def test_an_option_of_the_command_line_bears_the_name_of_its_setting() -> None:
    typed = vars(build_parser().parse_args(["serve"]))
    for name in set(typed) & set(Settings.model_fields):
        value = "info" if name == "log_level" else "1"
        read = build_parser().parse_args(["serve", f"--{name.replace('_', '-')}", value])
        assert str(getattr(read, name)) == value
