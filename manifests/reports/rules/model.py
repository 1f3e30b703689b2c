"""What a report holds once it is computed: tables of figures, each with what it was counted from."""

import hashlib
from datetime import date

import msgspec
from msgspec import Struct

from postal.instants import Instant

NOT_APPLICABLE = "N/A"


class Figure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure. `value` is decimal text, absent where there is none, and then `why` says the reason.

    A rate has `n` of `d`, and `low` and `high`: between these it may well lie, few cases as there were.
    """

    key: str
    value: str | None = None
    n: int | None = None
    d: int | None = None
    low: str | None = None
    high: str | None = None
    why: str | None = None


class Line(Struct, frozen=True, kw_only=True):
    """Figures of one group: `by` says of what sort (all, authority, commune…), `group` which one."""

    by: str
    group: str
    label: str
    figures: tuple[Figure, ...]

    def figure(self, key: str) -> Figure | None:
        """Find a figure of this line."""
        return next((each for each in self.figures if each.key == key), None)


class Table(Struct, frozen=True, kw_only=True):
    """Lines with the same figures."""

    key: str
    figures: tuple[str, ...]
    lines: tuple[Line, ...]


class Content(Struct, frozen=True, kw_only=True):
    """A whole report as it was known at `as_of`; what was published is exactly these bytes."""

    report: str
    organisation: str
    name: str
    begin: date
    end: date
    query_version: str
    as_of: Instant
    provisional: bool
    tables: tuple[Table, ...]

    def table(self, key: str) -> Table | None:
        """Find a table."""
        return next((each for each in self.tables if each.key == key), None)


class Difference(Struct, frozen=True, kw_only=True):
    """A figure that would be another one today than was published; None where the line is not in one of both."""

    table: str
    by: str
    group: str
    label: str
    key: str
    published: Figure | None
    now: Figure | None


_ENCODER = msgspec.json.Encoder(order="sorted")


def written(content: Content) -> bytes:
    """Write a report in its one canonical form."""
    return _ENCODER.encode(content)


def digest_of(content: bytes) -> str:
    """Give the digest that the ledger keeps, hex."""
    return hashlib.sha256(b"postal:report:1\x00" + content).hexdigest()


def differences(published: Content, now: Content) -> list[Difference]:
    """List what is another figure by now, in the order of the tables."""
    before, after = _placed(published), _placed(now)
    places = list(dict.fromkeys([*before, *after]))
    found = []
    for place in places:
        was, is_ = before.get(place), after.get(place)
        if (was and was[1]) != (is_ and is_[1]):
            table, by, group, key = place
            label = (was or is_ or ("", None))[0]
            found.append(
                Difference(
                    table=table,
                    by=by,
                    group=group,
                    label=label,
                    key=key,
                    published=was[1] if was else None,
                    now=is_[1] if is_ else None,
                )
            )
    return found


def _placed(content: Content) -> dict[tuple[str, str, str, str], tuple[str, Figure]]:
    return {
        (table.key, line.by, line.group, figure.key): (line.label, figure)
        for table in content.tables
        for line in table.lines
        for figure in line.figures
    }
