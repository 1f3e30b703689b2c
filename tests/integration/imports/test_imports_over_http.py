"""A file over HTTP and on the page: brought, tried, imported, mended and sent again; nobody else sees it."""

import pytest

from integrations.imports import service
from integrations.imports.rules import Kind
from postal.config import hold
from postal.db import execute, fetch_value
from postal.identity.rules import Role
from tests.factories.dossiers import DESK, OFFICE, STRANGER, parties
from tests.factories.identity import headers
from tests.factories.importing import code_of, csv_file, dossier_row, event_row, worked_through, xlsx_file
from tests.factories.pages import check_page

API = "/api/v1/imports"
OWN = """
code = "cua_don_vi"
kind = "dossiers"
title = "Tệp của Một cửa"
[columns]
code = ["Số biên nhận"]
[values.service_mode]
"2 chiều" = "both"
[defaults]
desk = "MC-HUE"
"""


@pytest.fixture
async def desk(client, settings, clock):
    await parties()
    hold(settings)
    return await headers(DESK, Role.DESK, Role.SPECIALIST, now=clock.instant)


async def test_a_file_is_tried_imported_mended_and_read_back(client, desk, clock, settings):
    rows = [dossier_row(number) for number in range(1, 6)]
    rows[2]["Số điện thoại"] = "không có"
    rows[3]["Ghi chú riêng"] = "=HYPERLINK(1)"
    begun = await client.post(
        f"{API}?kind=dossiers&dry_run=true",
        content=xlsx_file(rows),
        headers={**desk, "Content-Type": "text/csv"},
    )
    assert begun.status_code == 202, begun.text
    job = begun.json()["id"]
    await worked_through()
    tried = (await client.get(f"{API}/{job}", headers=desk)).json()
    assert (tried["state"], tried["new"], tried["refused"], tried["done"]) == ("done", 4, 1, 5)
    assert {"heading": "Ghi chú riêng", "field": None} in tried["columns"]
    assert await fetch_value("SELECT count(*) FROM dossier") == 0
    [error] = (await client.get(f"{API}/{job}/errors", headers=desk)).json()["items"]
    assert (error["row"], error["heading"], error["code"]) == (4, "Số điện thoại", "cell.invalid")
    assert (await client.post(f"{API}/{job}/run", headers=desk)).status_code == 202
    await worked_through()
    assert (await client.get(f"{API}/{job}", headers=desk)).json()["new"] == 4
    assert (await client.post(f"{API}/{job}/run", headers=desk)).status_code == 409
    assert (await client.post(f"{API}/{job}/cancel", headers=desk)).status_code == 409
    wrong = await client.get(f"{API}/{job}/errors/file", headers=desk)
    mended = await client.post(
        f"{API}?kind=dossiers",
        content=wrong.content.replace(b"x", b"x"),
        headers={**desk, "Content-Type": "text/csv"},
    )
    await worked_through()
    again = (await client.get(f"{API}/{mended.json()['id']}", headers=desk)).json()
    assert (again["rows"], again["refused"]) == (1, 1)
    custody = await client.get(f"{API}/custody", headers=desk)
    assert custody.text.count("H57.01-20261120-") == 4
    for file in ("csv", "xlsx"):
        template = await client.get(f"{API}/template?kind=events&file={file}", headers=desk)
        assert template.status_code == 200
        tried = await client.post(f"{API}?kind=events&dry_run=true", content=template.content, headers=desk)
        assert tried.status_code == 202


async def test_the_page_brings_a_file_and_nobody_else_sees_it(client, desk, clock):
    rows = [dossier_row(1), dossier_row(2, **{"Mã thủ tục": "=1+1"})]
    edge = b"--x\r\nContent-Disposition: form-data; name="
    body = (
        edge + b'"kind"\r\n\r\ndossiers\r\n' + edge + b'"dry_run"\r\n\r\n1\r\n'
        + edge + '"file"; filename="hồ sơ.csv"\r\n\r\n'.encode() + csv_file(rows) + b"\r\n--x--\r\n"
    )  # fmt: skip
    form = {**desk, "Content-Type": "multipart/form-data; boundary=x"}
    check_page(await client.get("/imports", headers=desk))
    sent = await client.post("/imports", content=body, headers=form)
    assert sent.status_code == 303, sent.text
    place = sent.headers["location"]
    assert "Hủy lần nhập này" in check_page(await client.get(place, headers=desk))
    await worked_through()
    text = check_page(await client.get(place, headers=desk))
    assert "hồ sơ.csv" in text
    assert "Nhập thật" in text
    wrong = await client.get(f"/api/v1{place}/errors/file", headers=desk)
    assert "'=1+1" in wrong.text
    assert "cell.invalid" in wrong.text
    assert (await client.post(f"{place}/run", headers=desk)).status_code == 303
    assert (await client.post(f"{place}/cancel", headers=desk)).status_code == 303
    assert (await client.post(f"{place}/run", headers=desk)).status_code == 409
    check_page(await client.get("/imports?lang=en", headers=desk), "en")
    stranger = await headers(STRANGER, Role.DESK, now=clock.instant)
    assert (await client.get(place, headers=stranger)).status_code == 404
    assert place not in (await client.get("/imports", headers=stranger)).text
    bad = await client.post("/imports", content=b"--x--", headers=form)
    assert bad.status_code == 422
    check_page(bad, "en")


