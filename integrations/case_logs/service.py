"""Importing the event log of another system: read everything, take what is good, name what is not."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from integrations.case_logs import repository
from integrations.case_logs.repository import Run
from integrations.case_logs.rules import (
    CaseRecord,
    LogError,
    Mapped,
    Mapping,
    Profile,
    ProfileError,
    Refusal,
    read_profile,
    sniff,
    stable_id,
    table_rows,
)
from integrations.case_logs.rules.mapping import RANK_OF_EVENTS, RANKS
from integrations.case_logs.rules.measuring import Measured, Table, measure, tabulate
from postal.calendars.rules import WorkingTime
from postal.calendars.service import define
from postal.db import unit_of_work
from postal.errors import BadInput
from postal.identifiers import new_id
from postal.law import repository as law
from postal.network import repository as network
from shipments.dossiers.rules import CaseKind, Registering
from shipments.dossiers.service import ImportedEvent, import_dossiers, import_events

CHUNK = 1 << 20
BATCH = 250
Progress = Callable[[int, int], None]


class Report(Struct, frozen=True, kw_only=True):
    """What an import did. A repeated row is one that was in already; nothing came of it."""

    log: str
    dry_run: bool
    encoding: str
    delimiter: str
    rows: int
    taken: int
    duplicates: int
    refused: tuple[Refusal, ...]
    dossiers: int
    dossiers_new: int
    events: int
    events_new: int
    resumed_after_line: int
    open_dossiers: int
    ended_after_due: int
    before_start: tuple[str, ...]
    ended_before_start: tuple[str, ...]


class _Contents(Struct, frozen=True, kw_only=True):
    """A file read to its end."""

    mapping: Mapping
    encoding: str
    delimiter: str
    sha256: bytes
    taken: tuple[Mapped, ...]
    refused: tuple[Refusal, ...]
    duplicates: int


def load_profile(name: str) -> Profile:
    """Load a profile of ours by name, or another by its path."""
    own = files(__package__) / "profiles" / f"{name}.toml"
    try:
        if name.endswith(".toml"):
            text = Path(name).read_text(encoding="utf-8")
        elif name.replace("-", "").isalnum() and own.is_file():
            text = own.read_text(encoding="utf-8")
        else:
            raise BadInput(
                "import.profile_unknown",
                vi=f"Không có hồ sơ nhập {name}; hãy ghi tên có sẵn hoặc đường dẫn tới tệp .toml",
                en=f"There is no profile {name}; give the name of one of ours or the path of a .toml file",
            )
        return read_profile(text)
    except (ProfileError, UnicodeDecodeError) as error:
        raise BadInput(
            "import.profile_invalid",
            vi=f"Hồ sơ nhập {name} sai: {error}",
            en=f"Profile {name} is wrong: {error}",
        ) from error


def survey(path: Path, profile: Profile) -> Report:
    """Say what an import would do, without a database."""
    contents = _read(path, profile)
    return _report(profile, contents, dry_run=True)


def measure_log(path: Path, profile: Profile) -> tuple[Table, list[Measured]]:
    """Measure a log by its own calendar, without a database: as a whole, and every case that ended."""
    contents = _read(path, profile)
    time = WorkingTime.of(profile.the_calendar())
    measured = measure(contents.taken, profile.parties.authority, time)
    cases = list({each.case.code: each.case for each in contents.taken}.values())
    return tabulate(cases, measured), measured


async def import_log(
    path: Path, profile: Profile, *, now: datetime, progress: Progress | None = None
) -> Report:
    """Import a log, going on where an interrupted import of the same file stopped.

    Every id follows from what a row says, so whatever is repeated changes nothing. Raises BadInput for a file that
    cannot be read at all.
    """
    contents = _read(path, profile)
    await _prepare(profile, contents.mapping, now)
    run = await repository.find_unfinished(profile.log, contents.sha256)
    resumed = run.done_line if run else 0
    if run is None:
        run = Run(id=new_id(now), done_line=0, dossiers_new=0, events_new=0)
        await repository.add(run.id, profile.log, path.name, contents.sha256, now)
    waiting = [each for each in contents.taken if each.line > resumed]
    done = len(contents.taken) - len(waiting)
    for first in range(0, len(waiting), BATCH):
        batch = waiting[first : first + BATCH]
        run = await _take(batch, profile, run, now)
        await repository.advance(run)
        if progress:
            progress(done + first + len(batch), len(contents.taken))
    rows = len(contents.taken) + len(contents.refused) + contents.duplicates
    await repository.finish(run.id, rows, contents.refused, now)
    return replace(
        _report(profile, contents, dry_run=False),
        dossiers_new=run.dossiers_new,
        events_new=run.events_new,
        resumed_after_line=resumed,
    )


async def _prepare(profile: Profile, mapping: Mapping, now: datetime) -> None:
    await define(profile.the_calendar(), citation=profile.calendar.citation, status="test", now=now)
    async with unit_of_work():
        for organisation in profile.the_organisations():
            await network.add(organisation)
        for _, party in sorted(mapping.units.items()):
            await network.add(profile.organisation(party))
        await law.add_procedures(profile.the_procedures())


async def _take(batch: list[Mapped], profile: Profile, run: Run, now: datetime) -> Run:
    cases = {each.case.code: each for each in reversed(batch)}
    dossiers = await import_dossiers(
        [_registering(cases[code], profile) for code in sorted(cases)], now=now, source=_source(profile)
    )
    events = [event for code in sorted(cases) for event in _course_of(cases[code], profile)]
    events += [_event(each, profile) for each in batch]
    new = await import_events(events, now=now, source=_source(profile))
    return replace(
        run,
        done_line=batch[-1].line,
        dossiers_new=run.dossiers_new + dossiers,
        events_new=run.events_new + new,
    )


def _source(profile: Profile) -> str:
    """Name the log, not the run: the source is part of a row's content, and a repetition must say the same."""
    return f"case-log:{profile.log}"


