"""Messages that wait, fail, come in another order, are tried again and are forgotten."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from integrations.inbox import repository, service
from postal import clock as clock_port
from postal.config import InboxSettings, hold
from postal.db import execute, fetch_value
from postal.errors import Unavailable
from postal.identifiers import new_id
from postal.identity.rules import Role
from tests.factories.dossiers import OFFICE
from tests.factories.identity import actor, headers
from tests.factories.partners import Sender

KIND = "agency.steps"


def step(number, subject="H57.01-1"):
    return {"subject": subject, "step": number}


async def state_of(sender, message_id):
    told = (await sender.outcome(message_id)).json()
    return told["state"], told["code"]


async def test_what_comes_too_early_waits_and_goes_on_as_soon_as_it_may(sender, steps, clock):
    early = await sender.send(KIND, "m-2", step(2))
    assert (early.status_code, early.json()["state"], early.json()["code"]) == (
        202,
        "waiting",
        "inbox.too_early",
    )
    assert (await sender.send(KIND, "other", step(1, "H57.01-2"))).json()["state"] == "done"
    assert await service.work_off(clock.instant) == 0
    assert (await sender.send(KIND, "m-1", step(1))).json()["state"] == "done"
    assert await service.work_off(clock.instant) == 1
    assert await state_of(sender, "m-2") == ("done", None)
    assert steps.gone == {"H57.01-1": 2, "H57.01-2": 1}


async def test_what_stays_too_early_waits_ever_longer_and_fails_at_its_limit(sender, steps, clock):
    begun = clock.instant
    await sender.send(KIND, "m-2", step(2))
    waits = []
    while (await state_of(sender, "m-2"))[0] == "waiting":
        due = await fetch_value("SELECT due_at FROM inbox_message")
        waits.append(due - clock.instant)
        clock.set(due)
        assert await service.work_off(due) == 1
    assert waits[:4] == [timedelta(minutes=each) for each in (1, 5, 15, 60)]
    assert waits[:-1] == sorted(waits[:-1])
    assert clock.instant == begun + timedelta(days=7)
    assert await state_of(sender, "m-2") == ("failed", "inbox.too_early")
    assert await service.work_off(clock.instant + timedelta(days=9)) == 0


async def test_a_handler_that_breaks_takes_no_other_message_with_it_and_is_tried_again_after_a_fix(
    sender, steps, clock, client, capfd
):
    steps.broken = True
    failed = await sender.send(KIND, "m-1", step(1))
    assert (failed.status_code, failed.json()["state"], failed.json()["code"]) == (
        200,
        "failed",
        "inbox.handler_failed",
    )
    steps.broken = False
    assert (await sender.send(KIND, "m-2", step(1, "H57.01-2"))).json()["state"] == "done"
    assert (await sender.send(KIND, "m-1", step(1))).json()["state"] == "failed"
    identifier = await fetch_value("SELECT id FROM inbox_message WHERE message_id = 'm-1'")
    governs = await headers(sender.issued.partner.organisation, Role.ADMIN, now=clock.instant)
    again = await client.post(f"/api/v1/inbox/{identifier}/replay", headers=governs)
    assert (again.status_code, again.json()["outcome"]["state"]) == (202, "waiting")
    assert await service.work_off(clock.instant) == 1
    told = (await client.get(f"/api/v1/inbox/{identifier}", headers=governs)).json()
    assert told["outcome"]["state"] == "done"
    assert [(each["state"], each["code"]) for each in told["attempts"]] == [
        ("failed", "inbox.handler_failed"),
        ("done", None),
    ]
    assert "Hằng" not in capfd.readouterr().out
    assert await fetch_value("SELECT count(*) FROM audit WHERE action = 'inbox.replayed'") == 1


async def test_all_that_failed_of_a_partner_or_of_a_time_is_understood_again(sender, steps, clock, client):
    steps.broken = True
    for number in range(4):
        await sender.send(KIND, f"m-{number}", step(1, f"S{number}"))
        clock.advance(timedelta(hours=1))
    steps.broken = False
    governs = await headers(sender.issued.partner.organisation, Role.ADMIN, now=clock.instant)
    since = (clock.instant - timedelta(hours=2)).isoformat()
    order = {"partner": sender.code, "received_from": since}
    part = await client.post("/api/v1/inbox/replays", json=order, headers=governs)
    assert (part.status_code, part.json()) == (202, {"messages": 2})
    assert await service.work_off(clock.instant) == 2
    rest = await client.post("/api/v1/inbox/replays", json={"partner": sender.code}, headers=governs)
    assert rest.json() == {"messages": 2}
    assert await service.work_off(clock.instant) == 2
    assert steps.gone == {"S0": 1, "S1": 1, "S2": 1, "S3": 1}
    listed = (await client.get("/api/v1/inbox?limit=3", headers=governs)).json()
    assert [each["message_id"] for each in listed["items"]] == ["m-3", "m-2", "m-1"]
    rest = (await client.get(f"/api/v1/inbox?cursor={listed['next_cursor']}", headers=governs)).json()
    assert [each["message_id"] for each in rest["items"]] == ["m-0"]
    failed = await client.get("/api/v1/inbox?state=failed", headers=governs)
    assert failed.json()["items"] == []


async def test_a_partners_messages_are_understood_in_the_order_of_receipt(sender, steps, settings, clock):
    hold(replace(settings, inbox=InboxSettings(at_once_seconds=0)))
    for number in (1, 3, 2, 4):
        assert (await sender.send(KIND, f"m-{number}", step(number))).status_code == 202
    await service.work_off(clock.instant)
    assert steps.ran == ["m-1", "m-3", "m-2", "m-3", "m-4"]
    assert steps.gone == {"H57.01-1": 4}


async def test_who_waits_longer_than_bounds_gets_an_answer_and_the_worker_goes_on(
    sender, steps, settings, clock
):
    hold(replace(settings, inbox=InboxSettings(at_once_seconds=0.05)))
    steps.hold = asyncio.Event()
    slow = await sender.send(KIND, "m-1", step(1))
    assert (slow.status_code, slow.json()["state"]) == (202, "waiting")
    # The worker is told to end in the middle of a try: that is no fault of the message, which is due again at once.
    steps.began.clear()
    working = asyncio.create_task(service.work_partner(sender.issued.partner.id))
    await steps.began.wait()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert await state_of(sender, "m-1") == ("waiting", "inbox.interrupted")
    steps.hold = None
    assert await service.work_off(clock.instant) == 1
    assert await state_of(sender, "m-1") == ("done", None)


async def test_two_processes_never_understand_one_partners_messages_at_once(sender, steps, settings, clock):
    partner = sender.issued.partner.id
    machine = clock_port.machine_now()
    other = new_id(machine)
    assert await repository.take_turn(partner, other, machine, machine + timedelta(seconds=15))
    held_up = await sender.send(KIND, "m-1", step(1))
    assert (held_up.status_code, steps.ran) == (202, [])
    assert await service.work_off(clock.instant) == 0
    # The other process is killed: its turn ends by itself.
    await execute("UPDATE inbox_turn SET leased_until = $1", machine - timedelta(seconds=1))
    assert await service.work_off(clock.instant) == 1
    assert steps.ran == ["m-1"]


async def test_a_message_whose_tries_never_end_is_taken_from_the_line(sender, steps, settings, clock):
    hold(replace(settings, inbox=InboxSettings(at_once_seconds=0)))
    await sender.send(KIND, "killer", step(1))
    await sender.send(KIND, "after", step(1, "S"))
    for _ in range(5):
        # A try whose process is killed: begun, and never ended.
        assert (await repository.begin(sender.issued.partner.id, clock.instant)).message_id == "killer"
    assert await service.work_off(clock.instant) == 2
    assert await state_of(sender, "killer") == ("failed", "inbox.never_ended")
    assert steps.ran == ["after"]


async def test_an_outage_is_no_fault_of_a_message(sender, steps, monkeypatch, clock):
    async def away(_inbound, _now):
        raise Unavailable("database.unavailable", vi="Không", en="No")

    with monkeypatch.context() as without:
        without.setattr(type(steps), "__call__", lambda _, inbound, now: away(inbound, now))
        waiting = await sender.send(KIND, "m-1", step(1))
    assert (waiting.status_code, waiting.json()["code"]) == (202, "inbox.unavailable")
    assert await service.work_off(clock.instant) == 0
    assert await service.work_off(clock.advance(timedelta(seconds=30))) == 1
    assert await state_of(sender, "m-1") == ("done", None)


async def test_a_late_outcome_of_an_older_try_does_not_count(sender, steps, settings, clock):
    hold(replace(settings, inbox=InboxSettings(at_once_seconds=0)))
    await sender.send(KIND, "m-1", step(1))
    partner = sender.issued.partner.id
    first = await repository.begin(partner, clock.instant)
    await repository.begin(partner, clock.instant)
    outcome = service.understanding.failed("inbox.handler_failed")
    assert not await repository.finish(first.id, first.tries, outcome, clock.instant)
    assert await state_of(sender, "m-1") == ("waiting", None)


async def test_what_a_message_says_of_people_is_given_out_and_forgotten_by_dossier(sender, steps, clock):
    await sender.send(KIND, "m-1", {**step(1), "name": "Nguyễn Thị Hằng"})
    steps.broken = True
    await sender.send(KIND, "m-2", {**step(2), "name": "Trần Văn Bình"})
    await sender.send(KIND, "m-3", {**step(1, "H57.01-2"), "name": "Lê Thị Cúc"})
    given = await service.export("H57.01-1")
    assert [("Hằng" in each["content"], "Bình" in each["content"]) for each in given] == [
        (True, False),
        (False, True),
    ]
    assert await service.erase("H57.01-1", clock.instant) == 2
    assert await service.erase("H57.01-1", clock.instant) == 0
    assert [each["content"] for each in await service.export("H57.01-1")] == [None]
    assert await fetch_value("SELECT count(*) FROM inbox_raw") == 1
    steps.broken = False
    # It is still known that it came, and as what: no second effect, and no other content under its id.
    assert (await sender.send(KIND, "m-1", {**step(1), "name": "Nguyễn Thị Hằng"})).json()["state"] == "done"
    assert (await sender.send(KIND, "m-1", step(1))).status_code == 409
    governs = await actor(sender.issued.partner.organisation, Role.ADMIN, now=clock.instant)
    identifier = await fetch_value("SELECT id FROM inbox_message WHERE message_id = 'm-1'")
    with pytest.raises(Exception, match=r"inbox\.erased"):
        await service.replay(identifier, actor=governs, now=clock.instant)


async def test_bytes_are_forgotten_when_they_were_kept_long_enough(sender, clock):
    await sender.send(KIND, "m-1", step(1))
    clock.advance(timedelta(days=365))
    assert await service.forget_outlived(clock.instant) == 0
    assert await service.forget_outlived(clock.advance(timedelta(seconds=1))) == 1
    assert await service.forget_outlived(clock.instant) == 0
    assert await state_of(sender, "m-1") == ("done", None)


async def test_content_is_shown_to_who_governs_the_organisation_and_each_look_is_noted(sender, client, clock):
    await sender.send(KIND, "m-1", {**step(1), "name": "Nguyễn Thị Hằng"})
    identifier = await fetch_value("SELECT id FROM inbox_message")
    governs = await headers(sender.issued.partner.organisation, Role.ADMIN, now=clock.instant)
    supervises = await headers(sender.issued.partner.organisation, Role.SUPERVISOR, now=clock.instant)
    elsewhere = await headers(OFFICE, Role.ADMIN, now=clock.instant)
    at = f"/api/v1/inbox/{identifier}"
    shown = await client.get(f"{at}/content", headers=governs)
    assert (shown.status_code, "Hằng" in shown.text) == (200, True)
    assert shown.headers["content-disposition"].startswith("attachment")
    asked = "SELECT array_agg(subject ORDER BY subject) FROM audit WHERE action = 'applicant.read'"
    assert await fetch_value(asked) == sorted([str(identifier), "H57.01-1"])
    assert (await client.get(f"{at}/content", headers=supervises)).status_code == 403
    seen = await client.get(at, headers=supervises)
    assert (seen.status_code, "Hằng" in seen.text) == (200, False)
    for path in (at, f"{at}/content"):
        assert (await client.get(path, headers=elsewhere)).status_code == 404
    assert (await client.post(f"{at}/replay", headers=elsewhere)).status_code == 404
    other = await Sender.of(client, clock, "buu-cuc", "post", OFFICE)
    assert (await other.outcome("m-1")).status_code == 404
