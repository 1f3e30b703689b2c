"""Files for tests: pictures and papers that open, and what sends them."""

import hashlib
import os
import random
from io import BytesIO

import httpx
from PIL import Image


def picture(form: str = "JPEG", size: tuple[int, int] = (64, 48), *, seed: int = 0) -> bytes:
    """Draw noise, for each seed its own."""
    made = BytesIO()
    noise = random.Random(seed).randbytes(size[0] * size[1] * 3)
    Image.frombytes("RGB", size, noise).save(made, form)
    return made.getvalue()


def paper(size: int = 0) -> bytes:
    """Write a PDF of one page, with so much incompressible stuff that it has at least `size` bytes."""
    made = BytesIO()
    Image.new("RGB", (60, 80), "white").save(made, "PDF")
    whole = made.getvalue()
    if size <= len(whole):
        return whole
    # Before the last lines, in a comment, where readers pass it over.
    at = whole.rindex(b"startxref")
    noise = os.urandom((size - len(whole)) // 2 + 1).hex().encode()
    return whole[:at] + b"%" + noise + b"\n" + whole[at:]


def digest(data: bytes) -> str:
    """Give the SHA-256 of bytes."""
    return hashlib.sha256(data).hexdigest()


class Files:
    """What a caller sends about files."""

    def __init__(self, client: httpx.AsyncClient, by: dict[str, str]) -> None:
        self.client, self.by = client, by

    async def attach(
        self, data: bytes, about: str, code: str, kind: str = "photo", **headers: str
    ) -> httpx.Response:
        """Send a file whole."""
        return await self.client.post(
            "/api/v1/files",
            params={"about": about, "code": code, "kind": kind},
            content=data,
            headers={**self.by, "Content-Type": "image/jpeg", **headers},
        )

    async def attached(self, data: bytes, about: str, code: str, kind: str = "photo") -> dict:
        """Send a file whole that must be taken."""
        answer = await self.attach(data, about, code, kind)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def order(self, data: bytes, about: str, code: str, kind: str = "scan", **other) -> httpx.Response:
        """Begin an upload."""
        wanted = {"about": about, "code": code, "kind": kind, "size": len(data), "sha256": digest(data)}
        return await self.client.post("/api/v1/files/uploads", json={**wanted, **other}, headers=self.by)

    async def begun(self, data: bytes, about: str, code: str, kind: str = "scan") -> str:
        """Begin an upload that must be taken; give its address."""
        answer = await self.order(data, about, code, kind)
        assert answer.status_code == 201, answer.text
        return f"/api/v1/files/uploads/{answer.json()['id']}"

    async def send(self, upload: str, offset: int, data) -> httpx.Response:
        """Send some of an upload."""
        return await self.client.patch(upload, params={"offset": offset}, content=data, headers=self.by)

    async def offset(self, upload: str) -> int:
        """Ask how far an upload is, as a device would after a break."""
        answer = await self.client.head(upload, headers=self.by)
        assert answer.status_code == 200
        return int(answer.headers["upload-offset"])

    async def complete(self, upload: str) -> httpx.Response:
        """Make a file of an upload."""
        return await self.client.post(f"{upload}/complete", headers=self.by)

    async def get(self, file: str, **by: str) -> httpx.Response:
        """Read a file."""
        return await self.client.get(f"/api/v1/files/{file}", headers={**self.by, **by})
