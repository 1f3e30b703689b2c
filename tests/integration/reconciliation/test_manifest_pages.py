"""The pages of manifests: readable without JavaScript, in both languages, for the parties alone."""

from datetime import timedelta

import pytest

from postal.identity.rules import Role
from tests.factories.identity import person
from tests.factories.manifests import GIVER, RECEIVER, STRANGER, item, party, registered, scan, scanned
from tests.factories.network import organisations

A, B = item(1), item(2)


@pytest.fixture
async def giver(client, clock):
    await registered(A, B, now=clock.instant)
    await organisations(STRANGER)
    return await party(client, GIVER, now=clock.instant)


async def sign_in(client, clock, organisation, role=Role.CLERK):
    await person(
        f"NV-{organisation}",
        organisation,
        role,
        now=clock.instant,
        login=organisation.lower(),
        password="mật khẩu dài 123",
    )
    answer = await client.post(
        "/sign-in",
        data={"login": organisation.lower(), "password": "mật khẩu dài 123"},
        headers={"Origin": "http://testserver"},
    )
    assert answer.status_code == 303, answer.text


async def test_a_party_reads_list_detail_and_start_page(client, giver, clock):
    code = await giver.sealed(A, B)
    draft = await giver.draft()
    clock.advance(timedelta(hours=1))
    await scanned(
        scan(1, "receive", A, minute=30, manifest=code),
        scan(2, "receive", item(9), minute=31, manifest=code),
    )
    await sign_in(client, clock, GIVER)
    home = await client.get("/home")
    assert code in home.text
    assert "Bảng kê gần đây" in home.text
    listed = await client.get("/manifests")
    assert code in listed.text
    assert draft in listed.text
    detail = await client.get(f"/manifests/{code}")
    for text in (A, B, item(9), "Khớp", "Thiếu", "Thừa", "bên giao không quét giao"):
        assert text in detail.text
    assert "Matched" in (await client.get(f"/manifests/{code}?lang=en")).text
    assert "Chưa có dòng nào" in (await client.get(f"/manifests/{draft}?lang=vi")).text
    handover = f"/scan/handover/{code}"
    assert handover in detail.text
    past = await client.get(f"/manifests/{code}", params={"as_of": clock.instant.isoformat()})
    assert (past.status_code, handover in past.text) == (200, False), "what is past can be changed by nobody"


async def test_others_get_the_same_answer_as_for_nothing(client, giver, clock):
    code = await giver.sealed(A)
    await sign_in(client, clock, STRANGER, Role.DESK)
    assert (await client.get(f"/manifests/{code}")).status_code == 404
    assert (await client.get("/manifests/BK-261123-ZZZZZZ")).status_code == 404
    assert code not in (await client.get("/manifests")).text


async def test_nobody_reads_manifests_without_signing_in(client, giver):
    code = await giver.sealed(A)
    assert (await client.get(f"/manifests/{code}", follow_redirects=False)).status_code in {303, 401}
    assert (await client.get("/manifests", follow_redirects=False)).status_code in {303, 401}


async def test_the_receiver_reads_it_too(client, giver, clock):
    code = await giver.sealed(A)
    await sign_in(client, clock, RECEIVER, Role.DESK)
    assert (await client.get(f"/manifests/{code}")).status_code == 200
