"""XES (IEEE 1849): a log of traces, each the whole case of a dossier in the order of our corrected clock.

A scan of an item that carries several dossiers stands in the trace of each of them, with the same `concept:instance`.
"""

from collections.abc import Iterable, Mapping, Sequence

from integrations.process_mining.rules.markup import escaped
from integrations.process_mining.rules.model import Assigned, Case, Step, Veil, role_at, written

EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"), ("Organizational", "org"))
UNKNOWN = "UNKNOWN"

_EXTENSIONS = "".join(
    f'<extension name="{name}" prefix="{prefix}" uri="http://www.xes-standard.org/{prefix}.xesext"/>\n'
    for name, prefix in EXTENSIONS
)
_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2023" xes.features="">
{_EXTENSIONS}<global scope="trace">
<string key="concept:name" value="{UNKNOWN}"/>
</global>
<global scope="event">
<string key="concept:name" value="{UNKNOWN}"/>
<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>
<string key="lifecycle:transition" value="complete"/>
<string key="org:group" value="{UNKNOWN}"/>
</global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="ActivityAndOrganisation" keys="concept:name org:group"/>
<string key="lifecycle:model" value="standard"/>
<string key="concept:name" value="{{name}}"/>
"""
FOOT = "</log>\n"


def head(name: str) -> str:
    """Begin a log: extensions, what every trace and event has, classifiers."""
    return _HEAD.format(name=escaped(name))


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
