"""The plan by which imported dossiers are carried: before their start, after their end, on weekdays."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from integrations.simulation.rules.carriage import Case, plan_carriage, weekday_after, weekday_before

ZONE = ZoneInfo("Europe/Amsterdam")
MIDNIGHT = datetime(2010, 10, 3, 22, 0, tzinfo=UTC)  # Monday 4 October, 00:00 in Amsterdam


def case(number: int, started: datetime, days: int | None) -> Case:
    return Case(
        code=f"WABO-{number}",
        office="BC-X",
        desk="MC-X",
        authority="CQ-X",
        started=started,
        ended=started + timedelta(days=days) if days is not None else None,
    )


def test_a_dossier_reaches_the_desk_before_its_case_begins_even_at_midnight_of_a_monday() -> None:
    carriage = plan_carriage([case(1, MIDNIGHT, 3)], 1, ZONE)
    inbound = [step for step in carriage.steps if step.path == "/api/v1/scans" and step.at < MIDNIGHT]
    kinds = [scan["kind"] for step in inbound for scan in step.body["scans"]]
    assert {"accept", "offer", "receive", "unpack"} <= set(kinds)
    assert weekday_before(MIDNIGHT.astimezone(ZONE).date()).weekday() == 4


def test_a_result_is_fetched_and_delivered_after_its_case_ended() -> None:
    ended = MIDNIGHT + timedelta(days=3)
    carriage = plan_carriage([case(1, MIDNIGHT, 3)], 1, ZONE)
    after = [step for step in carriage.steps if step.path == "/api/v1/scans" and step.at > ended]
    assert "deliver" in [scan["kind"] for step in after for scan in step.body["scans"]]
    truth = {piece.name: piece.claims for piece in carriage.truth.pieces}
    assert truth["@reply:WABO-1"] == ("CITIZEN",)
    assert truth["@dossier:WABO-1"] == ("MC-X",)


def test_an_open_case_stays_at_the_desk() -> None:
    carriage = plan_carriage([case(1, MIDNIGHT, None)], 1, ZONE)
    assert [piece.name for piece in carriage.truth.pieces] == ["@dossier:WABO-1", "@item:WABO-1"]


def test_a_day_has_one_manifest_for_each_pair_of_parties() -> None:
    cases = [case(number, MIDNIGHT + timedelta(hours=number), 3) for number in range(1, 9)]
    carriage = plan_carriage(cases, 1, ZONE)
    made = [step for step in carriage.steps if step.path == "/api/v1/manifests"]
    assert [len(step.body["lines"]) for step in made] == [8, 8]


def test_the_same_log_is_carried_the_same_way() -> None:
    cases = [case(number, MIDNIGHT + timedelta(hours=9 * number), number) for number in range(1, 30)]
    one, two = plan_carriage(cases, 5, ZONE), plan_carriage(cases[::-1], 5, ZONE)
    assert msgspec.json.encode(one) == msgspec.json.encode(two)


def test_weekends_are_skipped() -> None:
    friday = datetime(2010, 10, 1, tzinfo=UTC).date()
    assert weekday_after(friday) == friday + timedelta(days=3)
    assert weekday_before(friday + timedelta(days=3)) == friday
