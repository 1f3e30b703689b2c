"""What anybody reads of the law: pages in both languages, and open data at stable addresses."""

import csv
import io

import pytest

from postal.identity.rules import Role
from postal.network.rules import Kind, Level
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.pages import check_page

FORMULA = "=HYPERLINK(1)"


@pytest.fixture
async def listed(client, clock):
    """A list in force, and a procedure whose name a spreadsheet would run."""
    await organisation("BTP", kind=Kind.MINISTRY, level=Level.CENTRAL)
    by = await headers("BTP", Role.CONTROL, now=clock.instant)
    decided = {
        "decision": "77/QĐ",
        "decided_on": "2026-11-20",
        "citation": "QĐ 77",
        "valid_from": "2026-11-23",
    }
    made = {"code": "9.300000", "name_vi": FORMULA, "name_en": "Odd", "limit": {"value": 3, "unit": "ngay"}}
    assert (await client.post("/api/v1/procedures", json=made | decided, headers=by)).status_code == 201
    entries = [
        {"procedure": "1.004873", "eligible_submit": True, "eligible_return": True},
        {"procedure": "1.012753", "eligible_submit": False, "eligible_return": True, "reason": "@Bản chính"},
    ]
    answer = await client.post("/api/v1/law/lists", json={"entries": entries} | decided, headers=by)
    assert answer.status_code == 200, answer.text
    return client


async def test_anybody_reads_what_the_post_carries_and_what_each_procedure_asks_for(listed):
    page = check_page(await listed.get("/procedures"))
    assert "77/QĐ" in page
    assert "Đăng ký kết hôn" in page
    assert "Cấu hình, chưa phải quy định" in page
    found = check_page(await listed.get("/procedures?q=tinh trang hon nhan"))
    assert ("1.004873" in found, "1.012753" in found) == (True, False)
    only = check_page(await listed.get("/procedures?eligible=true&lang=en"), "en")
    assert ("1.012753" in only, "1.000894" in only) == (True, False)
    assert check_page(await listed.get("/procedures?q=khong co thu tuc nao nhu the&lang=vi"))
    one = check_page(await listed.get("/procedures/1.012753"))
    for words in (
        "Giấy chứng nhận đã cấp",
        "được trả lại cùng kết quả",
        "26.000 đ",
        "30.500 đ – 31.500 đ",
        "8.000 đ",
    ):
        assert words in one
    for words in (
        "J+1",
        "Bà mẹ Việt Nam Anh hùng",
        "20 ngày làm việc",
        "Theo văn bản",
        "phiên bản 1",
        "77/QĐ",
    ):
        assert words in one
    assert "Land certificate" in check_page(await listed.get("/procedures/1.012753?lang=en"), "en")
    early = await listed.get("/procedures/1.012753?on=2010-01-01&lang=vi")
    assert early.status_code == 422
    assert "không có hiệu lực ngày 01/01/2010" in check_page(early)
    assert (await listed.get("/procedures/0.000000")).status_code == 404


async def test_open_data_have_stable_addresses_an_etag_and_no_cell_that_runs(listed):
    for name in ("procedures.csv", "procedures.json", "fares.csv", "fares.json"):
        first = await listed.get(f"/open-data/{name}")
        assert first.status_code == 200
        # A gzipped answer has a weak tag of the same bytes.
        tag = first.headers["etag"].removeprefix("W/")
        again = await listed.get(f"/open-data/{name}", headers={"If-None-Match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert (
            await listed.get(f"/open-data/{name}", headers={"If-None-Match": '"other"'})
        ).status_code == 200
    text = (await listed.get("/open-data/procedures.csv")).content.decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(text))}
    told = (await listed.get("/open-data/procedures.json")).json()["items"]
    assert [each["code"] for each in told] == list(rows)
    assert rows["9.300000"]["name_vi"] == f"'{FORMULA}"
    assert rows["1.012753"]["reason"] == "'@Bản chính"
    assert rows["1.012753"]["list_decision"] == "77/QĐ"
    assert "Giấy chứng nhận đã cấp" in rows["1.012753"]["papers"]
    assert {each["code"]: each["name_vi"] for each in told}["9.300000"] == FORMULA
    fares = (await listed.get("/open-data/fares.csv")).content.decode("utf-8-sig")
    assert "fare.interprovince_most,31500," in fares
    assert "configured" in fares
