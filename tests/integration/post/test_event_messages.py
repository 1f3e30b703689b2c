"""Event messages of the post's own system become scans of its device, whatever order and however often they come."""

from datetime import timedelta

import pytest

from integrations.post.rules.events import FORMAT
from integrations.post.rules.lines import FIELDS
from integrations.post.rules.reading import local
from postal.db import fetch, fetch_value
from tests.factories.custody import DESK, OFFICE, network, pieces
from tests.factories.manifests import item
from tests.factories.partners import Sender
from tests.factories.posting import said_of

HOME, INBOUND, STRANGE = item(1), item(2), item(3)


@pytest.fixture
async def post(client, clock):
    await network(clock.instant)
    await pieces(HOME, now=clock.instant, destination="CITIZEN")
    await pieces(INBOUND, now=clock.instant, destination=DESK)
    sender = await Sender.of(client, clock, "vnp", "post", OFFICE, settings={"offices": {"201130": OFFICE}})
    clock.advance(timedelta(hours=1))
    return sender


def event(clock, sequence, code, what=HOME, minutes=30, **more):
    at = local(clock.instant - timedelta(minutes=minutes))
    return {
        "sequence": sequence,
        "itemId": what,
        "eventCode": code,
        "eventTime": at,
        "officeCode": "201130",
        **more,
    }


def message(clock, *events, last=None):
    now = event(clock, 1, "EMA", minutes=0)["eventTime"]
    highest = max(each.get("sequence", 0) for each in events if isinstance(each, dict))
    return {
        "format": FORMAT,
        "sender": OFFICE,
        "journal": "2026",
        "preparedAt": now,
        "lastSequence": last or highest,
        "events": list(events),
    }


async def rows(post, name, body, **more):
    return await said_of(post, "post.emsevt", name, body, **more)


async def test_events_are_scans_once_and_in_the_senders_order(client, clock, post):
    accepted, out = event(clock, 1, "EMA", minutes=40), event(clock, 2, "EDG", minutes=30)
    failed, home = (
        event(clock, 3, "EMH", minutes=20, reason="11", action="1"),
        event(clock, 4, "EMI", minutes=10),
    )
    # The last one comes first, and everything comes twice.
    for name, told in [
        ("a", [home]),
        ("b", [failed, out]),
        ("c", [accepted]),
        ("d", [accepted, out, failed, home]),
    ]:
        said = await rows(post, name, message(clock, *told, last=4))
        assert said["state"] == "done", said
    assert {row["outcome"] for row in said["results"]} == {"repeated"}
    found = await fetch(
        "SELECT kind, body ->> 'reason' AS why, device FROM ledger WHERE code = $1 AND stream = 1", HOME
    )
    assert sorted((row["kind"], row["why"]) for row in found) == [
        ("accept", None),
        ("attempt_failed", "nobody_home"),
        ("deliver", None),
        ("out_for_delivery", None),
    ]
    assert {row["device"] for row in found} == {"program.post.vnp"}
    piece = (await client.get(f"/api/v1/pieces/{HOME}", headers=post.key)).json()
    assert (piece["holder"], piece["phase"]) == ("CITIZEN", "delivered")


async def test_the_posts_word_does_not_deliver_to_an_agency(client, clock, post):
    await rows(
        post, "a", message(clock, event(clock, 1, "EMA", INBOUND), event(clock, 2, "EMI", INBOUND, 10))
    )
    piece = (await client.get(f"/api/v1/pieces/{INBOUND}", headers=post.key)).json()
    assert (piece["holder"], piece["phase"]) == (OFFICE, "offered")


async def test_each_row_that_is_no_scan_has_its_answer_and_takes_no_other_with_it(client, clock, post):
    del client
    good = event(clock, 1, "EMA")
    told = [
        good,
        event(clock, 2, "EXA"),
        event(clock, 3, "QQQ"),
        event(clock, 4, "EMH", reason="77"),
        event(clock, 5, "EMA", "DH123456784VN"),
        event(clock, 6, "EMA", minutes=-600),
        event(clock, 7, "EMA") | {"eventTime": "2026-11-23T01:00:00+00:00"},
        event(clock, 8, "EMA") | {"eventTime": "23/11/2026 08:00"},
        event(clock, 9, "EMA") | {"officeCode": "X-9"},
        event(clock, 1, "EDG"),
        event(clock, 10, "EMI", STRANGE),
        "nonsense",
        {"itemId": HOME},
    ]
    said = await rows(post, "a", message(clock, *told))
    assert [(row["outcome"], row.get("code")) for row in said["results"]] == [
        ("scanned", None),
        ("kept", "post.event_international"),
        ("kept", "post.event_unknown"),
        ("kept", "post.reason_unknown"),
        ("refused", "post.check_digit"),
        ("refused", "post.in_the_future"),
        ("refused", "post.wrong_zone"),
        ("refused", "post.time"),
        ("refused", "post.office_unknown"),
        ("refused", "post.sequence_reused"),
        ("waiting", "inbox.too_early"),
        ("refused", "post.no_object"),
        ("refused", "post.missing"),
    ]
    assert said["code"] == "inbox.too_early"
    assert await fetch_value("SELECT count(*) FROM ledger WHERE stream = 1") == 1
    assert await fetch_value("SELECT count(*) FROM post_event WHERE outcome = 'kept'") == 3
    # Once it is known where the item goes, the same message is understood; what was a scan is none again.
    await pieces(STRANGE, now=clock.instant, destination="CITIZEN")
    again = await rows(post, "b", message(clock, *told))
    assert [row["outcome"] for row in again["results"]][:1] == ["repeated"]
    assert again["results"][10]["outcome"] == "scanned"
    assert again["state"] == "partly"


async def test_lines_say_the_same_as_json_and_a_message_cut_short_is_refused_whole(client, clock, post):
    del client
    told = [event(clock, 1, "EMA", minutes=40), event(clock, 2, "EMH", reason="11", action="1")]
    whole = message(clock, *told)
    head = "|".join(["H", FORMAT, OFFICE, "2026", whole["preparedAt"], "2"])
    lines = [head, *("|".join(["E", *(str(each.get(name, "")) for name in FIELDS)]) for each in told), "T|2"]
    text = "\n".join(lines).encode() + b"\n"
    plain = {"Content-Type": "text/plain"}
    for cut in (text[:-4], text[: len(text) // 2], "\n".join([*lines[:2], lines[-1]]).encode()):
        said = await rows(post, f"cut-{len(cut)}", cut, **plain)
        assert (said["state"], said["code"]) == ("failed", "post.cut_short"), said
    assert (await rows(post, "lines", text, **plain))["state"] == "done"
    assert {row["outcome"] for row in (await rows(post, "json", whole))["results"]} <= {"repeated"}
    for name, broken, code in [
        ("format", whole | {"format": "emsevt/3"}, "post.format"),
        ("journal", whole | {"journal": "a/b"}, "post.missing"),
        ("events", whole | {"events": None}, "post.no_list"),
    ]:
        said = await rows(post, name, broken)
        assert (said["state"], said["code"]) == ("failed", code)
