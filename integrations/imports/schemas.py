"""What the API of imports takes and gives."""

from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from integrations.imports.repository import KeptError
from integrations.imports.rules import Format, Job, Kind, Profile, State
from postal.instants import Instant


class FailureView(Struct, frozen=True, kw_only=True):
    """Why a file could not be read at all; `row` is where, if that is known."""

    code: str
    message_vi: str
    message_en: str
    row: int


class ColumnView(Struct, frozen=True, kw_only=True):
    """A column of the file; without a `field` it is kept with the file and not used."""

    heading: str
    field: str | None


class WarningView(Struct, frozen=True, kw_only=True):
    """What a person should know of the file as a whole."""

    message_vi: str
    message_en: str


class ImportView(Struct, frozen=True, kw_only=True):
    """An import: `done` of `rows` were judged. A row is new, unchanged, `differs` from what is known, or refused."""

    id: UUID
    organisation: str
    kind: Kind
    format: Format
    profile: str
    profile_version: int
    size: int
    dry_run: bool
    state: State
    rows: int
    read_whole: bool
    done: int
    new: int
    unchanged: int
    differs: int
    refused: int
    failure: FailureView | None
    columns: list[ColumnView]
    warnings: list[WarningView]
    made_at: Instant
    finished_at: Instant | None
    expires_at: Instant
    erased_at: Instant | None


class ImportErrorView(Struct, frozen=True, kw_only=True):
    """Why a row was not taken, and what to do about it."""

    row: int
    heading: str | None
    code: str
    message_vi: str
    message_en: str


class NewProfile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an organisation's files of one kind are read, as the text of a TOML file."""

    toml: Annotated[str, Meta(min_length=1, max_length=100_000)]


class ProfileView(Struct, frozen=True, kw_only=True):
    """A profile; version 0 ships with the program."""

    code: str
    version: int
    kind: Kind
    title: str
    body: dict[str, Any]


def view(job: Job) -> ImportView:
    """Show an import."""
    failure = job.failure
    return ImportView(
        id=job.id,
        organisation=job.organisation,
        kind=job.kind,
        format=job.format,
        profile=job.profile,
        profile_version=job.profile_version,
        size=job.size,
        dry_run=job.dry_run,
        state=job.state,
        rows=job.rows_read,
        read_whole=job.read_whole,
        done=job.rows_done + job.rows_misread,
        new=job.rows_new,
        unchanged=job.rows_unchanged,
        differs=job.rows_changed,
        refused=job.rows_refused + job.rows_misread,
        failure=FailureView(code=failure.code, message_vi=failure.vi, message_en=failure.en, row=failure.row)
        if failure
        else None,
        columns=[ColumnView(heading=each.name, field=each.field) for each in job.headings],
        warnings=[WarningView(message_vi=each.vi, message_en=each.en) for each in job.warnings],
        made_at=job.made_at,
        finished_at=job.finished_at,
        expires_at=job.expires_at,
        erased_at=job.erased_at,
    )


def error_view(kept: KeptError) -> ImportErrorView:
    """Show why a row was not taken."""
    error = kept.error
    return ImportErrorView(
        row=error.row, heading=error.heading, code=error.code, message_vi=error.vi, message_en=error.en
    )


def profile_view(profile: Profile, version: int, body: dict[str, Any]) -> ProfileView:
    """Show a profile."""
    return ProfileView(code=profile.code, version=version, kind=profile.kind, title=profile.title, body=body)
