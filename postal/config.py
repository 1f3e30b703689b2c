"""Settings of a process: frozen, read once, from defaults, a TOML file, the environment and secret files."""

import os
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec

from postal.errors import Unavailable

PREFIX = "POSTAL_"
FILE_SUFFIX = "_FILE"
# Names under our prefix that are not settings of the service.
RESERVED = frozenset({"POSTAL_CONFIG"})
RESERVED_PREFIX = "POSTAL_TEST_"
SECRET_KEYS = frozenset({"code_key", "key", "password", "log_key", "promise_key", "report_secret"})
DSN_KEYS = frozenset({"dsn", "owner_dsn"})


_held: list["Settings"] = []


class SettingsError(ValueError):
    """A setting is unknown or has a value of the wrong type; the message names it."""


class DatabaseSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where PostgreSQL is; without `dsn` the embedded server of the data folder is meant."""

    dsn: str | None = None
    owner_dsn: str | None = None
    pool_min: int = 0
    pool_max: int = 10
    statement_timeout_ms: int = 15_000
    lock_timeout_ms: int = 3_000
    connect_timeout_s: float = 1.5
    allow_unsafe_durability: bool = False


class RedisSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the queue is; without `dsn` the embedded Valkey of the data folder is meant."""

    dsn: str | None = None


class JobSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What runs the messages of the outbox: how many processes of the kind."""

    workers: Annotated[int, msgspec.Meta(ge=1, le=32)] = 1


class WebSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The HTTP listener.

    `public_url` is where citizens reach it, as printed on slips and written in mails (`https://tracuu.example.vn`).
    `allowed_hosts` are the names it may be addressed by (`*.example.vn` for all below); empty means any. After SIGTERM
    a process says for `drain_seconds` that it is not ready, still answering; `graceful_timeout_s` bounds its whole end.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    graceful_timeout_s: int = 5
    drain_seconds: float = 1.0
    trusted_proxies: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    public_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[A-Za-z0-9.:\-\[\]]+$(?!\n)")] | None = None


class SecretSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys that must never be logged; `code_key` is hex of at least 16 bytes."""

    code_key: str | None = None


class FileSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Photos and papers; `key` is hex of 32 bytes, under which the keys of all files lie.

    Without `folder` they lie in the data folder, and without `key` so does a key that is made once. Web and worker
    processes of all machines need the same folder and the same key.
    """

    folder: str | None = None
    key: str | None = None


class ProofSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The log's own name, and keys that are not files of the data folder: hex of the 32 bytes of an Ed25519 seed.

    Give `log_key` to workers and `promise_key` to web processes alone (as `POSTAL_PROOF__LOG_KEY_FILE` and so on).
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.\-]{0,15}$(?!\n)")] = "postal"
    log_key: str | None = None
    promise_key: str | None = None


class CodeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """S10 service indicators of new items: on their way to an agency, and home from it."""

    inbound: str = "DH"
    outbound: str = "DK"


class LimitSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds on what one caller may send; `named` sets other counts for the own limits of single routes.

    A count of 0 means no limit.
    """

    body_bytes: int = 1_048_576
    requests_per_minute: int = 1_200
    anonymous_per_minute: int = 60
    named: dict[str, int] = {}


class MailSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The server that takes our mail; without `host` and `sender`, and `web.public_url`, nobody is offered mail.

    Mail that cannot be delivered comes back to `bounces`, or to `sender`; `postal notices bounce` reads it.
    """

    host: str | None = None
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = None
    sender: Annotated[str, msgspec.Meta(pattern=r"^[!-?A-~]{1,64}@[!-?A-~]{1,190}$(?!\n)")] | None = None
    bounces: Annotated[str, msgspec.Meta(pattern=r"^[!-?A-~]{1,64}@[!-?A-~]{1,190}$(?!\n)")] | None = None


class NoticeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How citizens are told of their dossiers: the hours at which nobody is, and the gateways of SMS and Zalo.

    A gateway takes our JSON by `Authorization: Bearer key`; `trusted` are origins (`https://10.0.0.5:443`) that may be
    called although they are not of the open Internet. It reports what it delivered by calls that it
    signs with `report_secret` (Standard Webhooks), or with a key of the operator's. `zalo_templates` are `kind=id`.
    """

    quiet_from: Annotated[int, msgspec.Meta(ge=0, le=23)] = 21
    quiet_until: Annotated[int, msgspec.Meta(ge=0, le=23)] = 7
    sms_gateway: str | None = None
    zalo_gateway: str | None = None
    zalo_templates: tuple[str, ...] = ()
    key: str | None = None
    report_secret: (
        Annotated[str, msgspec.Meta(pattern=r"^whsec_[A-Za-z0-9+/]{32,88}={0,2}$(?!\n)")] | None
    ) = None
    trusted: tuple[str, ...] = ()


class OutgoingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Calls of programs of others, which must be `https`, of a public name, on port 443 or 8443.

    `trusted` are origins (`http://10.0.0.5:8080`) that may be called all the same; `body_bytes` bounds what is sent.
    """

    trusted: tuple[str, ...] = ()
    body_bytes: Annotated[int, msgspec.Meta(ge=1_024, le=67_108_864)] = 1_048_576


class InboxSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What partners may send, and how long their messages are kept as they came.

    A body has to arrive within `body_seconds`. A message that came too early is tried again for `early_days`.
    """

    body_bytes: Annotated[int, msgspec.Meta(ge=1_024, le=67_108_864)] = 8_388_608
    body_seconds: Annotated[float, msgspec.Meta(gt=0, le=600)] = 30.0
    raw_days: Annotated[int, msgspec.Meta(ge=1, le=3_660)] = 365
    early_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 7
    at_once_seconds: Annotated[float, msgspec.Meta(ge=0, le=10)] = 2.0
    understanding_seconds: Annotated[float, msgspec.Meta(gt=0, le=3_600)] = 300.0


