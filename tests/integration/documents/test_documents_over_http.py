"""Every document over HTTP: fetched by who may see the thing, rendered, decoded twice, read."""

from datetime import timedelta

import pytest

from tests.factories.documents import claims, document, holds, read
from tests.factories.dossiers import DESK, OFFICE, Desks
from tests.factories.pieces import scan

NAME = "Ngô Thị Ưởng #panic() $x$ *đậm* @y \\ <thẻ> `mã` Nguyễn Hoàng Quỳnh"


class Counter:
    """An office that has accepted a dossier, packed it and put it on a sealed manifest."""

    def __init__(self, desks, clock):
        self.desks, self.clock = desks, clock

    async def build(self):
        await self.desks.prepare()
        self.dossier = await self.desks.dossier(
            applicant={"name": NAME, "phone": "0912 345 678", "address": "12/3 Lê Lợi, phường Thuận Hoá, Huế"}
        )
        await scan("accept", self.dossier, OFFICE, self.clock.instant)
        self.clock.advance(timedelta(minutes=5))
        self.item = (await self.post("/items", destination=DESK, pieces=[self.dossier], seal="NP-0001"))[
            "code"
        ]
        self.manifest = (await self.post("/manifests", receiver=DESK, lines=[self.item]))["code"]
        return self

    async def post(self, path, *, by=None, **body):
        answer = await self.desks.client.post(
            f"/api/v1{path}", json=body or None, headers=by or self.desks.clerk
        )
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    async def print(self, path, *, by=None, kind="pdf"):
        return await document(self.desks.client, path, by or self.desks.clerk, kind)


@pytest.fixture
async def counter(client, clock):
    return await Counter(Desks(client, clock.instant), clock).build()


def both_see(seen, *codes):
    for decoder in (seen.zxing, seen.zbar):
        assert set(codes) <= decoder.bars
        assert set(codes) <= decoder.squares


async def test_every_kind_is_an_archive_copy_that_both_decoders_read(counter):
    await counter.post(f"/manifests/{counter.manifest}/seal")
    wanted = {
        f"/manifests/{counter.manifest}/manifest.pdf": (counter.manifest, counter.item),
        f"/manifests/{counter.manifest}/handover.pdf": (counter.manifest, counter.item),
        f"/items/{counter.item}/label.pdf": (counter.item,),
        f"/items/{counter.item}/consignment.pdf": (counter.item, counter.dossier),
        f"/dossiers/{counter.dossier}/control-sheet.pdf": (counter.dossier,),
        f"/pieces/{counter.item}/incident.pdf": (counter.item,),
    }
    for path, codes in wanted.items():
        made = await counter.print(path)
        assert all(claims(made).values()), (path, claims(made))
        both_see(read(made), *codes)
        assert await counter.print(path) == made, path
    paper = await counter.print(f"/manifests/{counter.manifest}/paper.pdf")
    assert all(claims(paper).values())


async def test_markup_in_a_name_is_text(counter):
    await counter.post(f"/manifests/{counter.manifest}/seal")
    for path in (
        f"/manifests/{counter.manifest}/handover.pdf",
        f"/items/{counter.item}/label.pdf",
        f"/items/{counter.item}/consignment.pdf",
        f"/dossiers/{counter.dossier}/control-sheet.pdf",
    ):
        assert holds(read(await counter.print(path)).text, NAME), path
