"""Laws of returns: the earliest day told is a day on which a return would be right, and no day before it is."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postal.calendars.rules import Calendar, DayRule, Hours, WorkingTime
from shipments.custody.rules.wire import Malformed, read_upload
from shipments.deliveries.rules import (
    Invitation,
    ReturnRule,
    counted_invitations,
    oddities,
    too_early,
)

RULE = ReturnRule(
    invitations=2, gap_days=2, at_once=frozenset({"moved", "refused"}), citation="TT 17/2017/TT-BTTTT Đ5"
)
TIME = WorkingTime.of(
    Calendar(
        code="T",
        zone="Asia/Ho_Chi_Minh",
        first=date(2026, 1, 1),
        last=date(2028, 1, 1),
        hours=tuple(
            Hours(weekday=weekday, opens=450, closes=1020, valid_from=date(2026, 1, 1))
            for weekday in range(5)
        ),
        days=(DayRule(day=date(2026, 11, 24), works=False, name="Ngày Văn hóa Việt Nam"),),
    )
)
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def on(day: int, hour: int = 2) -> datetime:
    """Give an instant of a day of November, 2026, in UTC."""
    return datetime(2026, 11, 1, hour, 0, tzinfo=UTC) + timedelta(days=day - 1)


instants = st.integers(0, 40 * 24).map(lambda hours: MONDAY + timedelta(hours=hours))
invitations = st.lists(instants.map(Invitation), max_size=6)
rules = st.builds(
    ReturnRule,
    invitations=st.integers(1, 4),
    gap_days=st.integers(0, 4),
    at_once=st.just(frozenset({"moved"})),
    citation=st.just("test"),
)


@given(made=invitations, returned=instants, rule=rules, data=st.data())
def test_a_return_is_right_exactly_when_enough_invitations_were_far_enough_apart(made, returned, rule, data):
    early = too_early(made, returned, rule, TIME)
    assert early == too_early(data.draw(st.permutations(made)), returned, rule, TIME)
    days = [TIME.local_day(each.at) for each in made if each.at <= returned]
    best = 0
    for first in range(len(days)):
        chain = [sorted(days)[first]]
        for day in sorted(days)[first + 1 :]:
            if TIME.working_days_between(chain[-1], day) >= rule.gap_days and (
                day > chain[-1] or not rule.gap_days
            ):
                chain.append(day)
        best = max(best, len(chain))
    assert (early is None) == (best >= rule.invitations)
    if early is not None:
        assert early.invitations == best < early.needed


@given(made=invitations, returned=instants, rule=rules)
def test_inviting_on_the_days_that_the_answer_leads_to_makes_the_return_right(made, returned, rule):
    early = too_early(made, returned, rule, TIME)
    if early is None:
        return
    made = [each for each in made if each.at <= returned]
    days = list(counted_invitations(made, rule, TIME)) or [TIME.add_working_days(TIME.local_day(returned), 0)]
    added = [] if made else [days[0]]
    while len(days) < rule.invitations:
        days.append(TIME.add_working_days(days[-1], rule.gap_days))
        added.append(days[-1])
    more = [Invitation(datetime(day.year, day.month, day.day, 9, tzinfo=TIME.zone)) for day in added]
    last = max(each.at for each in [*made, *more])
    assert too_early([*made, *more], last, rule, TIME) is None
    assert early.earliest == days[-1]
    assert too_early([*made, *more[:-1]], last, rule, TIME) is not None


@pytest.mark.parametrize(
    ("made", "returned", "reason", "earliest"),
    [
        ([], on(23), None, date(2026, 11, 26)),
        ([on(23)], on(23, 8), None, date(2026, 11, 26)),
        # Tuesday the 24th is a holiday: Wednesday is the first working day after Monday, Thursday the second.
        ([on(23), on(25)], on(25, 8), None, date(2026, 11, 26)),
        ([on(23), on(26)], on(26, 8), None, None),
        ([on(23), on(23, 8), on(23, 9)], on(27), None, date(2026, 11, 26)),
        ([on(23)], on(23, 8), "REFUSED", None),
        ([on(27)], on(28), None, date(2026, 12, 1)),
    ],
)
def test_working_days_lie_between_two_invitations(made, returned, reason, earliest):
    early = too_early([Invitation(at) for at in made], returned, RULE, TIME, reason=reason)
    assert (early.earliest if early else None) == earliest
    if early:
        assert early.citation == "TT 17/2017/TT-BTTTT Đ5"


def test_a_recipient_who_moved_away_is_not_invited_again():
    assert too_early([Invitation(on(23), "MOVED")], on(23, 8), RULE, TIME) is None
    assert too_early([Invitation(on(25), "MOVED")], on(23, 8), RULE, TIME) is not None


@pytest.mark.parametrize(
    ("recipient", "flags"),
    [
        (None, []),
        ({"role": "addressee", "identity": "cccd"}, []),
        ({"role": "addressee"}, ["deliver.identity_not_asked"]),
        ({"role": "proxy", "identity": "cccd"}, ["deliver.no_authorisation"]),
        ({"role": "proxy", "identity": "cccd", "authorisation": "UQ-12/2026"}, []),
        ({"role": "proxy"}, ["deliver.no_authorisation", "deliver.identity_not_asked"]),
    ],
)
def test_a_proxy_needs_an_authorisation_and_everybody_shows_a_paper(recipient, flags):
    assert oddities(recipient) == flags


@pytest.mark.parametrize("number", ["046090001234", "012345678", "C1234567", "b12345678"])
def test_the_number_of_a_persons_paper_never_enters_a_scan(number):
    scan = {
        "id": "019a0000-0000-7000-8000-000000000001",
        "seq": 1,
        "kind": "deliver",
        "code": "DH123456785VN",
        "occurred_at": "2026-11-23T08:00:00+07:00",
        "recipient": {"role": "proxy", "identity": "cccd", "authorisation": number},
    }
    refused = read_upload(scan)
    assert isinstance(refused, Malformed)
    assert (refused.code, refused.pointer) == ("scan.persons_number", "/recipient/authorisation")
    scan["recipient"]["authorisation"] = "UQ-046"
    assert not isinstance(read_upload(scan), Malformed)
