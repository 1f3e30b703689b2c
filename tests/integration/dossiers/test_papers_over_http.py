"""Papers over HTTP: originals that come back one by one, counts that differ, old papers on their way to the agency."""

from datetime import timedelta

import pytest

from shipments.dossiers.papers import papers_of
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.pieces import scan

TWO = [
    {"name": "Giấy chứng nhận", "form": "original", "to_return": True},
    {"name": "Hộ khẩu", "form": "original", "to_return": True, "copies": 2},
    {"name": "Tờ khai", "form": "copy"},
]


class Desk(Desks):
    """The parties, and what they ask about papers."""

    async def finished(self, clock, **different):
        code = await self.dossier(**different)
        await self.states(code, "received", "step_done", "completed", "result_at_desk")
        clock.advance(timedelta(hours=1))
        return code

    async def ask(self, path, body, *, by):
        return await self.client.post(f"/api/v1/dossiers/{path}", json=body, headers=by)

    async def papers(self, code):
        return (await self.client.get(f"/api/v1/dossiers/{code}/papers", headers=self.desk)).json()


@pytest.fixture
async def desks(client, clock):
    return await Desk(client, clock.instant).prepare()


async def test_originals_that_came_back_one_by_one_let_the_case_close(desks, clock):
    code = await desks.finished(clock, lines=TWO)
    early = await desks.ask(f"{code}/papers/returned", {"lines": [1]}, by=desks.clerk)
    assert (early.status_code, early.json()["code"]) == (409, "papers.not_delivered")
    await scan("deliver", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)), counted={"originals": 1})
    clock.advance(timedelta(hours=1))
    papers = await desks.papers(code)
    assert [(one["number"], one["state"]) for one in papers["originals"]] == [(1, "owed"), (2, "owed")]
    for lines, status, problem in (
        ([3], 422, "papers.not_to_return"),
        ([2], 409, "papers.more_than_counted"),
    ):
        answer = await desks.ask(f"{code}/papers/returned", {"lines": lines}, by=desks.clerk)
        assert (answer.status_code, answer.json()["code"]) == (status, problem)
    one = await desks.ask(f"{code}/papers/returned", {"lines": [1]}, by=desks.clerk)
    assert [each["state"] for each in one.json()["originals"]] == ["delivered", "owed"]
    early = await desks.state(code, "closed")
    assert early.json()["lines"] == [{"number": 2, "copies": 2}]
    again = await desks.ask(f"{code}/papers/returned", {"lines": [2]}, by=desks.clerk)
    assert again.json()["code"] == "papers.more_than_counted"
    later = clock.advance(timedelta(hours=1))
    await scan("deliver", f"{code}-KQ", OFFICE, later, counted={"originals": 3})
    assert {each["state"] for each in (await desks.papers(code))["originals"]} == {"delivered"}
    assert (await desks.state(code, "closed")).status_code == 201


async def test_a_lost_dossier_leaves_its_originals_to_the_incident(desks, clock):
    code = await desks.finished(clock)
    await scan("report", code, DESK, clock.advance(timedelta(hours=1)), condition="lost")
    assert [each["state"] for each in (await desks.papers(code))["originals"]] == ["incident"]
    await scan("report", code, DESK, clock.advance(timedelta(hours=1)), condition="found")
    assert [each["state"] for each in (await desks.papers(code))["originals"]] == ["owed"]


async def test_a_count_that_differs_is_a_finding_that_names_both_sides(desks, clock):
    code = await desks.dossier()
    await scan("accept", code, OFFICE, clock.instant, counted={"documents": 2, "originals": 1})
    await scan(
        "receive", code, DESK, clock.advance(timedelta(hours=1)), counted={"documents": 1, "originals": 1}
    )
    counts = (await desks.papers(code))["counts"]
    told = [
        (one["organisation"], one["documents"], one["expected_documents"], one["finding"]) for one in counts
    ]
    assert told == [(OFFICE, 2, 2, None), (DESK, 1, 2, "papers.short")]
    assert (await papers_of(code)).counts[1].finding == "papers.short"


