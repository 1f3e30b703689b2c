"""Counts into the tables of a report."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from manifests.reports.rules.definitions import (
    AFFAIRS,
    DEFINITIONS,
    GROUPS,
    INDEX,
    MEAN_TIME,
    POINTS,
    SETTLEMENT,
    SPANS,
    VOLUMES,
    Definition,
    Form,
    Missing,
)
from manifests.reports.rules.indicators import (
    attained,
    average_time,
    group_points,
    rate,
    rounded,
    satisfaction,
)
from manifests.reports.rules.model import Figure, Line, Table
from postal.law.rules import Constants
from postal.proportions import interval

Counts = Mapping[str, int]
Grouped = Sequence[tuple[str, str, Counts]]
Labels = Mapping[tuple[str, str], str]
PETITIONS_IN_TIME, PETITIONS_HANDLED = "petitions_in_time", "petitions_handled"


def table(
    key: str, definitions: Sequence[Definition], groups: Grouped, labels: Labels, *, synced: bool = False
) -> Table:
    """Make a table with a line for each group."""
    return Table(
        key=key,
        figures=tuple(each.key for each in definitions),
        lines=tuple(
            Line(
                by=by,
                group=group,
                label=labels.get((by, group), group),
                figures=tuple(figure(each, counts, synced=synced) for each in definitions),
            )
            for by, group, counts in groups
        ),
    )


def figure(definition: Definition, counts: Counts, *, synced: bool = False) -> Figure:
    """Compute one figure from counts; what cannot be computed says why."""
    key = definition.key
    if definition.form in {Form.COUNT, Form.MONEY}:
        n = counts.get(definition.n or key, 0)
        return Figure(key=key, value=str(n), n=n)
    if key == "1.4" and not synced:
        return Figure(key=key, why=Missing.NOT_SYNCED)
    if key == "5.4":
        return _satisfaction(counts)
    if key == "5.2":
        return _rate(key, counts.get(PETITIONS_IN_TIME, 0), counts.get(PETITIONS_HANDLED, 0))
    if key == "safety":
        volume = counts.get("accepted", 0) + counts.get("taken_home", 0)
        broken = counts.get("lost", 0) + counts.get("damaged", 0)
        return _rate(key, max(volume - broken, 0), volume)
    if definition.n is None or definition.d is None:
        return Figure(key=key, why=Missing.NO_DATA)
    return _rate(key, counts.get(definition.n, 0), counts.get(definition.d, 0))


def settlement_tables(
    groups: Grouped, labels: Labels, spans: Sequence[tuple[str, int, float, float]]
) -> tuple[Table, ...]:
    """Make the report of a unit or a province: the whole, each authority and desk, each procedure, where time goes."""
    by = {sort: [each for each in groups if each[0] in sort] for sort in _SORTS}
    return (
        table("settlement", SETTLEMENT, by["all", "authority", "desk"], labels),
        table("procedures", SETTLEMENT, by["all", "procedure"], labels),
        _span_table(spans, labels),
    )


def index_tables(
    groups: Grouped,
    labels: Labels,
    means: Sequence[tuple[str, str, str, int, int, int]],
    constants: Constants,
    *,
    synced: bool,
) -> tuple[Table, ...]:
    """Make the sheet of QĐ 766: points by group, indicators of the whole, each agency, each commune, times."""
    indicators = [each for each in groups if each[0] in {"all", "authority", "commune"}]
    made = table("indicators", INDEX, indicators, labels, synced=synced)
    return (_points_table(made, constants, labels), made, _mean_table(means))


def post_tables(volumes: Grouped, affairs: Grouped, labels: Labels) -> tuple[Table, ...]:
    """Make the report of the post: volumes by office and procedure, and money, claims, incidents, safety by office."""
    offices = [each for each in volumes if each[0] in {"all", "office"}]
    carried = {(by, group): counts for by, group, counts in offices}
    known = {(by, group): counts for by, group, counts in affairs}
    places = sorted(carried.keys() | known.keys(), key=lambda place: (place[0] != "all", place))
    joined = [(*place, {**carried.get(place, {}), **known.get(place, {})}) for place in places]
    return (
        table("volumes", VOLUMES, offices, labels),
        table(
            "carried_procedures",
            VOLUMES,
            [each for each in volumes if each[0] in {"all", "procedure"}],
            labels,
        ),
        table("affairs", AFFAIRS, joined, labels),
    )


_SORTS = (("all", "authority", "desk"), ("all", "procedure"))


def _rate(key: str, n: int, d: int) -> Figure:
    value = rate(n, d)
    if value is None:
        return Figure(key=key, n=0, d=0, why=Missing.NOTHING)
    between = interval(n, d)
    low, high = (_percent(each) for each in between) if between else (None, None)
    return Figure(key=key, value=str(value), n=n, d=d, low=low, high=high)


def _percent(share: float) -> str:
    return str(rounded(Decimal(str(share)) * 100))


def _satisfaction(counts: Counts) -> Figure:
    late, judged = counts.get("late", 0), counts.get("judged", 0)
    complained, handled = counts.get("complained", 0), counts.get("handled", 0)
    value = satisfaction(late, judged, complained, handled)
    if value is None:
        return Figure(key="5.4", n=0, d=0, why=Missing.NOTHING)
    return Figure(key="5.4", value=str(value), n=complained, d=handled)


def _points_table(indicators: Table, constants: Constants, labels: Labels) -> Table:
    """Give points for the whole alone: with few dossiers an agency's points would say little."""
    whole = next((line for line in indicators.lines if line.by == "all"), None)
    lines = []
    for key, (name, members) in GROUPS.items():
        weight = constants.find(f"indicators.weight.{key}")
        reached = [_share(whole, member, constants) for member in members] if whole else []
        shares = [each for each in reached if each is not None]
        points = group_points(int(weight.value), shares) if weight else None
        figures = (
            Figure(key="weight", value=str(weight.value))
            if weight
            else Figure(key="weight", why=Missing.NO_DATA),
            Figure(key="points", value=str(points), n=len(shares), d=len(members))
            if points is not None
            else Figure(key="points", n=0, d=len(members), why=Missing.NO_SCORES),
        )
        lines.append(Line(by="group", group=key, label=labels.get(("group", key), name[0]), figures=figures))
    return Table(key="points", figures=tuple(each.key for each in POINTS), lines=tuple(lines))


