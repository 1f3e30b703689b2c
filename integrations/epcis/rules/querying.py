"""What a query of events asks, and whether an event is an answer.

Every parameter of the standard that is not here is refused by its name: one that is ignored would give an answer to
another question.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct, field

from integrations.epcis.rules.gs1_keys import canonical
from integrations.epcis.rules.values import instant, read_instant
from integrations.epcis.rules.vocabulary import ACTIONS, EVENT_TYPES, bare_word
from integrations.epcis.rules.wrong import Wrongs

Event = Mapping[str, Any]
DEFAULT_PAGE, LARGEST_PAGE = 30, 1_000
SEPARATOR = "|"
LONGEST_LIST, LONGEST_VALUE = 100, 2_000

_TIMES = {
    f"{bound}_{name}": (bound, name) for bound in ("GE", "LT") for name in ("eventTime", "recordTime")
} | {f"{bound}_errorDeclarationTime": (bound, "errorDeclarationTime") for bound in ("GE", "LT")}
_WORDS = {"EQ_bizStep": "bizStep", "EQ_disposition": "disposition"}
_PLACES = {"EQ_readPoint": "readPoint", "EQ_bizLocation": "bizLocation"}
_EPCS = {
    "MATCH_epc": ("epcList", "childEPCs"),
    "MATCH_parentID": ("parentID",),
    "MATCH_inputEPC": ("inputEPCList",),
    "MATCH_outputEPC": ("outputEPCList",),
    "MATCH_anyEPC": ("epcList", "childEPCs", "parentID", "inputEPCList", "outputEPCList"),
}
_TYPED = {
    "EQ_bizTransaction_": ("bizTransactionList", "bizTransaction", "bizTransactionType"),
    "EQ_source_": ("sourceList", "source", "partyType"),
    "EQ_destination_": ("destinationList", "destination", "partyType"),
}
PARAMETERS: tuple[str, ...] = (
    "eventType", *_TIMES, "EQ_action", *_WORDS, *_PLACES,
    *(f"{start}TYPE" for start in _TYPED), *_EPCS, "EQ_transformationID", "EQ_eventID", "EXISTS_errorDeclaration",
    "EQ_errorReason", "EQ_correctiveEventID", "perPage", "nextPageToken", "orderBy", "orderDirection",
)  # fmt: skip


Whole = Annotated[int, Meta(ge=0, le=2**63 - 1)]
HexHash = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$(?!\n)")]


class Place(Struct, frozen=True, order=True, array_like=True, forbid_unknown_fields=True):
    """Where an event stands in the order of commits; `part` is hex of a disputed content's hash."""

    position: Whole
    turn: Whole
    id: UUID
    part: HexHash


START = Place(0, 0, UUID(int=0), "")


class Query(Struct, frozen=True, kw_only=True):
    """A query, read: `tests` is what an event must pass, `epcs` ids of which it must name one (None: any event)."""

    tests: tuple[Callable[[Event], bool], ...] = ()
    epcs: frozenset[str] | None = None
    event_ids: frozenset[str] | None = None
    per_page: int = DEFAULT_PAGE
    order_by: Literal["eventTime", "recordTime"] | None = None
    descending: bool = True
    token: str | None = None
    given: Sequence[tuple[str, str]] = field(default_factory=tuple)

    def matches(self, event: Event) -> bool:
        """Tell whether an event is an answer."""
        return all(test(event) for test in self.tests)


def read_query(pairs: Sequence[tuple[str, str]]) -> tuple[Query, Wrongs]:
    """Read the parameters of an address; several values of one stand with `|` between them, any of which will do."""
    wrongs, tests = Wrongs(), []
    more: dict[str, Any] = {}
    epcs: list[frozenset[str]] = []
    seen: set[str] = set()
    for name, value in pairs:
        at = f"/query/{name}"
        if name in seen:
            wrongs.add(
                at,
                "parameter_twice",
                "Tham số lặp lại; dùng dấu |.",
                "It is given twice; use | between values.",
            )
            continue
        seen.add(name)
        values = value.split(SEPARATOR)
        if len(value) > LONGEST_VALUE or len(values) > LONGEST_LIST or not all(values):
            wrongs.add(
                at,
                "parameter",
                f"Cần từ 1 đến {LONGEST_LIST} giá trị.",
                f"It takes 1 to {LONGEST_LIST} values.",
            )
        elif name in _PAGING:
            more |= _PAGING[name](value, at, wrongs)
        elif name in _EPCS or name == "EQ_eventID":
            found = frozenset(map(canonical, values))
            if name == "EQ_eventID":
                more["event_ids"] = frozenset(values)
                tests.append(_one_of("eventID", frozenset(values)))
            else:
                epcs.append(found)
                tests.append(_names(_EPCS[name], found))
        elif (test := _test_of(name, values, at, wrongs)) is not None:
            tests.append(test)
    if epcs:
        more["epcs"] = min(epcs, key=len)
    return Query(
        tests=tuple(tests), given=tuple(pair for pair in pairs if pair[0] != "nextPageToken"), **more
    ), wrongs