async def test_events_and_results_move_cases_and_profiles_are_an_organisations_own(
    client, desk, clock, settings
):
    own = [
        {("Số biên nhận" if name == "Mã hồ sơ" else name): value for name, value in dossier_row(1).items()
         if name != "Mã Bộ phận Một cửa"}
        | {"Hình thức bưu chính": "2 CHIỀU"}
    ]  # fmt: skip
    stated = await client.post(f"{API}/profiles", json={"toml": OWN}, headers=desk)
    assert (stated.status_code, stated.json()["version"]) == (200, 1), stated.text
    again = await client.post(f"{API}/profiles", json={"toml": OWN}, headers=desk)
    assert again.json()["version"] == 1
    wrong = await client.post(f"{API}/profiles", json={"toml": OWN + 'colour = "red"'}, headers=desk)
    assert wrong.json()["code"] == "import.profile_unusable"
    sent = [("dossiers&profile=cua_don_vi", csv_file(own, delimiter=";"))]
    events = [
        event_row(1, "Chuyển xử lý", "22/11/2026"),
        event_row(1, "Tiếp nhận", "21/11/2026 09:00", **{"Ngày hẹn trả": "30/11/2026"}),
        event_row(2, "Tiếp nhận", "21/11/2026 09:00"),
        event_row(1, "Nhảy múa", "21/11/2026 09:00"),
    ]
    results = [{"Mã hồ sơ": code_of(1), "Ngày có kết quả": 46348.375, "Ngày kết quả tại Một cửa": None}]
    sent += [("events", xlsx_file(events)), ("results", xlsx_file(results))]
    came = []
    for kind, data in [*sent, *sent]:
        answer = await client.post(f"{API}?kind={kind}", content=data, headers=desk)
        await worked_through()
        job = (await client.get(f"{API}/{answer.json()['id']}", headers=desk)).json()
        came.append((job["new"], job["unchanged"], job["refused"]))
    assert came == [(1, 0, 0), (2, 0, 2), (1, 0, 0), (0, 1, 0), (0, 2, 2), (0, 1, 0)]
    dossier = (await client.get(f"/api/v1/dossiers/{code_of(1)}", headers=desk)).json()
    assert (dossier["status"], dossier["due_first"][:16]) == (9, "2026-11-30T10:00")
    stranger = await headers(STRANGER, Role.DESK, now=clock.instant)
    assert "cua_don_vi" not in (await client.get(f"{API}/profiles", headers=stranger)).text
    clerk = await headers(OFFICE, Role.CLERK, now=clock.instant)
    refused = await client.post(f"{API}?kind=events", content=csv_file(events), headers=clerk)
    assert refused.json()["code"] == "import.role_needed"


async def test_what_a_file_held_is_sealed_and_goes_on_its_date_or_with_the_person(
    client, desk, clock, settings
):
    rows = [dossier_row(1), dossier_row(2, **{"Số điện thoại": "x"})]
    jobs = []
    for _ in range(2):
        answer = await client.post(f"{API}?kind=dossiers", content=csv_file(rows), headers=desk)
        await worked_through()
        jobs.append(answer.json()["id"])
    for table in ("import_job", "import_row", "import_piece", "import_error"):
        kept = await fetch_value(f"SELECT string_agg({table}::text, '') FROM {table}")
        assert "Nguyễn" not in kept
        assert "Nguyễn".encode().hex() not in kept
    assert await service.export_about(code_of(1)) == [{"import": job, "row": 2} for job in sorted(jobs)]
    await execute("UPDATE import_job SET expires_at = $1 WHERE id = $2::text::uuid", clock.instant, jobs[0])
    assert await service.clear(clock.instant) == 1
    gone = await client.get(f"{API}/{jobs[0]}/errors/file", headers=desk)
    assert (gone.status_code, gone.json()["code"]) == (410, "import.erased")
    check_page(await client.get(f"/imports/{jobs[0]}", headers=desk))
    assert await service.erase_about(code_of(1), clock.instant) == 1
    assert await service.erase_about(code_of(1), clock.instant) == 0
    for table in ("import_row", "import_piece", "import_error WHERE cells IS NOT NULL"):
        assert await fetch_value(f"SELECT count(*) FROM {table}") == 0
    assert Kind.DOSSIERS.value == (await client.get(f"{API}/{jobs[1]}", headers=desk)).json()["kind"]
