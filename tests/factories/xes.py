"""A second writer of XES, row by row in Python, as a judge of the one that the database runs."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from msgspec import Struct

from integrations.process_mining import repository
from integrations.process_mining.repository import Wanted
from integrations.process_mining.rules import FOOT, Assigned, Step, Veil, head, role_at
from integrations.process_mining.rules.markup import escaped
from integrations.process_mining.rules.model import written
from integrations.process_mining.rules.xes import UNKNOWN
from postal.db import fetch

CASES = (Path(__file__).parent / "xes_cases.sql").read_text(encoding="utf-8")
_STEP = itemgetter(*Step.__struct_fields__)


class Case(Struct, frozen=True, kw_only=True):
    """A dossier, as the case that its steps belong to."""

    code: str
    procedure: str
    authority: str
    desk: str
    office: str | None
    service_mode: str
    registered_at: datetime


async def written_slowly(wanted: Wanted, veil: Veil) -> bytes:
    """Write the whole log of a period, a dossier at a time."""
    parts = [head(f"postal {wanted.begin:%Y-%m-%d} {wanted.end:%Y-%m-%d}")]
    async for case, steps in _cases(wanted):
        people = await repository.assigned({step.person for step in steps if step.person})
        parts.append(trace(case, steps, people, veil))
    return "".join([*parts, FOOT]).encode()


async def _cases(wanted: Wanted) -> AsyncIterator[tuple[Case, list[Step]]]:
    rows = await fetch(CASES, wanted.begin, "", wanted.end, 1_000_000, *wanted.eyes, wanted.settled)
    for _, of_case in groupby(rows, key=itemgetter("case")):
        listed = list(of_case)
        first = dict(listed[0])
        if first["wanted"]:
            case = Case(code=first["case"], **{name: first[name] for name in Case.__struct_fields__[1:]})
            yield case, [Step(*_STEP(row)) for row in listed if row["id"] is not None]


def trace(case: Case, steps: Iterable[Step], people: Mapping[str, Sequence[Assigned]], veil: Veil) -> str:
    """Write a case with its steps."""
    attributes = (
        _string("concept:name", case.code),
        _string("procedure", case.procedure),
        _string("authority", case.authority),
        _string("desk", case.desk),
        _string("office", case.office),
        _string("service_mode", case.service_mode),
        f'<date key="registered_at" value="{written(case.registered_at)}"/>\n',
    )
    events = (_event(step, people, veil) for step in steps)
    return f"<trace>\n{''.join(attributes)}{''.join(events)}</trace>\n"


def _event(step: Step, people: Mapping[str, Sequence[Assigned]], veil: Veil) -> str:
    begin = (
        f'<event>\n<string key="concept:name" value="{escaped(step.activity)}"/>\n'
        f'<string key="concept:instance" value="{step.id}"/>\n'
        f'<date key="time:timestamp" value="{written(step.at)}"/>\n'
        '<string key="lifecycle:transition" value="complete"/>\n'
        f'<string key="org:group" value="{escaped(step.organisation or UNKNOWN)}"/>\n'
    )
    parts = [begin]
    if step.person:
        if name := veil.name(step.person):
            parts.append(f'<string key="org:resource" value="{name}"/>\n')
        if roles := role_at(people.get(step.person, ()), step.organisation, step.at):
            parts.append(f'<string key="org:role" value="{",".join(roles)}"/>\n')
    parts.append(
        f'<string key="object" value="{escaped(step.code)}"/>\n<string key="object_type" value="{step.type}"/>\n'
    )
    if step.step:
        parts.append(_string("kind", step.kind))
    for key, value in (
        ("place", step.place),
        ("manifest", step.manifest),
        ("container", step.container),
        ("counterparty", step.counterparty),
        ("condition", step.condition),
        ("reason", step.reason),
    ):
        if value:
            parts.append(f'<string key="{key}" value="{escaped(value)}"/>\n')
    parts.append("</event>\n")
    return "".join(parts)


def _string(key: str, value: str | None) -> str:
    return f'<string key="{key}" value="{escaped(value)}"/>\n' if value else ""
