"""The editor's pages: forms that show what stands, refusals that keep what was typed, and history in sight."""

import re

import pytest

from postal.identity.rules import Role
from postal.network.rules import Kind, Level
from tests.factories.identity import headers
from tests.factories.network import organisation
from tests.factories.pages import check_page

DECIDED = {"decision": "15/QĐ", "decided_on": "2026-11-20", "citation": "QĐ 15", "status": "configured"}


@pytest.fixture
async def editor(client, clock):
    await organisation("BTP", kind=Kind.MINISTRY, level=Level.CENTRAL)
    client.headers.update(await headers("BTP", Role.CONTROL, now=clock.instant))
    client.headers["Accept"] = "text/html"
    return client


def filled(page: str) -> dict[str, str]:
    """What a browser would send of the first form of a page, as it stands."""
    form = page[page.index('<form id="form"') :]
    form = form[: form.index("</form>")]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if given.get("type") != "checkbox" or " checked" in tag:
            fields[given["name"]] = given.get("value", "")
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        fields[name] = chosen[1]
    return fields


async def test_a_procedure_is_changed_by_a_form_that_shows_what_stands(editor):
    assert "Đăng ký khai tử" in check_page(await editor.get("/law"))
    fields = filled(check_page(await editor.get("/law/procedures/1.000656")))
    assert (fields["after"], fields["limit_value"], fields["paper_code_3"]) == ("1", "1", "UQ")
    wanted = fields | DECIDED | {"limit_value": "400", "valid_from": "2026-12-01", "act": "add"}
    wanted["name_vi"] = "Đăng ký khai tử <b>"
    refused = await editor.post("/law/procedures/1.000656", data=wanted)
    assert refused.status_code == 422
    shown = check_page(refused)
    assert "dài hơn một năm" in shown
    assert "Đăng ký khai tử &lt;b&gt;" in shown
    empty = await editor.post("/law/procedures/1.000656", data=wanted | {"decision": ""})
    assert (empty.status_code, "số quyết định" in check_page(empty)) == (400, True)
    done = await editor.post("/law/procedures/1.000656", data=wanted | {"limit_value": "2"})
    assert (done.status_code, "phiên bản 2" in check_page(done)) == (200, True)
    lost = await editor.post("/law/procedures/1.000656", data=wanted | {"limit_value": "2"})
    assert (lost.status_code, "Phiên bản 2 đã được ban hành trước" in check_page(lost)) == (409, True)
    read = (await editor.get("/api/v1/procedures/1.000656?on=2026-12-01")).json()
    assert [each["code"] for each in read["components"]] == ["TK", "GTTT", "UQ"]
    assert len(read["steps"]) == 4
    ended = {
        "act": "end",
        "after": "2",
        "valid_to": "2027-01-01",
        "decision": "16/QĐ",
        "decided_on": "2026-11-23",
    }
    assert "Không có hồ sơ nào đang giải quyết" in check_page(
        await editor.post("/law/procedures/1.000656", data=ended)
    )
    history = check_page(await editor.get("/law/changes"))
    assert history.index("chấm dứt hiệu lực") < history.index("thay thế")
    assert "16/QĐ, 23/11/2026" in history
    new = filled(check_page(await editor.get("/law/new-procedure")))
    made = new | DECIDED | {"code": "9.400000", "name_vi": "Mới", "name_en": "New", "limit_value": "3"}
    assert "9.400000" in check_page(await editor.post("/law/new-procedure", data=made))


async def test_constants_standards_patterns_and_lists_have_forms_too(editor):
    dated = DECIDED | {"valid_from": "2026-12-01"}
    assert "fare.remittance" in check_page(await editor.get("/law/constants"))
    one = "/law/constants/fare.remittance"
    assert filled(check_page(await editor.get(one)))["value"] == "8000"
    wrong = await editor.post(one, data=dated | {"value": "tám nghìn"})
    assert (wrong.status_code, "cùng dạng" in check_page(wrong)) == (422, True)
    assert "fare.remittance" in check_page(await editor.post(one, data=dated | {"value": "9000"}))
    assert "9000" in check_page(await editor.get(one))
    assert (await editor.get("/law/constants/no.such")).status_code == 404
    weight = "/law/constants/indicators.weight.online"
    others = {"transparency": "18", "progress": "20", "digitisation": "22", "satisfaction": "18"}
    assert filled(check_page(await editor.get(weight)))["indicators.weight.progress"] == "20"
    given = dated | {"value": "24"} | {f"indicators.weight.{name}": each for name, each in others.items()}
    refused = await editor.post(weight, data=given)
    assert (refused.status_code, "phải là 100" in check_page(refused)) == (422, True)
    assert (await editor.post(weight, data=given | {"indicators.weight.progress": "18"})).status_code == 200
    check_page(await editor.get("/law/numbers"))
    transit = dated | {"act": "transit", "zone": "inter", "days": "3"}
    assert "inter" in check_page(await editor.post("/law/numbers", data=transit))
    again = await editor.post("/law/numbers", data=transit)
    assert (again.status_code, "Trùng với quy định" in check_page(again)) == (409, True)
    pattern = dated | {"act": "pattern", "name": "new_2027", "pattern": "(A+)+"}
    assert "Mẫu mã chỉ gồm" in check_page(await editor.post("/law/numbers", data=pattern))
    assert "new_2027" in check_page(
        await editor.post("/law/numbers", data=pattern | {"pattern": "N[0-9]{9}"})
    )
    listed = {
        "scope": "VN",
        "procedure": ["1.000656", "1.000894"],
        "submit_1.000656": "1",
        "presence_1.000894": "1",
    }
    check_page(await editor.get("/law/lists"))
    bad = await editor.post("/law/lists", data=dated | listed | {"submit_1.000894": "1"})
    assert (bad.status_code, "phải có mặt" in check_page(bad)) == (422, True)
    assert "Danh mục" in check_page(await editor.post("/law/lists", data=dated | listed))
    read = (await editor.get("/api/v1/procedures?on=2026-12-01&eligible=true")).json()["items"]
    assert [each["code"] for each in read] == ["1.000656"]
    assert check_page(await editor.get("/law/lists?lang=en"), "en")


async def test_the_pages_are_for_the_office_that_answers_for_the_law(client, clock):
    clerk = await headers("BC-1", Role.CLERK, now=clock.instant)
    for path in ("/law", "/law/procedures/1.000656", "/law/constants", "/law/lists", "/law/changes"):
        assert (await client.get(path, headers=clerk)).status_code == 403
        assert (await client.get(path)).status_code == 401