def _share(whole: Line, key: str, constants: Constants) -> Decimal | None:
    found = whole.figure(key)
    if found is None or found.value is None:
        return None
    name = DEFINITIONS[key].full
    full = constants.find(f"indicators.{name}_percent") if name else None
    return attained(Decimal(found.value), int(full.value) if full else 100)


def _mean_table(means: Sequence[tuple[str, str, str, int, int, int]]) -> Table:
    lines = []
    for group, label, unit, calendar_us, working_us, n in means:
        mean = average_time(calendar_us, working_us, n, unit)
        value = None if mean is None else str(mean)
        why = Missing.NOTHING if mean is None else None
        lines.append(
            Line(
                by="version",
                group=group,
                label=label,
                figures=(Figure(key="2.2", value=value, n=n, why=why),),
            )
        )
    return Table(key="times", figures=(MEAN_TIME.key,), lines=tuple(lines))


def _span_table(spans: Sequence[tuple[str, int, float, float]], labels: Labels) -> Table:
    lines = tuple(
        Line(
            by="clock",
            group=clock,
            label=labels.get(("clock", clock), clock),
            figures=(
                Figure(key="n", value=str(n), n=n),
                Figure(key="p50", value=str(rounded(Decimal(str(p50)))), n=n),
                Figure(key="p90", value=str(rounded(Decimal(str(p90)))), n=n),
            ),
        )
        for clock, n, p50, p90 in spans
    )
    return Table(key="spans", figures=tuple(each.key for each in SPANS), lines=lines)
