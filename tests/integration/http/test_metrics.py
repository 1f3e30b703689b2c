"""Figures for an operator, and the alert rules that read them."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from postal import db
from postal.app import create_app
from postal.config import DatabaseSettings
from postal.identifiers import new_id
from postal.ledger.service import record
from postal.outbox.service import publish
from postal.web import figures
from shipments.pieces.rules.codes import s10
from tests.factories.custody import OFFICE, network, pieces
from tests.factories.identity import device
from tests.factories.ledger import row

ALERTS = Path(__file__).parents[3] / "postal" / "observability" / "alerts.yml"
FUNCTIONS = {
    *("sum", "max", "min", "count", "rate", "increase", "by", "and", "or"),
    *("absent", "predict_linear", "histogram_quantile"),
}
# Made by Prometheus itself for each target.
OF_PROMETHEUS = {"up"}


def values(text):
    """Read an exposition: each series and its value."""
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {series: float(value) for series, _, value in lines}


async def scraped(client):
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    return values(answer.text)


@pytest.fixture(autouse=True)
def unkept(monkeypatch):
    """Ask anew at each scrape."""
    monkeypatch.setattr(figures, "KEPT_S", -1.0)


async def test_the_outbox_is_told_by_topic_and_by_its_oldest_message(client, clock):
    assert (await scraped(client))["postal_outbox_oldest_row_seconds"] == 0
    async with db.unit_of_work():
        await publish("test.noted", {})
        await publish("test.buried", {})
        await db.execute("UPDATE outbox SET available_at = available_at - interval '5 minutes'")
        await db.execute("UPDATE outbox SET attempts = 2 WHERE topic = 'test.noted'")
        await db.execute("UPDATE outbox SET dead_at = available_at WHERE topic = 'test.buried'")
    found = await scraped(client)
    assert 300 <= found["postal_outbox_oldest_row_seconds"] < 400
    assert 300 <= found['postal_outbox_oldest_seconds{topic="test.noted"}'] < 400
    assert found['postal_outbox_messages{state="failing",topic="test.noted"}'] == 1
    assert found['postal_outbox_messages{state="dead",topic="test.buried"}'] == 1


async def test_scans_are_counted_by_verdict_and_devices_by_what_is_missing(client, clock):
    now = clock.instant
    await network(now - timedelta(days=1))
    code = s10("RR", 1)
    await pieces(code, now=now)
    key = await device("d-1", OFFICE, now=now - timedelta(days=1))
    before = await scraped(client)
    scan = {
        "id": "019aae40-0000-7000-8000-000000000001",
        "seq": 3,
        "kind": "accept",
        "code": code,
        "by": f"NV-{OFFICE}",
        "occurred_at": now.isoformat(),
    }
    sent = {
        "device": "d-1", "epoch": "e", "sent_at": (now - timedelta(minutes=2)).isoformat(), "last_seq": 3,
        "scans": [scan, {**scan, "id": "not an id", "seq": 2}],
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {key}"}
    answer = await client.post("/api/v1/scans", json=sent, headers=headers)
    results = answer.json()["results"]
    clock.advance(timedelta(hours=30))
    after = await scraped(client)
    for result in results:
        series = f'postal_scans_total{{code="{result["code"]}",verdict="{result["verdict"]}"}}'
        assert after[series] == before.get(series, 0) + 1, results
    assert [result["verdict"] for result in results] == ["accepted", "refused"]
    off = 'postal_sync_clock_skew_seconds_bucket{le="300.0"}'
    near = 'postal_sync_clock_skew_seconds_bucket{le="60.0"}'
    assert after[off] == before[off] + 1
    assert after[near] == before[near]
    assert after["postal_devices_uncovered"] == after["postal_devices_silent"] == 1
    assert after["postal_device_uncovered_contact_seconds"] == 30 * 3600
    clock.advance(timedelta(days=40))
    assert (await scraped(client))["postal_devices_uncovered"] == 0


async def test_months_strays_and_backups_are_told(client, database, clock):
    found = await scraped(client)
    # Other tests of this database may have made further months.
    assert found["postal_ledger_months_ahead"] >= 1
    assert found["postal_ledger_default_partition_rows"] == 0
    assert found["postal_database_size_bytes"] > 1_000_000
    assert "postal_backup_age_seconds" not in found
    async with db.as_owner(database):
        await db.execute("INSERT INTO backup_made VALUES (now() - interval '2 days', 1, 1)")
    try:
        assert (await scraped(client))["postal_backup_age_seconds"] >= 2 * 86400
    finally:
        async with db.as_owner(database):
            await db.execute("DELETE FROM backup_made")
    clock.advance(timedelta(days=400))
    strange = row(id=new_id(clock.instant + timedelta(days=4000)))
    async with db.unit_of_work():
        await record([strange])
    found = await scraped(client)
    assert (found["postal_ledger_months_ahead"], found["postal_ledger_default_partition_rows"]) == (0, 1)


async def test_a_scrape_is_quick_while_the_database_is_away_and_tells_nothing_of_it(settings):
    import httpx

    away = replace(settings, database=DatabaseSettings(dsn="postgresql://postal_app@127.0.0.1:1/postal"))
    await db.stop()
    try:
        app = create_app(away)
        transport = httpx.ASGITransport(app=app)
        async with app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://t") as asking:
            found = values((await asyncio.wait_for(asking.get("/metrics"), 2.5)).text)
    finally:
        await db.start(settings.database)
    assert found["postal_database_up"] == 0
    assert any(series.startswith("postal_build_info") for series in found)
    assert not any(
        series.startswith(("postal_outbox", "postal_ledger", "postal_devices")) for series in found
    )


async def test_many_scrapes_at_once_ask_the_database_once(client, monkeypatch):
    monkeypatch.setattr(figures, "KEPT_S", 60.0)
    with db.count_statements() as count:
        await asyncio.gather(*(scraped(client) for _ in range(10)))
    assert sum("pg_database_size" in text for text in count.texts) == 1


async def test_one_source_that_fails_does_not_take_the_others_with_it(client, monkeypatch):
    async def broken():
        await db.fetch("SELECT nothing FROM nowhere")

    monkeypatch.setattr(figures.registry, "figures", lambda: (broken, figures.of_database))
    found = await scraped(client)
    assert found["postal_database_up"] == 1
    assert "postal_database_size_bytes" in found


async def test_every_alert_reads_figures_that_exist_and_says_what_to_do(client, database):
    async with db.unit_of_work():
        await publish("test.noted", {})
    async with db.as_owner(database):
        await db.execute("INSERT INTO backup_made VALUES (now(), 1, 1)")
    try:
        text = (await client.get("/metrics")).text
    finally:
        async with db.as_owner(database):
            await db.execute("DELETE FROM backup_made")
    told = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    told |= {f"{name}{end}" for name in told for end in ("_bucket", "_count", "_sum")}
    assert len(re.findall(r"^# HELP postal_\S+ \S", text, re.MULTILINE)) == len(
        re.findall(r"^# TYPE postal_", text, re.MULTILINE)
    )
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in rules}) == len(rules) >= 15
    for rule in rules:
        names = _names(rule["expr"])
        assert names <= told | OF_PROMETHEUS, rule["alert"]
        assert names, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert re.fullmatch(r"[1-9]\d*[smhd]", rule.get("for", "1m"))
        for annotation in ("summary", "runbook"):
            vietnamese, english = rule["annotations"][annotation].split(" / ")
            assert not vietnamese.isascii()
            assert english.isascii()


def _names(expression):
    """Check the form of an expression as far as one can without Prometheus, and give the metrics that it reads."""
    assert expression.count("(") == expression.count(")")
    bare = re.sub(r'"[^"]*"', "", expression)
    assert bare.count("{") == bare.count("}")
    bare = re.sub(r"\{[^{}]*\}", "", bare)
    bare = re.sub(r"\[\d+[smhd]\]", "", bare)
    bare = re.sub(r"\bby \([a-z_, ]+\)", "by", bare)
    assert not re.search(r"[^\w\s()+\-*/<>=.,]", bare), bare
    return set(re.findall(r"[a-zA-Z_]\w*", bare)) - FUNCTIONS
