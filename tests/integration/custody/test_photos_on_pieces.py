"""A photo is attached on the page of a piece, by a form, and shown there to who sees the piece."""

from hypothesis import given
from hypothesis import strategies as st

from postal.identity.rules import Role
from shipments.custody.pages import parts_of
from tests.factories.fees import staff
from tests.factories.files import picture
from tests.factories.manifests import GIVER, STRANGER, item, registered
from tests.factories.network import organisations
from tests.factories.pages import check_page

A = item(1)
ORIGIN = {"Origin": "http://testserver"}


async def test_a_photo_is_attached_by_a_form_and_bad_ones_are_refused(client, clock):
    await registered(A, now=clock.instant)
    await organisations(STRANGER)
    clerk = await staff("an", GIVER, Role.CLERK, now=clock.instant)
    stranger = await staff("la", STRANGER, Role.CLERK, now=clock.instant)

    async def send(data, kind="photo", by=clerk):
        files = {"file": ("anh.jpg", data, "image/jpeg")}
        return await client.post(f"/pieces/{A}/files", data={"kind": kind}, files=files, headers=by | ORIGIN)

    assert "Chưa có ảnh" in check_page(await client.get(f"/pieces/{A}", headers=clerk))
    large = picture("PNG", (900, 500))
    assert len(large) > 1 << 20, "more than a framework keeps in memory"
    for data in (picture(), large):
        sent = await send(data)
        assert (sent.status_code, sent.headers["location"]) == (303, f"/pieces/{A}#files"), sent.text[-900:]
    text = check_page(await client.get(f"/pieces/{A}", headers=clerk))
    assert text.count('href="/api/v1/files/') == 2
    link = text.split('href="/api/v1/files/')[1].split('"')[0]
    read = await client.get(f"/api/v1/files/{link}", headers=clerk)
    assert read.content == picture()
    for data, kind, status in (
        (b"xin chao", "photo", 415),
        (b"", "photo", 422),
        (picture(), "moon", 422),
        (b"\xff" * (11 << 20), "photo", 413),
    ):
        refused = await send(data, kind)
        assert refused.status_code == status, refused.text[-600:]
        assert "Chưa đính kèm được" in check_page(refused)
    assert (await send(picture(seed=2), by=stranger)).status_code == 404


@given(st.binary(max_size=200), st.sampled_from(["photo", "x"]))
def test_what_a_form_brings_comes_out_as_it_was(data, kind):
    edge = "----biên".encode("ascii", "replace").decode() + "0123456789"
    body = (
        (
            f'--{edge}\r\nContent-Disposition: form-data; name="kind"\r\n\r\n{kind}\r\n--{edge}\r\n'
            'Content-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        ).encode()
        + data
        + f"\r\n--{edge}--\r\n".encode()
    )
    assert parts_of(body, f"multipart/form-data; boundary={edge}") == {"kind": kind.encode(), "file": data}