def _test_of(name: str, values: list[str], at: str, wrongs: Wrongs) -> Callable[[Event], bool] | None:
    if name in _TIMES:
        return _time(*_TIMES[name], values[0], at, wrongs)
    if name in _WORDS:
        place = _WORDS[name]
        wanted = frozenset(bare_word(value, place) for value in values)
        return lambda event: bare_word(event.get(place, ""), place) in wanted
    if name in _PLACES:
        found, where = frozenset(map(canonical, values)), _PLACES[name]
        return lambda event: canonical(event.get(where, {}).get("id", "")) in found
    if name == "EQ_transformationID":
        return _one_of("transformationID", frozenset(values))
    for start, (members, child, place) in _TYPED.items():
        if name.startswith(start) and len(name) > len(start):
            return _typed(members, child, place, name.removeprefix(start), frozenset(map(canonical, values)))
    return _of_sets(name, values, at, wrongs)


def _of_sets(name: str, values: list[str], at: str, wrongs: Wrongs) -> Callable[[Event], bool] | None:
    if name in {"eventType", "EQ_action"}:
        member, known = ("type", frozenset(EVENT_TYPES)) if name == "eventType" else ("action", ACTIONS)
        if not known.issuperset(values):
            wrongs.add(
                at,
                "parameter",
                f"Chỉ có {', '.join(sorted(known))}.",
                f"It is one of {', '.join(sorted(known))}.",
            )
        return _one_of(member, frozenset(values))
    if name == "EXISTS_errorDeclaration":
        if values != ["true"]:
            wrongs.add(at, "parameter", "Chỉ có true.", "It is true, or left out.")
        return lambda event: "errorDeclaration" in event
    if name == "EQ_errorReason":
        reasons = frozenset(bare_word(value, "reason") for value in values)
        return lambda event: (
            bare_word(event.get("errorDeclaration", {}).get("reason", ""), "reason") in reasons
        )
    if name == "EQ_correctiveEventID":
        wanted = frozenset(values)
        return lambda event: (
            not wanted.isdisjoint(event.get("errorDeclaration", {}).get("correctiveEventIDs", ()))
        )
    wrongs.add(
        at, "parameter_unknown", f"Không có tham số {name[:60]}.", f"There is no parameter {name[:60]} here."
    )
    return None


def _time(bound: str, member: str, value: str, at: str, wrongs: Wrongs) -> Callable[[Event], bool] | None:
    # A plus sign in an address that was not encoded is a blank by now.
    limit = instant(value.replace(" ", "+"), at, wrongs)
    if limit is None:
        return None

    def test(event: Event) -> bool:
        of_error = member == "errorDeclarationTime"
        text = event.get("errorDeclaration", {}).get("declarationTime") if of_error else event.get(member)
        if text is None:
            return False
        moment = read_instant(text)
        return moment >= limit if bound == "GE" else moment < limit

    return test


def _one_of(member: str, values: frozenset[str]) -> Callable[[Event], bool]:
    return lambda event: event.get(member) in values


def _names(members: Sequence[str], values: frozenset[str]) -> Callable[[Event], bool]:
    return lambda event: any(canonical(epc) in values for epc in epcs_of(event, members))


def epcs_of(event: Event, members: Sequence[str] = _EPCS["MATCH_anyEPC"]) -> Iterator[str]:
    """Give the ids that an event names in some of its members."""
    for member in members:
        value = event.get(member, ())
        yield from (value,) if isinstance(value, str) else value


def _typed(
    members: str, child: str, place: str, kind: str, values: frozenset[str]
) -> Callable[[Event], bool]:
    wanted = bare_word(kind, place)
    return lambda event: any(
        bare_word(each.get("type", ""), place) == wanted and canonical(each[child]) in values
        for each in event.get(members, ())
    )


def _per_page(value: str, at: str, wrongs: Wrongs) -> dict[str, Any]:
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= LARGEST_PAGE):
        wrongs.add(at, "parameter", f"Từ 1 đến {LARGEST_PAGE}.", f"It is 1 to {LARGEST_PAGE}.")
        return {}
    return {"per_page": int(value)}


def _order_by(value: str, at: str, wrongs: Wrongs) -> dict[str, Any]:
    if value not in {"eventTime", "recordTime"}:
        wrongs.add(at, "parameter", "eventTime hoặc recordTime.", "It is eventTime or recordTime.")
    return {"order_by": value}


def _direction(value: str, at: str, wrongs: Wrongs) -> dict[str, Any]:
    if value not in {"ASC", "DESC"}:
        wrongs.add(at, "parameter", "ASC hoặc DESC.", "It is ASC or DESC.")
    return {"descending": value == "DESC"}


_PAGING: dict[str, Callable[[str, str, Wrongs], dict[str, Any]]] = {
    "perPage": _per_page,
    "orderBy": _order_by,
    "orderDirection": _direction,
    "nextPageToken": lambda value, _at, _wrongs: {"token": value},
}
