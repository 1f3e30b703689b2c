"""Who sends which dossier from where to where, when, and what fate it meets."""

from datetime import date, datetime
from random import Random

import msgspec

from integrations.simulation.rules.hours import at
from integrations.simulation.rules.network import HUB, Network, Size
from integrations.simulation.rules.truth import Story


class Procedure(msgspec.Struct, frozen=True):
    """A procedure that the system ships, and its limit in working days."""

    code: str
    days: int


PROCEDURES = (Procedure("1.001193", 1), Procedure("1.004873", 2), Procedure("2.001885", 3))


class Journey(msgspec.Struct, kw_only=True):
    """One dossier's way; the instants are filled in as they come true."""

    number: int
    office: str
    desk: str
    gate: str
    unit: str
    procedure: Procedure
    accept_at: datetime
    story: Story
    accepted: datetime | None = None
    handed: datetime | None = None
    received: datetime | None = None
    due: datetime | None = None
    completed: datetime | None = None
    at_desk: datetime | None = None
    collected: datetime | None = None
    delivered: datetime | None = None
    told: datetime | None = None
    attempts: int = 0

    @property
    def dossier(self) -> str:
        """Name the dossier."""
        return f"@dossier:{self.number}"

    @property
    def item(self) -> str:
        """Name the item that carries the dossier in."""
        return f"@item:{self.number}"

    @property
    def result(self) -> str:
        """Name the result."""
        return f"@result:{self.number}"

    @property
    def reply(self) -> str:
        """Name the item that carries the result out."""
        return f"@reply:{self.number}"


STORIES: tuple[Story, ...] = tuple(story for story in Story if story is not Story.PLAIN)
NEAR = frozenset(
    {
        Story.LOST_INBOUND,
        Story.UNLISTED,
        Story.ABSENT_ONCE,
        Story.ABSENT_TWICE,
        Story.DAMAGED,
        Story.OVERDUE,
        Story.MISSCAN_OPEN,
        Story.WRONG_BAG,
        Story.LATE,
    }
)
FIRST_MORNING = frozenset(
    {
        Story.ABSENT_ONCE,
        Story.ABSENT_TWICE,
        Story.SWAPPED,
        Story.OVERDUE,
        Story.LOST_OUTBOUND,
        Story.MISPLACED,
        Story.WRONG_BAG,
        Story.LATE,
    }
)
FAST = frozenset({Story.ABSENT_ONCE, Story.ABSENT_TWICE, Story.LOST_OUTBOUND})
COMPANY = frozenset({Story.PLAIN, Story.OVERDUE, Story.ABSENT_ONCE, Story.ABSENT_TWICE})
"""Whose papers go in as anybody's do."""
LAST_AFTERNOON = frozenset({Story.UNREPORTED, Story.BY_BARCODE, Story.ON_THE_ROAD})
MORNING = tuple(range(0, 150, 5))
AFTERNOON = tuple(range(330, 400, 5))


def plan_journeys(rng: Random, size: Size, network: Network, days: list[date]) -> list[Journey]:
    """Draw every journey of a world; the special fates come first, on days that leave them time to unfold."""
    fates = [story for story in STORIES for _ in range(size.quirks * (2 if story is Story.SWAPPED else 1))]
    fates += [Story.PLAIN] * max(0, size.dossiers - len(fates))
    journeys = []
    swapped = 0
    full: list[str] = []
    for number, story in enumerate(fates, 1):
        office, desk = _ends(rng, network, story, swapped)
        swapped += story is Story.SWAPPED
        full += [office] if story is Story.MISPLACED else []
        if story is Story.WRONG_BAG:
            # Where something goes to the hub the same morning, so that there is a bag to put it into.
            office = full[swapped % len(full)]
            desk = network.near(office)
        journeys.append(
            Journey(
                number=number,
                office=office,
                desk=desk,
                gate=network.gate(office, desk),
                unit=network.units[desk],
                procedure=_procedure(rng, story),
                accept_at=_accept_at(rng, story, days),
                story=story,
            )
        )
    return _in_company(journeys, network)


def _in_company(journeys: list[Journey], network: Network) -> list[Journey]:
    """Let what is on no list come with something that is: without it there is no list, and no pouch to lie in."""
    listed = [one for one in journeys if one.story in COMPANY and network.near(one.office) == one.desk]
    for journey, other in zip([one for one in journeys if one.story is Story.UNLISTED], listed, strict=False):
        journey.office, journey.desk, journey.gate, journey.unit, journey.accept_at = (
            other.office,
            other.desk,
            other.gate,
            other.unit,
            other.accept_at,
        )
    return journeys


def _ends(rng: Random, network: Network, story: Story, swapped: int) -> tuple[str, str]:
    """Choose office and desk; two swapped dossiers go through the hub to different desks."""
    if story in {Story.SWAPPED, Story.MISPLACED}:
        desk = network.desks[swapped % 2]
        far = [office for office in network.offices if network.gate(office, desk) == HUB]
        return rng.choice(far), desk
    if story is Story.LATE:
        desk = network.desks[0]
        return rng.choice([office for office in network.offices if network.near(office) == desk]), desk
    if story in LAST_AFTERNOON:
        desk = network.desks[0 if story is Story.BY_BARCODE else -1]
        near = story is not Story.ON_THE_ROAD
        return rng.choice(
            [office for office in network.offices if (network.near(office) == desk) is near]
        ), desk
    office = rng.choice(network.offices)
    if story in NEAR or rng.random() < 0.5:
        return office, network.near(office)
    return office, rng.choice(network.desks)


def _procedure(rng: Random, story: Story) -> Procedure:
    if story is Story.MISSCAN_OPEN:
        return PROCEDURES[-1]
    return PROCEDURES[0] if story is Story.OVERDUE or story in FAST else rng.choice(PROCEDURES)


def _accept_at(rng: Random, story: Story, days: list[date]) -> datetime:
    if story in FIRST_MORNING:
        return at(days[0], "08:00", rng.choice(MORNING[:24]))
    if story in LAST_AFTERNOON:
        return at(days[-1], "08:00", rng.choice(AFTERNOON))
    if story is Story.MISSCAN_OPEN:
        return at(days[2], "08:00", rng.choice(MORNING))
    day = days[rng.randrange(3)] if story is not Story.PLAIN else rng.choice(days)
    return at(day, "08:00", rng.choice(MORNING + AFTERNOON))