class WatchedFolder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A folder of this machine: what is dropped into its `in` is imported for an organisation."""

    folder: str
    organisation: Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9][A-Z0-9.\-]{1,34}$(?!\n)")]
    kind: Literal["dossiers", "events", "results"]
    profile: str | None = None


class ImportSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files that agencies bring: how many days each is kept, sealed, and the folders that are watched."""

    kept_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] = 90
    folders: tuple[WatchedFolder, ...] = ()


class LoggingSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How events are written; `console` is for eyes, `json` for collectors."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] = "json"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that can be configured; modules get their part as an argument."""

    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    jobs: JobSettings = JobSettings()
    web: WebSettings = WebSettings()
    secrets: SecretSettings = SecretSettings()
    proof: ProofSettings = ProofSettings()
    codes: CodeSettings = CodeSettings()
    files: FileSettings = FileSettings()
    limits: LimitSettings = LimitSettings()
    mail: MailSettings = MailSettings()
    notices: NoticeSettings = NoticeSettings()
    inbox: InboxSettings = InboxSettings()
    outgoing: OutgoingSettings = OutgoingSettings()
    imports: ImportSettings = ImportSettings()
    logging: LoggingSettings = LoggingSettings()
    data: str = ".data"
    clock: Literal["real", "simulated"] = "real"

    @property
    def folder(self) -> Path:
        """The data folder, absolute."""
        return Path(self.data).expanduser().resolve()

    @property
    def files_folder(self) -> Path:
        """Where photos and papers lie, absolute."""
        return (
            self.folder / "files"
            if self.files.folder is None
            else Path(self.files.folder).expanduser().resolve()
        )


def load_settings(environ: Mapping[str, str], file: Path | None = None) -> Settings:
    """Merge all sources, later ones winning: defaults, TOML file, environment, secret files.

    The file is `file`, or the one that `POSTAL_CONFIG` names. Raises SettingsError, which names the key.
    """
    if file is None and (named := environ.get("POSTAL_CONFIG")):
        file = Path(named)
    merged = _from_file(file) if file is not None else {}
    for path, value in _from_environment(environ):
        _place(merged, path, value)
    try:
        return msgspec.convert(merged, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise SettingsError(_explained(error)) from error


def hold(settings: Settings) -> None:
    """Keep the settings of this process, for work that no request begins."""
    _held[:] = [settings]


def held() -> Settings:
    """Give the settings of this process."""
    if not _held:
        raise Unavailable(
            "process.not_configured",
            vi="Tiến trình này chưa được cấu hình cho việc này",
            en="This process is not configured for this work",
        )
    return _held[0]


def redacted(settings: Settings) -> dict[str, Any]:
    """Give the settings as plain values with secrets and passwords masked, fit for a log or a screen."""
    plain: dict[str, Any] = msgspec.to_builtins(settings)
    for section in plain.values():
        if isinstance(section, dict):
            for key, value in section.items():
                if value is not None and key in SECRET_KEYS:
                    section[key] = "***"
                elif value is not None and key in DSN_KEYS:
                    section[key] = _masked(value)
    return plain


def code_key(settings: Settings) -> bytes:
    """Give the key of the keyed permutation, making it once as a private file of the data folder."""
    if settings.secrets.code_key is not None:
        return bytes.fromhex(settings.secrets.code_key)
    path = settings.folder / "code_key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text().strip())
    with os.fdopen(descriptor, "w") as opened:
        key = secrets.token_bytes(32)
        opened.write(key.hex())
        opened.flush()
        os.fsync(opened.fileno())
    return key


def _from_file(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        msg = f"settings file {file}: {error}"
        raise SettingsError(msg) from error


def _from_environment(environ: Mapping[str, str]) -> list[tuple[list[str], str]]:
    found = []
    plain = []
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or name in RESERVED or name.startswith(RESERVED_PREFIX):
            continue
        if name.endswith(FILE_SUFFIX):
            try:
                secret = Path(value).read_text(encoding="utf-8").strip()
            except OSError as error:
                msg = f"{name}: {error}"
                raise SettingsError(msg) from error
            found.append((_path(name.removesuffix(FILE_SUFFIX)), secret))
        else:
            plain.append((_path(name), value))
    return plain + found


def _path(name: str) -> list[str]:
    return name.removeprefix(PREFIX).lower().split("__")


def _place(merged: dict[str, Any], path: list[str], value: str) -> None:
    at = merged
    for step in path[:-1]:
        at = at.setdefault(step, {})
        if not isinstance(at, dict):
            msg = f"setting {'.'.join(path)}: {step} is not a section"
            raise SettingsError(msg)
    at[path[-1]] = [one.strip() for one in value.split(",") if one.strip()] if _is_list(path) else value


def _is_list(path: Sequence[str]) -> bool:
    """Say whether a setting is a list of texts, which one variable gives with commas between."""
    kind: Any = Settings
    for step in path:
        kind = get_type_hints(kind).get(step) if isinstance(kind, type) else None
    return bool(kind == tuple[str, ...])


def _explained(error: msgspec.ValidationError) -> str:
    text = str(error)
    if "unknown field" in text:
        key = text.split("`")[1]
        section = text.partition("`$.")[2].rstrip("`")
        return f"unknown setting {section + '.' if section else ''}{key}"
    return f"setting {text}"


def _masked(dsn: str) -> str:
    head, at, tail = dsn.rpartition("@")
    if not at:
        return dsn
    scheme, separator, credentials = head.partition("://")
    user, colon, password = credentials.partition(":")
    return f"{scheme}{separator}{user}{colon}{'***' if password else ''}@{tail}"
