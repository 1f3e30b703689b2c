"""OCEL 2.0: things, organisations and roles as objects, steps as events that relate to several of them at once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from integrations.process_mining.rules.markup import escaped
from integrations.process_mining.rules.model import Assigned, Step, Thing, Veil, parties_of, role_at, written

EPOCH = "1970-01-01T00:00:00+00:00"
POSTED = ("direction", "service")
OBJECT_TYPES: dict[str, tuple[str, ...]] = {
    "dossier": ("procedure", "service_mode", *POSTED),
    "result": POSTED,
    "item": POSTED,
    "bag": POSTED,
    "manifest": ("state",),
    "trip": ("state", "vehicle", "route"),
    "organisation": ("name", "kind", "level"),
    "role": ("role",),
}
EVENT_ATTRIBUTES = ("step", "condition", "reason")
Pairs = Sequence[tuple[str, str]]


class OcelObject(Struct, frozen=True, kw_only=True):
    """An object with its attributes as they were at an instant, and its relations: object and qualifier."""

    id: str
    type: str
    time: str
    attributes: Pairs
    relations: Pairs


class OcelEvent(Struct, frozen=True, kw_only=True):
    """An event with its relations: object and qualifier."""

    id: str
    type: str
    time: str
    attributes: Pairs
    relations: Pairs


class Survey(Struct, frozen=True):
    """What must be known before anything is written: kinds of steps, organisations and people that are spoken of.

    There are no more of them than the network has, however long the period is.
    """

    kinds: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()


class Log(Protocol):
    """A way of writing; every part may be written piece by piece."""

    def begin(self, kinds: Iterable[str]) -> str:
        """Declare all types, and begin the objects."""

    def thing(self, each: OcelObject) -> str:
        """Write an object."""

    def between(self) -> str:
        """End the objects and begin the events."""

    def event(self, each: OcelEvent) -> str:
        """Write an event."""

    def end(self) -> str:
        """End the log."""


def of_thing(thing: Thing, known: Mapping[str, str], organisations: frozenset[str]) -> OcelObject:
    """Make an object; it is related to what the log holds, `known` by code with its type, and to nothing else."""
    relations = [(_id(known[code], code), qualifier) for qualifier, code in thing.things if code in known]
    relations += [
        (_id("organisation", code), qualifier)
        for qualifier, code in thing.organisations
        if code in organisations
    ]
    return OcelObject(
        id=_id(thing.type, thing.code),
        type=thing.type,
        time=written(thing.at),
        attributes=thing.attributes,
        relations=relations,
    )


def of_organisation(code: str, attributes: Pairs) -> OcelObject:
    """Make an organisation; it is as it is known now."""
    return OcelObject(
        id=_id("organisation", code), type="organisation", time=EPOCH, attributes=attributes, relations=()
    )


def of_role(role: str, organisation: str, name: str | None) -> OcelObject:
    """Make a role at an organisation, of somebody under a name of this export or of whoever has it."""
    return OcelObject(
        id=_role(role, organisation, name),
        type="role",
        time=EPOCH,
        attributes=(("role", role),),
        relations=((_id("organisation", organisation), "at"),),
    )


def of_step(
    step: Step,
    others: Iterable[tuple[str, str]],
    known: Mapping[str, str],
    organisations: frozenset[str],
    people: Mapping[str, Sequence[Assigned]],
    veil: Veil,
) -> OcelEvent:
    """Make an event of a step; `others` are further things that it speaks of, by qualifier and code."""
    relations = [(_id(step.type, step.code), "subject")]
    relations += [(_id(known[code], code), qualifier) for qualifier, code in others if code in known]
    relations += [
        (_id("organisation", code), qualifier)
        for qualifier, code in parties_of(step)
        if code in organisations
    ]
    attributes = [
        (name, value)
        for name, value in (("step", step.step), ("condition", step.condition), ("reason", step.reason))
        if value
    ]
    if step.person and step.organisation in organisations:
        name, at = veil.name(step.person), str(step.organisation)
        held = role_at(people.get(step.person, ()), at, step.at)
        relations += [(_role(role, at, name), "role") for role in held]
    return OcelEvent(
        id=str(step.id), type=step.kind, time=written(step.at), attributes=attributes, relations=relations
    )


class JsonLog:
    """OCEL 2.0 as JSON."""

    def __init__(self) -> None:
        self._separator = ""

    def begin(self, kinds: Iterable[str]) -> str:
        """Declare all types, and begin the objects."""
        objects = [_declared(name, attributes) for name, attributes in OBJECT_TYPES.items()]
        events = [_declared(kind, EVENT_ATTRIBUTES) for kind in sorted(kinds)]
        return f'{{"objectTypes":{_json(objects)},\n"eventTypes":{_json(events)},\n"objects":['

    def thing(self, each: OcelObject) -> str:
        """Write an object; its attributes have a time, since they may change."""
        attributes = [
            {"name": _attribute(each.type, name), "time": each.time, "value": value}
            for name, value in each.attributes
        ]
        return self._listed(
            {
                "id": each.id,
                "type": each.type,
                "attributes": attributes,
                "relationships": _related(each.relations),
            }
        )

    def between(self) -> str:
        """End the objects and begin the events."""
        self._separator = ""
        return '],\n"events":['

    def event(self, each: OcelEvent) -> str:
        """Write an event."""
        return self._listed(
            {
                "id": each.id,
                "type": each.type,
                "time": each.time,
                "attributes": [
                    {"name": _attribute(each.type, name), "value": value} for name, value in each.attributes
                ],
                "relationships": _related(each.relations),
            }
        )

    def end(self) -> str:
        """End the log."""
        return "]}\n"

    def _listed(self, value: object) -> str:
        separator, self._separator = self._separator, ","
        return f"{separator}\n{_json(value)}"


class XmlLog:
    """OCEL 2.0 as XML."""

    def begin(self, kinds: Iterable[str]) -> str:
        """Declare all types, and begin the objects."""
        objects = "".join(_xml_type("object-type", *each) for each in OBJECT_TYPES.items())
        events = "".join(_xml_type("event-type", kind, EVENT_ATTRIBUTES) for kind in sorted(kinds))
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<log>\n'
            f"<object-types>\n{objects}</object-types>\n<event-types>\n{events}</event-types>\n<objects>\n"
        )

    def thing(self, each: OcelObject) -> str:
        """Write an object."""
        attributes = "".join(
            f'<attribute name="{_attribute(each.type, name)}" time="{each.time}">{escaped(value)}</attribute>'
            for name, value in each.attributes
        )
        return (
            f'<object id="{escaped(each.id)}" type="{each.type}"><attributes>{attributes}</attributes>'
            f"<objects>{_xml_related(each.relations)}</objects></object>\n"
        )

    def between(self) -> str:
        """End the objects and begin the events."""
        return "</objects>\n<events>\n"

    def event(self, each: OcelEvent) -> str:
        """Write an event."""
        attributes = "".join(
            f'<attribute name="{escaped(_attribute(each.type, name))}">{escaped(value)}</attribute>'
            for name, value in each.attributes
        )
        return (
            f'<event id="{each.id}" type="{escaped(each.type)}" time="{each.time}">'
            f"<attributes>{attributes}</attributes>"
            f"<objects>{_xml_related(each.relations)}</objects></event>\n"
        )

    def end(self) -> str:
        """End the log."""
        return "</events>\n</log>\n"


def _id(kind: str, code: str) -> str:
    """Name an object by type and code: codes of different types could be alike."""
    return f"{kind}:{code}"


def _role(role: str, organisation: str, name: str | None) -> str:
    return f"role:{role}@{organisation}" + (f":{name}" if name else "")


def _attribute(of: str, name: str) -> str:
    """Name an attribute: in OCEL it belongs to one type alone, as the published schema of its XML demands."""
    return f"{of}.{name}"


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _declared(name: str, attributes: Iterable[str]) -> dict[str, object]:
    return {
        "name": name,
        "attributes": [{"name": _attribute(name, each), "type": "string"} for each in attributes],
    }


def _related(relations: Pairs) -> list[dict[str, str]]:
    return [{"objectId": object_id, "qualifier": qualifier} for object_id, qualifier in relations]


def _xml_type(tag: str, name: str, attributes: Iterable[str]) -> str:
    declared = "".join(
        f'<attribute name="{escaped(_attribute(name, each))}" type="string"/>' for each in attributes
    )
    return f'<{tag} name="{escaped(name)}"><attributes>{declared}</attributes></{tag}>\n'


def _xml_related(relations: Pairs) -> str:
    """Write relations as the published schema wants them: each names the type of its object too."""
    return "".join(
        f'<object object-id="{escaped(object_id)}" qualifier="{qualifier}" type="{object_id.partition(":")[0]}"/>'
        for object_id, qualifier in relations
    )