async def test_old_papers_keep_the_case_open_until_they_are_at_the_agency(desks, clock):
    code = await desks.finished(clock, lines=[])
    wish = {"papers": [{"kind": "old_licence", "count": 1}]}
    refused = await desks.ask(f"{code}/old-papers", wish, by=desks.clerk)
    assert refused.status_code == 403
    assert (await desks.ask(f"{code}/old-papers", wish, by=desks.desk)).status_code == 201
    await scan("deliver", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)))
    await scan("recover", f"{code}-KQ", OFFICE, clock.instant, counted={"documents": 1})
    clock.advance(timedelta(hours=1))
    assert [one["state"] for one in (await desks.papers(code))["old_papers"]] == ["taken"]
    early = await desks.state(code, "closed")
    assert (early.status_code, early.json()["code"]) == (409, "case.old_papers_outstanding")
    assert early.json()["papers"] == ["old_licence"]
    for body, status, problem in (
        ({"papers": [{"kind": "old_card"}]}, 422, "papers.not_wanted"),
        ({"papers": [{"kind": "old_licence", "count": 2}]}, 409, "papers.more_than_wanted"),
    ):
        answer = await desks.ask(f"{code}/old-papers/receive", body, by=desks.desk)
        assert (answer.status_code, answer.json()["code"]) == (status, problem)
    back = await desks.ask(f"{code}/old-papers/receive", wish, by=desks.desk)
    assert [one["state"] for one in back.json()["old_papers"]] == ["returned"]
    assert (await desks.state(code, "closed")).status_code == 201


async def test_only_the_head_lets_old_papers_go(desks, clock):
    code = await desks.finished(clock, lines=[])
    await desks.ask(f"{code}/old-papers", {"papers": [{"kind": "old_card"}]}, by=desks.desk)
    await scan("deliver", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)))
    waiver = {"kind": "old_card", "reason": "OTHER"}
    refused = await desks.ask(f"{code}/old-papers/waive", waiver, by=desks.desk)
    assert (refused.status_code, refused.json()["code"]) == (403, "case.override_needs_head")
    assert (await desks.ask(f"{code}/old-papers/waive", waiver, by=desks.head)).status_code == 200
    clock.advance(timedelta(hours=1))
    assert (await desks.state(code, "closed")).status_code == 201


async def test_what_was_stated_by_mistake_is_taken_back_while_the_case_is_open(desks, clock):
    code = await desks.finished(clock, lines=TWO)
    await scan("deliver", f"{code}-KQ", OFFICE, clock.advance(timedelta(hours=1)), counted={"originals": 1})
    clock.advance(timedelta(hours=1))
    told = (await desks.ask(f"{code}/papers/returned", {"lines": [1]}, by=desks.clerk)).json()
    [stated] = told["statements"]
    assert (stated["kind"], stated["organisation"], stated["corrected_by"]) == (
        "papers.returned",
        OFFICE,
        None,
    )
    path, mistake = f"{code}/papers/{stated['row']}/correct", {"reason": "WRONG_LINE"}
    clock.advance(timedelta(minutes=1))
    foreign = await desks.ask(path, mistake, by=desks.desk)
    assert (foreign.status_code, foreign.json()["code"]) == (403, "papers.not_stated_by_you")
    nothing = await desks.ask(path.replace(stated["row"][-4:], "0000"), mistake, by=desks.clerk)
    assert (nothing.status_code, nothing.json()["code"]) == (404, "papers.statement_unknown")
    back = (await desks.ask(path, mistake, by=desks.clerk)).json()
    assert [one["state"] for one in back["originals"]] == ["owed", "owed"]
    assert back["statements"][0]["corrected_by"] is not None
    again = await desks.ask(path, mistake, by=desks.clerk)
    assert (again.status_code, again.json()["code"]) == (409, "papers.corrected_already")
    right = (await desks.ask(f"{code}/papers/returned", {"lines": [1]}, by=desks.clerk)).json()
    assert [one["state"] for one in right["originals"]] == ["delivered", "owed"]
