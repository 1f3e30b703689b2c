"""Writing a period as a log that process-mining tools read, piece by piece."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from integrations.process_mining import repository
from integrations.process_mining.repository import Wanted
from integrations.process_mining.rules import (
    FOOT,
    Form,
    JsonLog,
    OcelEvent,
    OcelObject,
    Step,
    Survey,
    Thing,
    Veil,
    XmlLog,
    head,
    relations_of,
)
from integrations.process_mining.rules.ocel import of_organisation, of_role, of_step, of_thing
from postal.errors import Unprocessable
from postal.identity.rules import Actor

EARLIEST = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
AT_ONCE = 500


async def export(
    form: Form,
    *,
    begin: datetime | None,
    end: datetime | None,
    actor: Actor,
    now: datetime,
    key: bytes | None,
) -> AsyncIterator[bytes]:
    """Begin to write what began in [begin, end) and the actor may see, whole, with all that happened to it since.

    `key` hides people under names of this export alone; without one only their roles are told. The answer is written
    as it is read, a page at a time, so neither this nor the reader ever holds all of it.

    Raises:
        Unprocessable: The period ends before it begins.
    """
    until_now = now + timedelta(microseconds=1)
    first, last = begin or EARLIEST, min(end or until_now, until_now)
    if begin is not None and end is not None and begin >= end:
        raise Unprocessable(
            "export.period",
            vi="Ngày cuối phải sau ngày đầu.",
            en="The period must end after it begins.",
            pointer="/query/to",
        )
    wanted = Wanted(first, last, actor, await repository.settled())
    if form is Form.XES:
        return _xes(wanted, Veil(key))
    return _ocel(JsonLog() if form is Form.OCEL_JSON else XmlLog(), wanted, Veil(key))


async def _xes(wanted: Wanted, veil: Veil) -> AsyncIterator[bytes]:
    yield head(f"postal {wanted.begin:%Y-%m-%d} {wanted.end:%Y-%m-%d}").encode()
    async for page in repository.traces(wanted, veil):
        yield page
    yield FOOT.encode()


async def _ocel(log: JsonLog | XmlLog, wanted: Wanted, veil: Veil) -> AsyncIterator[bytes]:
    """Walk the things three times: for the types that are declared first, for the objects, and for the events."""
    found = await _survey(wanted)
    yield log.begin(found.kinds).encode()
    async for parties in _parties(found, veil):
        yield "".join(log.thing(each) for each in parties).encode()
    async for page in repository.things(wanted):
        known = await repository.known({code for thing in page for _, code in thing.things}, wanted)
        yield "".join(log.thing(of_thing(each, known, found.organisations)) for each in page).encode()
    yield log.between().encode()
    async for page in repository.things(wanted):
        events = await _events(page, wanted, found.organisations, veil)
        yield "".join(log.event(each) for each in events).encode()
    yield log.end().encode()


async def _survey(wanted: Wanted) -> Survey:
    kinds: set[str] = set()
    organisations: set[str] = set()
    people: set[str] = set()
    async for page in repository.things(wanted):
        found = await repository.survey(page, wanted)
        kinds |= found.kinds
        organisations |= found.organisations
        people |= found.people
    return Survey(frozenset(kinds), frozenset(organisations), frozenset(people))


async def _parties(found: Survey, veil: Veil) -> AsyncIterator[list[OcelObject]]:
    """Make the organisations, and the roles that people ever had at them."""
    for codes in _slices(found.organisations):
        yield [of_organisation(*each) for each in await repository.organisations(codes)]
    named: set[str] = set()
    for people in _slices(found.people):
        held = {
            (each.role, each.organisation, veil.name(person))
            for person, roles in (await repository.assigned(people)).items()
            for each in roles
            if each.organisation in found.organisations
        }
        roles = {each.id: each for each in (of_role(*one) for one in held)}
        yield [roles[name] for name in sorted(roles.keys() - named)]
        named |= roles.keys()


def _slices(names: Iterable[str]) -> Iterator[list[str]]:
    listed = sorted(names)
    for first in range(0, len(listed), AT_ONCE):
        yield listed[first : first + AT_ONCE]


async def _events(
    page: Sequence[Thing], wanted: Wanted, organisations: frozenset[str], veil: Veil
) -> list[OcelEvent]:
    steps = [(step, [*relations_of(step), *named]) for step, named in await repository.steps_of(page, wanted)]
    known = await repository.known({code for _, others in steps for _, code in others}, wanted)
    people = await repository.assigned(_people(step for step, _ in steps))
    return [of_step(step, others, known, organisations, people, veil) for step, others in steps]


def _people(steps: Iterable[Step]) -> set[str]:
    return {step.person for step in steps if step.person}
