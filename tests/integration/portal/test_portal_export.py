"""The database's writer of the portal's fields gives, to the byte, what the rules give."""

from datetime import UTC, datetime, timedelta

import msgspec

from integrations.portal import repository
from integrations.portal.repository import Whose
from integrations.portal.rules import as_json, dossier_fields
from integrations.portal.service import reading
from postal.db import fetch
from tests.factories.dossiers import OFFICE, Desks
from tests.factories.identity import person

BEGIN, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


async def codes_in_order() -> list[str]:
    whose = Whose(everything=True, organisations=(), program=False)
    return [code for _, code in await repository.codes_of(BEGIN, END, whose, None, 1_000)]


async def test_two_writers_give_the_same_bytes(client, clock):
    desks = await Desks(client, clock.instant).prepare()
    odd = {"name": 'Hằng "H" \\ <b>\u2028\x7f\x1f', "phone": "0912 345 678", "identity_type": "MST"}
    first = await desks.dossier(applicant=odd)
    clock.advance(timedelta(minutes=1))
    second = await desks.dossier(
        service_mode="return", channel="online", office=None, by=desks.desk, lines=[]
    )
    await desks.dossier(service_mode="submit")
    clock.advance(timedelta(hours=1))
    for code in (first, second):
        await desks.states(code, "received")
    clock.advance(timedelta(hours=1))
    await desks.states(first, "supplement_requested")
    fee = {"dossier": first, "line": "fee", "channel": "online", "amount": 15_000, "receipt": "BL-1"}
    await person("nv-an", OFFICE, now=clock.instant - timedelta(days=1))
    paid = await client.post("/api/v1/fees", json=fee | {"person": "nv-an"}, headers=desks.clerk)
    assert paid.status_code == 201, paid.text
    clock.advance(timedelta(hours=1))
    await desks.states(first, "supplemented", "step_done")
    clock.advance(timedelta(days=1))
    await desks.states(first, "completed")
    await desks.states(second, "step_done", "stopped")

    codes = await codes_in_order()
    rows = [as_json(dossier_fields(known)) for known in await repository.known(codes)]
    assert len(rows) == 3
    lines = b"".join([part async for part in reading.exported(BEGIN, END, array=False)])
    assert lines == b"\n".join(rows) + b"\n"
    array = b"".join([part async for part in reading.exported(BEGIN, END, array=True)])
    assert msgspec.json.decode(array) == [msgspec.json.decode(row) for row in rows]
    told = {row["MaHoSo"]: row for row in msgspec.json.decode(array)}
    assert told[first]["TrangThaiHoSo"] == "9"
    assert told[first]["LoaiDoiTuong"] == "2"
    assert (told[first]["DanhSachLePhi"][0]["Gia"], told[first]["DuocThanhToanTrucTuyen"]) == ("15000", "1")
    assert told[first]["DanhSachHoSoBoSung"][0]["TrangThaiBoSung"] == "1"
    assert told[first]["DanhSachGiayToKetQua"][0]["GiayToId"] == f"{first}-KQ"
    assert told[second]["KenhThucHien"] == "2"
    nobody = b"".join([part async for part in reading.exported(BEGIN, BEGIN, array=False)])
    assert nobody == b""


async def test_the_planner_writes_texts_and_instants_into_their_statement(database):
    plan = await fetch("EXPLAIN (VERBOSE) SELECT portal_text(code), portal_at(since) FROM custody")
    shown = "\n".join(row["QUERY PLAN"] for row in plan)
    assert "to_json(" in shown
    assert "portal_" not in shown
