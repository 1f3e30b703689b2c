"""Read the truth off a played stage: who answers for what, how each line stands, when each clock ran."""

from collections.abc import Iterator
from datetime import timedelta

from integrations.simulation.rules.journey import Journey
from integrations.simulation.rules.stage import Stage
from integrations.simulation.rules.truth import (
    ASTRAY,
    LineTruth,
    PieceTruth,
    Sheet,
    Story,
    Taken,
    Thing,
    TimeTruth,
    Truth,
)

WAITING = timedelta(hours=72)
"""How long an unseen piece may wait for a device's upload before it is missing: the system's own dated constant."""


def examine(stage: Stage) -> Truth:
    """State everything that the system will be examined about."""
    return Truth(
        pieces=tuple(_piece(thing) for thing in stage.things.values()),
        lines=tuple(line for sheet in stage.sheets for line in _lines(stage, sheet)),
        times=tuple(time for journey in stage.journeys for time in _times(journey)),
        highlights=_highlights(stage),
        taken=tuple(one for sheet in stage.sheets for one in _taken(sheet)),
    )


def _piece(thing: Thing) -> PieceTruth:
    return PieceTruth(
        name=thing.name,
        kind=thing.kind,
        claims=tuple(sorted(thing.answered_by())),
        where=thing.really_at(),
        story=thing.story.value,
    )


def _lines(stage: Stage, sheet: Sheet) -> Iterator[LineTruth]:
    for name, seen in sheet.classes.items():
        thing = stage.things[name]
        if thing.rivals and _last_sheet(stage, thing) is sheet:
            yield LineTruth(manifest=sheet.name, piece=name, line_class="contested")
        else:
            yield LineTruth(manifest=sheet.name, piece=name, line_class=_settled(stage, sheet, thing, seen))
    for name, outer in sheet.within.items():
        if name not in sheet.classes:
            yield LineTruth(manifest=sheet.name, piece=name, line_class=_inside(stage, sheet, outer))


def _taken(sheet: Sheet) -> Iterator[Taken]:
    for name, at in sheet.taken.items():
        yield Taken(manifest=sheet.name, piece=name, at=at, waits=sheet.sent + WAITING)


def _last_sheet(stage: Stage, thing: Thing) -> Sheet | None:
    return next((sheet for sheet in reversed(stage.sheets) if thing in sheet.listed), None)


def _settled(stage: Stage, sheet: Sheet, thing: Thing, seen: str) -> str:
    """Settle what became of a line that the receiver never saw under this manifest."""
    if seen != "unseen":
        return seen
    elsewhere = any(
        other is not sheet and other.classes.get(thing.name) == "misrouted" for other in stage.sheets
    )
    if elsewhere:
        return "misrouted"
    return "awaiting_device" if _silent(stage, sheet) else "missing"


def _silent(stage: Stage, sheet: Sheet) -> bool:
    """Tell whether a device that may have seen the handover keeps its scans, and could still send them in time."""
    if sheet.arrived or stage.end - sheet.sent >= WAITING:
        return False
    return any(
        scanner.silent_from is not None and organisation in {sheet.giver, sheet.receiver}
        for (organisation, _), scanner in stage.scanners.items()
    )


def _inside(stage: Stage, sheet: Sheet, outer: str) -> str:
    """Say how an item stands that was accepted in its bag: as known as the bag."""
    seen = sheet.classes.get(outer, "unseen")
    if seen in {"matched", "damaged", "unverified"}:
        return "unverified"
    if seen == "awaiting_device" or _silent(stage, sheet):
        return "awaiting_device"
    return "missing"


def _times(journey: Journey) -> Iterator[TimeTruth]:
    """State the ends of the clocks that began; the leg home ends when the citizen is told to come to the counter."""
    name = journey.dossier
    if journey.accepted is None:
        return
    yield TimeTruth(dossier=name, clock="C7", started=journey.accepted, stopped=journey.delivered)
    if journey.story not in ASTRAY:
        yield TimeTruth(dossier=name, clock="C1", started=journey.accepted, stopped=journey.handed)
    if journey.received is not None:
        yield TimeTruth(
            dossier=name, clock="C3", started=None, stopped=journey.completed, stop_by_device=False
        )
    if journey.at_desk is not None and journey.story is not Story.LOST_OUTBOUND:
        yield TimeTruth(
            dossier=name,
            clock="C5",
            started=journey.at_desk,
            stopped=journey.collected,
            start_by_device=False,
        )
    if journey.collected is not None:
        stopped = journey.told or journey.delivered
        yield TimeTruth(dossier=name, clock="C6", started=journey.collected, stopped=stopped)


def _highlights(stage: Stage) -> dict[str, str]:
    """Name one piece for each state that tells a story."""
    found: dict[str, str] = {}
    for journey in stage.journeys:
        on_time = journey.due and journey.completed and journey.completed <= journey.due
        if journey.delivered and on_time and journey.story is Story.PLAIN:
            found.setdefault("delivered", journey.dossier)
        if journey.story is Story.OVERDUE and journey.due is not None and journey.due < stage.end:
            found.setdefault("overdue", journey.dossier)
        if journey.story is Story.MISSCAN_OPEN and journey.item in stage.things:
            found.setdefault("contested", journey.dossier)
        if journey.story is Story.ABSENT_TWICE:
            found.setdefault("returned", journey.reply)
        if journey.at_desk and not journey.collected and journey.story is Story.PLAIN:
            found.setdefault("at_desk", journey.reply)
        carried = stage.things.get(journey.item)
        if carried and carried.inside and carried.answered_by() == ("VC-24",):
            found.setdefault("in_transit", journey.dossier)
    return found
