"""Money by forms: taken, given back, handed over, counted, settled and handed on, without JavaScript."""

from datetime import timedelta

import pytest

from postal.identity.rules import Role
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.fees import staff
from tests.factories.pages import check_page


class Till:
    """A clerk and a supervisor who work by pages."""

    def __init__(self, client, clock):
        self.client, self.clock = client, clock

    async def open(self):
        now = self.clock.instant
        desks = await Desks(self.client, now).prepare()
        self.an = await staff("an", OFFICE, Role.CLERK, now=now)
        self.binh = await staff("binh", OFFICE, Role.CLERK, now=now)
        self.chief = await staff("chief", OFFICE, Role.SUPERVISOR, now=now)
        self.dossier = await desks.dossier()
        return self

    async def send(self, path, by=None, **form):
        self.clock.advance(timedelta(minutes=1))
        return await self.client.post(
            path, data=form, headers=(by or self.an) | {"Origin": "http://testserver"}
        )

    async def page(self, path, by=None):
        return check_page(await self.client.get(path, headers=by or self.an))

    async def take(self, amount, receipt, **more):
        form = {"act": "collect", "dossier": self.dossier, "line": "fee", "channel": "cash"}
        return await self.send("/fees", **form | {"amount": amount, "receipt": receipt} | more)


@pytest.fixture
async def till(client, clock):
    return await Till(client, clock).open()


async def test_money_is_taken_given_back_handed_over_and_counted_by_forms(till):
    assert "Thu tiền" in await till.page("/fees")
    for wrong, status in (({"amount": "mười"}, 400), ({"receipt": "x y"}, 400), ({"dossier": "H-0"}, 422)):
        refused = await till.take(**{"amount": "15.000", "receipt": "BL-1"} | wrong)
        text = check_page(refused)
        assert (refused.status_code, "Chưa ghi được" in text) == (status, True), wrong
    assert (await till.take("15.000", "BL-1")).status_code == 303
    assert (await till.take("8000", "BL-2", line="fare")).status_code == 303
    shown = await till.page("/fees")
    assert "23.000 đ" in shown or "15.000 đ" in shown
    fee = shown.split('<option value="')[1:]
    fee = next(one.split('"')[0] for one in fee if "BL-1" in one)
    over = await till.send("/fees", act="refund", fee=fee, sum="90.000", voucher="PC-1")
    assert (over.status_code, "Chỉ còn được hoàn 15000 đồng" in check_page(over)) == (409, True)
    assert (await till.send("/fees", act="refund", fee=fee, sum="5.000", voucher="PC-1")).status_code == 303
    handed = await till.send("/fees", act="hand", channel="cash")
    assert handed.status_code == 303
    path = handed.headers["location"]
    assert "Chờ kiểm đếm" in await till.page(path)
    assert "Rút bảng kê" in await till.page(path)
    own = await till.send(path, act="count")
    assert (own.status_code, "Người nộp không kiểm đếm" in check_page(own)) == (403, True)
    assert (await till.client.get(path, headers=till.binh)).status_code == 404, "a colleague's"
    assert "Đếm được" in await till.page(path, by=till.chief)
    assert (
        await till.send(path, till.chief, act="count", **{"count-1": "10.000", "count-2": "7.000"})
    ).status_code == 303
    text = await till.page(path, by=till.chief)
    assert "Thiếu một phần" in text
    settled = await till.send(path, till.chief, act="settle", receipt="BL-2", resolution="accepted")
    assert settled.status_code == 303
    assert "Đã giải trình" in await till.page(path, by=till.chief)
    assert "17.000 đ" in await till.page("/fees", by=till.chief), "in the office's safe"
    refused = await till.send("/fees", act="pass_on", channel="cash", receiver=DESK)
    assert refused.status_code == 403
    onward = await till.send("/fees", till.chief, act="pass_on", channel="cash", receiver=DESK)
    assert onward.status_code == 303
    assert DESK in await till.page(onward.headers["location"], by=till.chief)
    assert (await till.send(onward.headers["location"], till.chief, act="withdraw")).status_code == 303
