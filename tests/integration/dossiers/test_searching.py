"""Dossiers are found by a name however it is spelt, the nearest first, and not after the person was erased."""

import unicodedata

import pytest

from postal.db import fetch, fetch_value
from postal.identity.rules import Actor
from postal.network.rules import search_key
from shipments.dossiers import repository
from shipments.dossiers.repository import search
from shipments.dossiers.rules.searching import asked_of
from tests.factories.dossiers import AUTHORITY, DESK, STRANGER, Desks

VOWELS = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ"


def an_actor(organisation: str) -> Actor:
    return Actor(kind="session", id="t", organisation=organisation, sees=frozenset({organisation}))


@pytest.fixture
async def desks(client, clock):
    return await Desks(client, clock.instant).prepare()


async def test_the_database_and_the_rule_make_the_same_key(own_database):
    del own_database
    written = [f"Trần {vowel}n Đỗ-{vowel.upper()} d'{letter}" for vowel in VOWELS for letter in "đdĐD"]
    written += [unicodedata.normalize("NFD", each) for each in written]
    rows = await fetch(
        "SELECT search_key(name) AS key FROM unnest($1::text[]) WITH ORDINALITY AS n (name, at) ORDER BY at",
        written,
    )
    assert [row["key"] for row in rows] == [search_key(each) for each in written]


async def test_a_name_is_found_in_every_spelling_and_the_nearest_comes_first(client, desks):
    def applicant(name):
        return {"name": name, "phone": "0912 345 678"}

    named = {
        name: await desks.dossier(applicant=applicant(name))
        for name in ("Đỗ Thị Hoà", "Đỗ Thị Hoà Bình", "Lê Đỗ Thị Hòa", "Phạm Thị Hoàng", "Do Thi Hoa")
    }
    desk = an_actor(DESK)

    async def found(typed, actor=desk):
        return [(hit.code, hit.rank) for hit in await search(actor, asked_of(typed), 10)]

    exact = await found("Đỗ Thị Hoà")
    assert exact[:2] == [(named["Đỗ Thị Hoà"], 0), (named["Do Thi Hoa"], 0)]
    assert exact[2:] == [(named["Đỗ Thị Hoà Bình"], 1), (named["Lê Đỗ Thị Hòa"], 2)]
    for typed in (
        "do thi hoa",
        "ĐỖ THỊ HÒA",
        "đỗ thị hòa",
        unicodedata.normalize("NFD", "Đỗ Thị Hòa"),
        " Do  thi hoa. ",
    ):
        assert {code for code, _ in await found(typed)} == {code for code, _ in exact}, typed
        assert [rank for _, rank in await found(typed)] == [0, 0, 1, 2], typed
    assert (named["Phạm Thị Hoàng"], 2) in await found("hoang")
    assert (named["Phạm Thị Hoàng"], 3) in await found("oang")
    assert {code for code, _ in await found("ho")} == set(named.values())
    assert await found("x") == []
    assert set(await found("do thi hoa", an_actor(AUTHORITY))) == set(exact)
    assert await found("do thi hoa", an_actor(STRANGER)) == []

    code = named["Đỗ Thị Hoà"]
    assert (await found(code))[0] == (code, 0)
    assert (await found(code.lower()))[0] == (code, 0)
    assert (code, 1) in await found(code[:-2])
    assert (code, 2) in await found(code[-5:])
    assert await found(code, an_actor(STRANGER)) == []


async def test_who_is_erased_or_corrected_is_found_no_more(client, clock, desks):
    code = await desks.dossier(applicant={"name": "Hồ Xuân Hương", "phone": "0912 345 678"})
    held = await repository.find_applicant(code)
    await repository.correct_applicant(code, type(held)(name="Hồ Xuân Hường", phone=held.phone))
    key = "SELECT name_key FROM applicant WHERE dossier = $1"
    assert await fetch_value(key, code) == "ho xuan huong"
    await repository.erase_applicant(code, clock.instant)
    assert await fetch_value(key, code) is None
    assert await search(an_actor(DESK), asked_of("ho xuan huong"), 10) == []
