"""Orders by their rows: the states 0 to 4, what may follow what, and what a partner may write."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from integrations.post.rules.orders import (
    ASSIGNED,
    CANCELLED,
    COLLECTED,
    REGISTERED,
    UNASSIGNED,
    WITHDRAWN,
    OrderState,
    order_of,
    read_order,
)
from postal.errors import Unprocessable
from postal.ledger.rules import Stream
from postal.ledger.service import authored

CODE, START = "DG-261123-ABCDEFGH", datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FIRST = {"partner": "vnp", "number": "D-1", "version": 1, "office": "BC-1", "agency": "MC-1"}


def rows(*kinds):
    made = []
    for minute, told in enumerate(kinds):
        kind, body = told if isinstance(told, tuple) else (told, FIRST if told == REGISTERED else {})
        at = START + timedelta(minutes=minute)
        made.append(
            authored(
                stream=Stream.RECORD,
                kind=kind,
                code=CODE,
                occurred_at=at,
                now=at,
                actor_organisation="BC-1",
                body=body,
            )
        )
    return made


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((REGISTERED,), 1),
        ((REGISTERED, ASSIGNED), 2),
        ((REGISTERED, ASSIGNED, UNASSIGNED), 1),
        ((REGISTERED, ASSIGNED, COLLECTED), 3),
        ((REGISTERED, COLLECTED), 3),
        ((REGISTERED, CANCELLED), 4),
        ((REGISTERED, WITHDRAWN), 0),
        ((REGISTERED, WITHDRAWN, (REGISTERED, FIRST | {"version": 2})), 1),
        # What a state does not allow changes nothing; a scan that was made counts all the same.
        ((REGISTERED, ASSIGNED, WITHDRAWN), 2),
        ((REGISTERED, CANCELLED, ASSIGNED), 4),
        ((REGISTERED, CANCELLED, COLLECTED), 3),
        ((REGISTERED, COLLECTED, CANCELLED), 3),
        ((REGISTERED, COLLECTED, (REGISTERED, FIRST | {"version": 2})), 3),
    ],
)
def test_an_order_stands_where_its_rows_lead_whatever_order_they_come_in(kinds, state):
    told = rows(*kinds)
    for arrival in permutations(told):
        assert order_of(CODE, arrival).state == state


def test_a_changed_order_is_a_new_version_and_an_older_one_changes_nothing():
    second = FIRST | {"version": 2, "office": "BC-2"}
    order = order_of(CODE, rows(REGISTERED, (ASSIGNED, {"courier": "an", "item": "X"}), (REGISTERED, second)))
    assert (order.version, order.office, order.courier, order.item) == (2, "BC-2", None, "X")
    assert order.state is OrderState.COLLECTING
    assert order_of(CODE, rows((REGISTERED, second), REGISTERED)).version == 2
    assert order_of(CODE, rows(ASSIGNED)) is None


GOOD = {
    "customerCode": "KH1",
    "orderNumber": "H49.17-261123-0001",
    "codAmount": 25_000,
    "sender": {
        "Name": "Nguyễn Thị Ân",
        "Address": "Thôn 3",
        "District": "",
        "Province": "Hưng Yên",
        "Tel": "0912",
    },
    "receiver": {"Name": "Bộ phận Một cửa"},
    "description": "Hồ sơ",
    "govAgencyCode": "MC-1",
    "govAgencyName": "UBND xã",
}


def test_fields_are_read_as_both_kinds_of_client_write_them():
    first = read_order(GOOD)
    client = {"OrderNumber": GOOD["orderNumber"], "CustomerCode": "KH1", "ItemCode": "DH123456785VN"}
    second = read_order(client | {"PosIdCollect": "BC-1", "GovAgencyCode": "MC-1", "Id": 7})
    assert (first.sender.name, first.cod, first.asked) == ("Nguyễn Thị Ân", 25_000, OrderState.REGISTERED)
    assert (second.number, second.item, second.office) == (first.number, "DH123456785VN", "BC-1")
    assert read_order(GOOD | {"viaPostal": 0}).asked is OrderState.UNUSED


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"orderNumber": None}, "post.missing"),
        ({"orderNumber": "A B"}, "post.number"),
        ({"orderNumber": 5}, "post.text"),
        ({"codAmount": 0.5}, "post.whole_number"),
        ({"codAmount": "25000"}, "post.whole_number"),
        ({"codAmount": -1}, "post.whole_number"),
        ({"codAmount": True}, "post.whole_number"),
        ({"itemCode": "DH123456784VN"}, "post.check_digit"),
        ({"itemCode": "DH123456785CN"}, "post.not_domestic"),
        ({"itemCode": "X"}, "post.not_s10"),
        ({"sender": "An"}, "post.no_object"),
        ({"sender": {"Name": "An\nB"}}, "post.text"),
        ({"OrderNumber": "other"}, "post.name_twice"),
        ({"vnpostalStatus": 5}, "post.whole_number"),
        ({"vnpostalStatus": 4, "reason": "because"}, "post.cancel_reason"),
        ({"govAgencyCode": ""}, "post.missing"),
    ],
)
def test_what_is_wrong_with_an_order_has_a_code_and_a_sentence(change, code):
    with pytest.raises(Unprocessable) as refused:
        read_order(GOOD | change)
    assert refused.value.code == code
    assert refused.value.vi
    assert refused.value.en


def test_a_wrong_check_digit_is_told_with_the_right_one():
    with pytest.raises(Unprocessable, match="should be 5"):
        read_order(GOOD | {"itemCode": "DH123456784VN"})
