"""The tracking page on a cold cache: everything that it loads, compressed, in at most 30 kB, and no script."""

import gzip
import re
from datetime import timedelta

import pytest

from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.pages import check_page
from tests.factories.pieces import scan

MOST = 30_000


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def transferred(client, address):
    """Count the bytes of an answer as they go over the wire: its head and its compressed body."""
    async with client.stream(
        "GET", address, headers={"Accept-Encoding": "gzip", "Accept": "text/html"}
    ) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "gzip"
    head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw) + 17
    return head + len(raw), gzip.decompress(raw).decode()


async def test_a_cold_page_weighs_at_most_30_kb_and_loads_no_script(desks, clock):
    code = await desks.dossier()
    await scan("accept", code, OFFICE, clock.advance(timedelta(minutes=5)))
    item = (
        await desks.client.post(
            "/api/v1/items", json={"destination": DESK, "pieces": [code]}, headers=desks.clerk
        )
    ).json()["code"]
    await scan("receive", item, DESK, clock.advance(timedelta(hours=1)))
    await desks.states(code, "received", "step_done")
    for language in ("en", "vi"):
        total, page = await transferred(desks.client, f"/t/{item}?lang={language}")
        assert "<script" not in page
        assert "http-equiv" not in page
        loaded = re.findall(r'<link[^>]+href="([^"]+)"', page) + re.findall(r'src="([^"]+)"', page)
        assert loaded, "a page without its stylesheet measures nothing"
        for address in loaded:
            answer = await desks.client.get(address, headers={"Accept-Encoding": "identity"})
            if len(answer.content) < 600:
                total += len(answer.content) + 1_000
            else:
                total += (await transferred(desks.client, address))[0]
        assert total <= MOST, total
    unlocked = await desks.client.post(f"/t/{code}", data={"last4": "5678"})
    text = check_page(unlocked)
    assert (
        text.index("Cơ quan tiếp nhận") < text.index("Bưu điện nhận</h3>") < text.index("Đăng ký hồ sơ</h3>")
    )
    assert "thứ Ba 01/12/2026" in text
    assert '<ol class="timeline" reversed' in text
    check_page(await desks.client.get(f"/t/{item}"))
    check_page(await desks.client.get("/t"))
