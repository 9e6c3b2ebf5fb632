"""All settings of the server in one typed, read-only object: from the environment, a TOML file, or the command line.

Every field's description is its documentation: the table in the README is made of them. The first source that names
a setting wins: command line, then environment (``INSPECT_HTTP_PORT``), then file (``http_port = 8080``).
"""

import difflib
import ipaddress
import tomllib
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from inspect_server.domain.errors import SettingsInvalid

ENV_PREFIX = "INSPECT_"
DEFAULT_FILE = Path("inspect.toml")

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """What an operator can choose. Folders are absolute after validation; empty texts mean "not set"."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, frozen=True, extra="forbid", validate_default=True, hide_input_in_errors=True
    )

    data_dir: Path = Field(
        Path("data"),
        description="Folder for everything the server keeps on this machine, its own certificate included.",
    )
    database_url: str = Field(
        "",
        # It may hold a password.
        repr=False,
        description="Address of the database: `sqlite:///file` or `postgresql://user:password@host/name`. "
        "Empty: an SQLite file in `data_dir`.",
    )
    object_store: str = Field(
        "",
        description="Where footage is kept: a folder, or `s3://bucket/prefix`. Empty: the folder `objects` in "
        "`data_dir`.",
    )
    s3_endpoint_url: str = Field(
        "", description="Address of an S3 service other than Amazon's, as the server reaches it."
    )
    s3_region: str = Field("us-east-1", description="Region of the bucket.")
    s3_access_key_id: str = Field(
        "", description="Access key of the bucket. Empty: boto3's own search (role of the machine, its own variables)."
    )
    s3_secret_access_key: SecretStr = Field(SecretStr(""), description="Secret that belongs to the access key.")
    s3_browser_links: bool = Field(
        default=True,
        description="Whether browsers fetch footage from the bucket themselves, by links valid for five minutes: then "
        "they must reach `s3_endpoint_url`, by HTTPS. Off: the server passes the bytes on.",
    )
    time_zone: str = Field(
        "Asia/Shanghai", description="In which stamps on pictures and records tell the time (IANA name)."
    )
    site_radius_m: float = Field(
        300.0,
        gt=0,
        le=100_000,
        description="How far from the registered place (metres) somebody in a call is still at the site; farther warns "
        "the inspector, and blocks nothing.",
    )
    media_workers: int = Field(
        0,
        ge=0,
        le=64,
        description="Processes that carry and record the calls, each with calls of its own. 0: one per processor core "
        "minus one, at least one.",
    )
    spool_dir: Path = Field(
        Path(),
        description="Folder on a local disk where footage is safe before it is uploaded; owned by one server. "
        "Empty: the folder `spool` in `data_dir`.",
    )
    spool_min_free_mb: int = Field(
        1024, ge=16, description="Below this much free space (MiB) in the spool no new call is admitted."
    )
    http_host: str = Field("127.0.0.1", description="Address that plain HTTP listens on; keep it to this machine.")
    http_port: Port = Field(8080, description="Port of plain HTTP; 0 picks a free one.")
    https_host: str = Field("0.0.0.0", description="Address that HTTPS listens on.")  # noqa: S104 - phones join here
    https_port: Port = Field(8443, description="Port of HTTPS; 0 picks a free one.")
    https: bool = Field(
        default=True,
        description="Whether to serve HTTPS. Switch it off only behind a proxy that speaks HTTPS to the browsers.",
    )
    tls_cert: Path | None = Field(
        None, description="Certificate chain (PEM). Empty: the server makes a certificate for its own addresses."
    )
    tls_key: Path | None = Field(None, description="Private key (PEM) of `tls_cert`.")
    public_url: str = Field(
        "",
        description="Address under which browsers reach the server; links and QR codes begin with it. Empty: the "
        "HTTPS address on the local network.",
    )
    turn_urls: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="TURN servers, comma-separated, e.g. `turn:turn.example.org:3478?transport=udp`."
    )
    turn_secret: SecretStr = Field(
        SecretStr(""), description="Secret shared with the TURN server (coturn: `static-auth-secret`)."
    )
    turn_ttl_s: int = Field(
        6 * 3600, ge=300, description="How long a TURN credential is valid (seconds); longer than the longest call."
    )
    ice_public_addresses: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="IP addresses, comma-separated, that a NAT in front of the server shows instead of its own; it "
        "must pass UDP on with unchanged ports.",
    )
    ice_port_range: Annotated[tuple[int, int] | None, NoDecode] = Field(
        None,
        description="UDP ports for media, e.g. `40000-40999`: two for each person in a call, and as many again while "
        "they come back. Empty: any free port.",
    )
    ice_announce_loopback: bool = Field(
        default=True,
        description="Offer 127.0.0.1 to browsers as well, for those on the server's own machine; harmless to others.",
    )
    invitation_hours: int = Field(72, ge=1, le=24 * 90, description="How long an invitation link is valid.")
    sign_in_hours: int = Field(12, ge=1, le=24 * 30, description="After so long a sign-in ends.")
    grace_minutes: int = Field(
        30, ge=0, le=24 * 60, description="How late a planned inspection may begin before it counts as missed."
    )
    message_gateway_url: str = Field(
        "",
        description="Where one-time codes for guests' phones are posted: JSON with `phone`, `code` and `text`; any 2xx "
        "means that it was taken. Empty: guests identify themselves by a photo.",
    )
    message_gateway_token: SecretStr = Field(
        SecretStr(""), description="Goes to the message gateway as bearer token (`Authorization`)."
    )
    codes_on_screen: bool = Field(
        default=False,
        description="Show one-time codes on the page that asks for them instead of sending them. They prove nothing "
        "then: for demonstrations only. `serve --demo` does so unless there is a message gateway.",
    )
    max_participants: int = Field(
        8, ge=2, le=8, description="How many people, cameras and video walls one inspection's room admits."
    )
    ntp_server: str = Field(
        "",
        description="Time server that the clock is compared with, by `check` and every ten minutes; the difference "
        "goes into the records of inspections. Empty: the database server's clock.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What is logged.")

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value)
        except (ValueError, KeyError, OSError):
            raise ValueError(f"{value!r} is no time zone, such as Asia/Shanghai") from None
        return value

    @field_validator("turn_urls", "ice_public_addresses", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("turn_urls")
    @classmethod
    def _are_turn(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [url for url in value if not url.startswith(("turn:", "turns:"))]:
            raise ValueError(f"{wrong[0]!r} does not begin with turn: or turns:")
        return value

    @field_validator("ice_public_addresses")
    @classmethod
    def _are_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            try:
                ipaddress.ip_address(address)
            except ValueError:
                raise ValueError(f"{address!r} is no IP address") from None
        return value

    @field_validator("ice_port_range", mode="before")
    @classmethod
    def _is_range(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        first, _, last = value.partition("-")
        if not (first.strip().isdecimal() and last.strip().isdecimal()):
            raise ValueError("must be two ports like 40000-40999")
        return int(first), int(last)

    @field_validator("ice_port_range")
    @classmethod
    def _are_ports(cls, value: tuple[int, int] | None) -> tuple[int, int] | None:
        if value is not None and not 1024 <= value[0] <= value[1] <= 65535:
            raise ValueError("must go up, from 1024 at the lowest to 65535")
        return value

    @field_validator("database_url")
    @classmethod
    def _is_a_known_kind(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:", "sqlite+aiosqlite:", "postgresql:", "postgresql+asyncpg:")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("public_url", "s3_endpoint_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("object_store")
    @classmethod
    def _is_folder_or_bucket(cls, value: str) -> str:
        if "://" in value and not (value.startswith("s3://") and value.removeprefix("s3://").strip("/")):
            raise ValueError("must be a folder or s3://bucket/prefix")
        return value

    @model_validator(mode="before")
    @classmethod
    def _empty_means_default(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Treat ``INSPECT_TLS_CERT=`` as not set, the way compose files pass on variables nobody set."""
        return {name: value for name, value in values.items() if value != ""}

    @model_validator(mode="after")
    def _complete(self) -> Self:
        """Fill in what follows from other settings, and check what belongs together."""
        data_dir = self.data_dir.expanduser().absolute()
        spool_dir = data_dir / "spool" if self.spool_dir == Path() else self.spool_dir.expanduser().absolute()
        object_store = self.object_store or str(data_dir / "objects")
        if not object_store.startswith("s3://"):
            object_store = str(Path(object_store).expanduser().absolute())
        derived = {
            "data_dir": data_dir,
            "spool_dir": spool_dir,
            "object_store": object_store,
            "database_url": self.database_url or f"sqlite:///{data_dir / 'inspect.db'}",
        }
        for name, value in derived.items():
            # The object is frozen for everyone else; this is still its construction.
            object.__setattr__(self, name, value)
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key must be given together")
        if self.turn_urls and not self.turn_secret.get_secret_value():
            raise ValueError("turn_urls needs turn_secret")
        if bool(self.s3_access_key_id) != bool(self.s3_secret_access_key.get_secret_value()):
            raise ValueError("s3_access_key_id and s3_secret_access_key must be given together")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, environment; ``load_settings`` puts the file behind them."""
        return init_settings, env_settings


def load_settings(file: Path | None = None, overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read and check all settings.

    Args:
        file: a TOML file that must exist; None: ``inspect.toml`` in the working directory where there is one.
        overrides: what the command line says; None values count as not said.

    Raises:
        SettingsInvalid: a value is wrong or a name unknown, with one line for each.
    """
    source = file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    said = {name: value for name, value in (overrides or {}).items() if value is not None}
    try:
        return _with_file(source)(**said)
    except ValidationError as error:
        raise _invalid([_problem(dict(found)) for found in error.errors()]) from None
    except FileNotFoundError:
        raise _invalid([f"{source}: no such file"]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise _invalid([f"{source}: {error}"]) from None


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings but are none: one line each, with the name that was likely meant."""
    known = {variable(name) for name in Settings.model_fields}
    lines = []
    for name in sorted(environment):
        if name.startswith(ENV_PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            lines.append(f"{name}: unknown" + (f", did you mean {near[0]}?" if near else ""))
    return lines


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return ENV_PREFIX + name.upper()


def settings_table() -> str:
    """The Markdown table of all settings, as the README shows it."""
    rows = ["| Setting | Default | Meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.default
        if isinstance(default, SecretStr):
            default = default.get_secret_value()
        empty = default in (None, "", (), Path())
        shown = "" if empty else f"`{str(default).lower() if isinstance(default, bool) else default}`"
        rows.append(f"| `{variable(name)}` | {shown} | {field.description} |")
    return "\n".join(rows) + "\n"


def _with_file(file: Path | None) -> type[Settings]:
    if file is None:
        return Settings
    if not file.is_file():
        raise FileNotFoundError(file)

    class SettingsWithFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *args: Any, **sources: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            before = super().settings_customise_sources(settings_cls, *args, **sources)
            return (*before, TomlConfigSettingsSource(settings_cls, file))

    return SettingsWithFile


def _invalid(problems: list[str]) -> SettingsInvalid:
    text = "; ".join(problems)
    return SettingsInvalid(f"bad settings: {text}", problems=text)


def _problem(found: dict[str, Any]) -> str:
    """One error of pydantic in an operator's words; never the value, which may be a secret."""
    name = str(found["loc"][0]) if found["loc"] else ""
    message = str(found["msg"]).removeprefix("Value error, ")
    if found["type"] == "extra_forbidden":
        near = difflib.get_close_matches(name, Settings.model_fields, n=1)
        message = "unknown setting" + (f", did you mean {near[0]}?" if near else "")
    return f"{name} ({variable(name)}): {message}" if name else message
