"""The laws of incidents and claims: any order of rows, any calendar, any day of a month."""

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from manifests.incidents.rules import (
    Cause,
    ClaimKind,
    Fare,
    Journey,
    Standing,
    answer_of,
    claims_of,
    compensation_of,
    incident_of,
    paid_fare,
    pay_due_of,
    window_of,
)
from postal.calendars.rules import Calendar, DayRule, Hours, WorkingTime
from postal.law.rules import Constant, Constants, Status, Zone
from postal.ledger.rules import Content, Row, Stream, content_hash
from shipments.custody.rules import Subject, fold
from shipments.fees.rules import Channel, Entry, FeeLine

PIECE, HOLDER, OTHER = "DH123456785VN", "BC-1", "MC-2"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
VALUES = {
    "compensation.floor_fares": 4,
    "compensation.late_fares": 1,
    "compensation.real_damage": 1,
    "compensation.reissue": 1,
    "compensation.pay_days": 30,
    "claim.window_months.loss": 6,
    "claim.window_months.damage": 1,
    "claim.answer_months": 2,
    "claim.answer_days.province": 5,
    "claim.answer_days.interprovince": 7,
}
LAW = Constants(
    {
        name: Constant(
            name=name,
            value=value,
            valid_from=date(2011, 1, 1),
            valid_to=None,
            citation=name,
            status=Status.FOUND,
        )
        for name, value in VALUES.items()
    }
)
TET = tuple(DayRule(day=date(2027, 2, day), works=False) for day in range(5, 12))
HOURS = tuple(Hours(weekday=day, opens=450, closes=1020) for day in range(5))
WORK = WorkingTime(Calendar(code="T", zone="Asia/Ho_Chi_Minh", hours=HOURS, days=TET))

SAID = [
    *((Stream.SCAN, "report", {"condition": condition}) for condition in ("lost", "found", "damaged")),
    *((Stream.SCAN, kind, {}) for kind in ("receive", "offer", "deliver", "arrive", "redirect")),
    (Stream.RECORD, "incident.opened", {"cause": "lost"}),
    (Stream.RECORD, "incident.opened", {"cause": "damaged"}),
    (Stream.RECORD, "incident.reissue", {"paper": 1, "state": "requested", "cost": 5}),
    (Stream.RECORD, "incident.reissue", {"paper": 1, "state": "delivered", "cost": 7}),
    (Stream.RECORD, "incident.liability", {"amount": 120_000, "pay_due": "2026-12-23T10:00:00Z"}),
    (Stream.RECORD, "incident.paid", {"amount": 120_000}),
    (Stream.RECORD, "incident.closed", {"outcome": "INCIDENT_COMPENSATED"}),
    (Stream.RECORD, "claim.lodged", {"claim": "KN-261123-AAAAAA", "kind": "loss"}),
    (Stream.RECORD, "claim.lodged", {"claim": "KN-261123-BBBBBB", "kind": "late", "late": True}),
    (Stream.RECORD, "claim.answered", {"claim": "KN-261123-AAAAAA", "outcome": "CLAIM_GRANTED"}),
]


@st.composite
def histories(draw):
    count = draw(st.integers(0, 10))
    rows = []
    for number in range(count):
        stream, kind, body = draw(st.sampled_from(SAID))
        at = START + timedelta(minutes=draw(st.integers(0, 6)))
        content = Content(
            id=UUID(int=(7 << 76) | (2 << 62) | number),
            stream=stream,
            kind=kind,
            code=PIECE,
            occurred_at=at,
            organisation=draw(st.sampled_from([HOLDER, OTHER])),
            body=body,
        )
        rows.append(Row(content=content, received_at=at, corrected_at=at, content_hash=content_hash(content)))
    return rows


def judged(rows):
    subject = Subject(code=PIECE, presumed=HOLDER, registered_at=START)
    return incident_of(PIECE, rows, fold(subject, rows).steps), claims_of(PIECE, rows)


@given(histories(), st.randoms())
def test_incident_and_claims_are_functions_of_the_set_of_rows(rows, chance):
    shuffled = [*rows, *rows[:2]]
    chance.shuffle(shuffled)
    assert judged(shuffled) == judged(rows)


