"""Build a world: play a province through its days, keep the script of its requests and the truth about its pieces."""

from datetime import date, datetime, timedelta
from random import Random

import msgspec

from integrations.simulation.rules.agency import Desk
from integrations.simulation.rules.devices import Scanner
from integrations.simulation.rules.examination import examine
from integrations.simulation.rules.forms import dossier_code
from integrations.simulation.rules.hours import at
from integrations.simulation.rules.journey import plan_journeys
from integrations.simulation.rules.network import CARRIER, HUB, SIZES, Network, Size, build_network, crew_name
from integrations.simulation.rules.office import Office
from integrations.simulation.rules.stage import LATE, Stage
from integrations.simulation.rules.steps import Step
from integrations.simulation.rules.stocktaking import plan_stocktaking
from integrations.simulation.rules.transit import Transit
from integrations.simulation.rules.truth import Truth

SCANNING = frozenset({"clerk", "courier", "sorter", "desk", "specialist"})


class World(msgspec.Struct, frozen=True, kw_only=True):
    """A played world: whom to enrol, what they ask in order of true time, and what is true at the end.

    `names` has the codes that the world itself chose.
    """

    seed: int
    size: Size
    network: Network
    devices: tuple[tuple[str, str], ...]
    opens: datetime
    ends: datetime
    names: dict[str, str]
    steps: tuple[Step, ...]
    truth: Truth


def build_world(seed: int, size: str | Size, start: date | None = None) -> World:
    """Play the world of a seed, from a Monday on; the same seed gives the same world."""
    chosen = SIZES[size] if isinstance(size, str) else size
    if start is not None:
        chosen = msgspec.structs.replace(chosen, start=start)
    network = build_network(Random(f"{seed}:network"), chosen)
    stage = Stage(seed, chosen, network)
    opens = at(chosen.start, "06:00")
    _hand_out_scanners(stage, opens)
    _plan_shifts(stage)
    _cast(stage)
    for day in stage.days[:-1]:
        stage.when(at(day, "18:25"), stage.close_sheets)
    plan_stocktaking(stage)
    _disturb(stage)
    stage.play()
    return World(
        seed=seed,
        size=chosen,
        network=network,
        devices=tuple((scanner.code, scanner.organisation) for scanner in stage.scanners.values()),
        opens=opens,
        ends=stage.end,
        names={journey.dossier[1:]: dossier_code(journey) for journey in stage.journeys},
        steps=tuple(stage.script.in_order()),
        truth=examine(stage),
    )


def _hand_out_scanners(stage: Stage, opens: datetime) -> None:
    rng = Random(f"{stage.seed}:devices")
    for person in stage.network.people:
        if person.role in SCANNING:
            code = f"hy-{len(stage.scanners) + 1:04}"
            crew = next(
                number
                for number in range(stage.size.crews)
                if (person.organisation, crew_name(person.role, number)) not in stage.scanners
            )
            stage.scanners[person.organisation, crew_name(person.role, crew)] = Scanner(
                code, person.organisation, person.code, rng, opens
            )
    for number in range(stage.size.crews):
        driver = stage.scanners[HUB, crew_name("sorter", number)]
        stage.scanners[HUB, crew_name("courier", number)] = Scanner(
            f"hy-{len(stage.scanners) + 1:04}", HUB, driver.person, rng, opens
        )
    desk = stage.network.desks[0]
    sharing = stage.scanners[desk, "desk"].person
    stage.scanners[desk, LATE] = Scanner(f"hy-{len(stage.scanners) + 1:04}", desk, sharing, rng, opens)


def _plan_shifts(stage: Stage) -> None:
    """Open a shift on every device each morning; sync once more each evening, even with nothing to tell."""
    for number, day in enumerate(stage.days, 1):
        for scanner in stage.scanners.values():
            stage.when(at(day, "07:00"), _open_shift, stage, scanner, number)
            stage.when(at(day, "18:20"), _last_sync, stage, scanner)
            stage.when(at(day, "18:30"), _close_shift, stage, scanner, number)
    for scanner in stage.scanners.values():
        stage.when(stage.end, _last_sync, stage, scanner)


def _last_sync(now: datetime, stage: Stage, scanner: Scanner) -> None:
    scanner.sync(now, stage.script, stage.trouble, empty=True)


def _open_shift(now: datetime, stage: Stage, scanner: Scanner, number: int) -> None:
    scanner.shift = f"@shift:{scanner.code}:{number}"
    stage.script.post(
        now,
        f"device:{scanner.code}",
        f"@key:{scanner.code}",
        "/api/v1/shifts",
        {"person": scanner.person},
        saves=((scanner.shift[1:], "id"),),
    )


def _close_shift(now: datetime, stage: Stage, scanner: Scanner, number: int) -> None:
    path = f"/api/v1/shifts/@shift:{scanner.code}:{number}"
    stage.script.patch(now, f"device:{scanner.code}", f"@key:{scanner.code}", path, {})


def _cast(stage: Stage) -> None:
    """Put everybody in place and every dossier on its way."""
    network = stage.network
    offices = {code: Office(stage, code) for code in network.offices}
    desks = {code: Desk(stage, code) for code in network.desks}
    transit = Transit(stage)
    stage.arrivals = {code: desk.arrived for code, desk in desks.items()}
    stage.pickups = {HUB: transit.collected}
    stage.pickups.update({code: office.collected for code, office in offices.items()})
    stage.bag_arrivals = {code: office.bag_arrived for code, office in offices.items()}
    stage.collections = {CARRIER: transit.collect}
    desks[network.desks[0]].by_barcode = at(stage.days[-1], "15:25")
    stage.scanners[network.desks[-1], "desk"].silent_from = at(stage.days[-1], "15:25", 0.5)
    stage.journeys = plan_journeys(Random(f"{stage.seed}:journeys"), stage.size, network, stage.days)
    for journey in stage.journeys:
        stage.when(journey.accept_at, offices[journey.office].take_in, journey)


def _disturb(stage: Stage) -> None:
    """Take devices off the network for hours, let a few lose their counters; all is well before the last evening."""
    rng = Random(f"{stage.seed}:disturb")
    for (_, role), scanner in stage.scanners.items():
        if role == LATE:
            stage.when(at(stage.days[0], "08:00"), _go_dark, scanner, at(stage.days[-1], "09:00"))
            continue
        for day in stage.days:
            if rng.random() < 0.15:
                starts = at(day, "08:00", rng.choice(range(0, 240, 15)))
                ends = starts + timedelta(minutes=rng.choice((90, 150, 210)))
                if day != stage.days[-1] and rng.random() < 0.3:
                    ends = at(day, "19:00") + timedelta(hours=13)
                stage.when(starts, _go_dark, scanner, ends)
        if rng.random() < 0.2:
            stage.when(at(rng.choice(stage.days), "12:10"), _restart, scanner)


def _go_dark(_: datetime, scanner: Scanner, until: datetime) -> None:
    scanner.offline_until = until


def _restart(_: datetime, scanner: Scanner) -> None:
    scanner.restart()