def _registering(mapped: Mapped, profile: Profile) -> Registering:
    case, parties = mapped.case, profile.parties
    return Registering(
        code=case.code,
        procedure=case.procedure,
        procedure_version=1,
        authority=parties.authority,
        desk=parties.desk,
        office=parties.office,
        service_mode=profile.case.service_mode,
        registered_at=case.started,
        id=stable_id(case.started, RANKS["registered"], profile.log, case.code, "registered"),
        piece_id=stable_id(case.started, RANKS["piece"], profile.log, case.code, "piece"),
    )


def _course_of(mapped: Mapped, profile: Profile) -> Iterator[ImportedEvent]:
    """Receipt with the promise, and the end: both stand in the columns of the case."""
    case = mapped.case
    yield ImportedEvent(
        dossier=case.code,
        id=stable_id(case.started, RANKS["received"], profile.log, case.code, "received"),
        kind=CaseKind.RECEIVED,
        at=case.started,
        organisation=profile.parties.desk,
        body={"due": case.due.isoformat()} if case.due else {},
    )
    if case.ended is not None:
        yield ImportedEvent(
            dossier=case.code,
            id=stable_id(case.ended, RANKS["completed"], profile.log, case.code, "completed"),
            kind=CaseKind.COMPLETED,
            at=case.ended,
            organisation=profile.parties.authority,
        )


def _event(mapped: Mapped, profile: Profile) -> ImportedEvent:
    event = mapped.event
    said = {"step": event.activity, "unit": event.unit, "reference": event.reference}
    identity = (
        profile.log,
        mapped.case.code,
        event.kind,
        event.at.isoformat(),
        *(value or "" for value in said.values()),
    )
    return ImportedEvent(
        dossier=mapped.case.code,
        id=stable_id(event.at, RANK_OF_EVENTS, *identity),
        kind=event.kind,
        at=event.at,
        organisation=event.unit or profile.parties.desk,
        body={name: value for name, value in said.items() if value is not None},
    )


def _read(path: Path, profile: Profile) -> _Contents:
    digest = hashlib.sha256()
    try:
        dialect = sniff(_chunks(path, digest.update), profile.table, profile.columns)
    except LogError as error:
        raise BadInput(error.code, vi=error.vi, en=error.en) from error
    mapping = Mapping(profile)
    taken: dict[object, Mapped] = {}
    refused: list[Refusal] = []
    duplicates = 0
    with path.open(encoding=dialect.encoding, errors="replace", newline="") as lines:
        for row in table_rows(lines, dialect.delimiter):
            found = row if isinstance(row, Refusal) else mapping.map(row)
            if isinstance(found, Refusal):
                refused.append(found)
            elif (key := (found.case.code, found.event)) in taken:
                duplicates += 1
            else:
                taken[key] = found
    return _Contents(
        mapping=mapping,
        encoding=dialect.encoding,
        delimiter=dialect.delimiter,
        sha256=digest.digest(),
        taken=tuple(taken.values()),
        refused=tuple(refused),
        duplicates=duplicates,
    )


def _chunks(path: Path, seen: Callable[[bytes], None]) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            seen(chunk)
            yield chunk


def _report(profile: Profile, contents: _Contents, *, dry_run: bool) -> Report:
    cases = {each.case.code: each.case for each in contents.taken}
    early = {each.case.code for each in contents.taken if each.event.at < each.case.started}
    ends = [case for case in cases.values() if case.ended is not None]
    return Report(
        log=profile.log,
        dry_run=dry_run,
        encoding=contents.encoding,
        delimiter=contents.delimiter,
        rows=len(contents.taken) + len(contents.refused) + contents.duplicates,
        taken=len(contents.taken),
        duplicates=contents.duplicates,
        refused=contents.refused,
        dossiers=len(cases),
        dossiers_new=0,
        events=len(contents.taken) + len(cases) + len(ends),
        events_new=0,
        resumed_after_line=0,
        open_dossiers=len(cases) - len(ends),
        ended_after_due=_late(ends),
        before_start=tuple(sorted(early)),
        ended_before_start=tuple(sorted(case.code for case in ends if case.ends_early)),
    )


def _late(cases: Iterable[CaseRecord]) -> int:
    return sum(1 for case in cases if case.due and case.ended and case.ended > case.due)