@given(histories())
def test_what_an_incident_says_is_backed_by_its_rows(rows):
    incident, claims = judged(rows)
    kinds = {row.content.id: row.content for row in rows}
    opening = [
        row
        for row in rows
        if row.content.kind == "incident.opened" or row.content.body.get("condition") == "lost"
    ]
    assert (incident is not None) == bool(opening)
    assert len({claim.code for claim in claims}) == len(claims)
    if incident is None:
        return
    assert kinds[incident.opened_row].kind in {"incident.opened", "report"}
    assert (incident.found_row is None) or kinds[incident.found_row].stream is Stream.SCAN
    assert incident.state is not Standing.FOUND or incident.found_row is not None
    assert incident.state is not Standing.CLOSED or incident.outcome is not None
    assert incident.reissue_cost <= sum(row.content.body.get("cost", 0) for row in rows)


@given(histories())
def test_a_late_claim_is_never_dropped(rows):
    lodged = {row.content.body["claim"] for row in rows if row.content.kind == "claim.lodged"}
    assert {claim.code for claim in judged(rows)[1]} == lodged


days = st.dates(date(2011, 1, 1), date(2079, 1, 1))


@given(days, st.sampled_from(list(ClaimKind)))
@example(date(2026, 8, 31), ClaimKind.LOSS)  # six months later is 28 February
@example(date(2027, 8, 31), ClaimKind.LOSS)  # and 29 February in a leap year
@example(date(2027, 1, 8), ClaimKind.DAMAGE)  # one month later is in the holidays
def test_a_window_ends_months_later_or_on_the_next_working_day(day, kind):
    arrived = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    window = window_of(kind, Journey(accepted_on=day, due_on=day, arrived_at=arrived), LAW, WORK)
    months = 6 if kind in {ClaimKind.LOSS, ClaimKind.LATE} else 1
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    end = date(year, month, min(day.day, monthrange(year, month)[1]))
    assert window.start == day
    assert window.last >= end
    assert WORK.is_working_day(window.last)
    assert not any(WORK.is_working_day(end + timedelta(days=n)) for n in range((window.last - end).days))
    assert not window.over_on(window.last)
    assert window.over_on(window.last + timedelta(days=1))


@given(days)
def test_without_a_transit_time_the_window_runs_from_the_day_after_acceptance(day):
    window = window_of(ClaimKind.LOSS, Journey(accepted_on=day), LAW, WORK)
    assert window.start == day + timedelta(days=1)
    assert window_of(ClaimKind.DAMAGE, Journey(accepted_on=day), LAW, WORK).last is None


@given(days, st.integers(0, 86_399), st.none() | st.sampled_from(list(Zone)))
def test_an_answer_is_due_after_so_many_working_days_and_never_after_two_months(day, second, zone):
    lodged = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=second)
    answer = answer_of(lodged, zone, LAW, WORK)
    far = zone in {Zone.METROPOLITAN, Zone.INTERPROVINCE}
    begin, end = WORK.local_day(lodged), WORK.local_day(answer.due)
    assert WORK.working_days_between(begin, end) == (7 if far else 5)
    assert lodged < answer.due < lodged + timedelta(days=60)
    due = pay_due_of(lodged, LAW, WORK)
    assert (WORK.local_day(due) - begin).days >= 30
    assert WORK.is_working_day(WORK.local_day(due))


@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_compensation_is_at_least_what_the_law_gives(amount, cost):
    fare = Fare(amount=amount, citation="c", status="found")
    lost = compensation_of(Cause.LOST, fare, cost, LAW)
    assert lost.least == 4 * amount + cost
    assert compensation_of(ClaimKind.LOSS, fare, cost, LAW).least == lost.least
    assert compensation_of(ClaimKind.LATE, fare, 0, LAW).least == amount
    damaged = compensation_of(Cause.DAMAGED, fare, cost, LAW)
    assert (damaged.least, damaged.most) == (cost, lost.least)
    unknown = compensation_of(Cause.LOST, None, cost, LAW)
    assert (unknown.least, unknown.most, unknown.fare_needed) == (None, None, True)
    assert all(basis.citation for each in (lost, damaged, unknown) for basis in each.basis)


def test_a_fare_is_read_from_one_receipt_and_not_guessed_among_several():
    def entry(number, **different):
        fields = {
            "id": UUID(int=number),
            "account": "a",
            "kind": "fee.collected",
            "at": START,
            "dossier": "D",
            "line": FeeLine.FARE,
            "channel": Channel.CASH,
            "amount": 30_000,
            "receipt": f"BL-{number}",
        }
        return Entry(**fields | different)

    assert paid_fare([]) is None
    assert paid_fare([entry(1, line=FeeLine.FEE)]) is None
    assert paid_fare([entry(1, void_by=UUID(int=9))]) is None
    assert paid_fare([entry(1), entry(2)]) is None
    assert paid_fare([entry(1), entry(2, line=FeeLine.CHARGE)]).amount == 30_000
