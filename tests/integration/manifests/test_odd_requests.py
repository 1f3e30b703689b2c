"""Requests that no client of ours makes: answered as problems, never as failures."""

import pytest

from tests.factories.manifests import GIVER, RECEIVER, item, party, registered


@pytest.fixture
async def giver(client, clock):
    await registered(item(1), now=clock.instant)
    return await party(client, GIVER, now=clock.instant)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/manifests/%00", 404),
        ("/manifests/bk-261123-aaaaaa", 404),
        ("/manifests?giver=%00", 400),
        ("/manifests?state=lost", 400),
        ("/manifests?cursor=xyz", 400),
        ("/manifests/BK-1/reconciliation?as_of=yesterday", 400),
        ("/manifests/BK-1/reconciliation?as_of=2026-11-23T08:00:00", 400),
        ("/discrepancies/019a", 404),
        ("/discrepancies?manifest=%00", 400),
    ],
)
async def test_odd_reads(giver, path, status):
    answer = await giver.get(path)
    assert answer.status_code in {status, 400, 404}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/manifests", {"receiver": RECEIVER, "note": "a\u0000b"}),
        ("/manifests", {"receiver": RECEIVER, "route": "\u0000"}),
        ("/manifests", {"receiver": RECEIVER, "lines": ["\u0000"]}),
        ("/manifests", {"receiver": "citizen"}),
        ("/manifests", {"receiver": "CITIZEN"}),
        ("/manifests", []),
        ("/manifests/plan", {"max_items": 0}),
        ("/manifests/plan", {"receiver": "BC-404"}),
        ("/manifests/BK-1/receive", {"at": "2026-11-23T08:00:00"}),
        ("/manifests/BK-1/seal", None),
    ],
)
async def test_odd_writes(giver, path, body):
    answer = await giver.post(path, body)
    assert answer.status_code in {400, 404, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
