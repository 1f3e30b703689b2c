"""An app with routes that exist only to be asked, over a table of their own."""

import asyncio
from typing import Annotated, Any

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, QueryParameter
from msgspec.structs import replace

from postal import clock as clock_port
from postal import db
from postal.errors import Conflict, Unavailable
from postal.http.idempotency import ONCE_ONLY
from postal.http.limits import limited
from postal.http.paging import PageCursor, PageLimit, decode_cursor, paged
from postal.identity.access import ANYONE, SIGNED_IN
from postal.identity.rules import Role
from postal.identity.service import create_key
from postal.instants import Instant
from postal.network.service import seed_operator
from tests.factories.applications import application


class Line(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    seq: int = 0
    at: Instant | None = None


class Note(msgspec.Struct, forbid_unknown_fields=True):
    text: str
    lines: list[Line] = []
    then: str = ""


class Kept(msgspec.Struct):
    id: int
    text: str


async def insert(text: str) -> int:
    async with db.unit_of_work():
        return await db.fetch_value("INSERT INTO probe (text) VALUES ($1) RETURNING id", text)


async def sleep(_kept: int) -> None:
    await db.fetch("SELECT pg_sleep(0.3)")


GATE = 4711


async def pass_gate(_kept: int) -> None:
    await db.execute("SELECT pg_advisory_xact_lock($1)", GATE)


class Gate:
    """Closed until it is opened: holds up every request that must pass it, in the database."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def reached(self) -> int:
        """Wait until a request stands before it, and give the process of the database that serves it."""
        asked = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted"
        while (pid := await self.connection.fetchval(asked, GATE)) is None:  # noqa: ASYNC110 - the database knows
            await asyncio.sleep(0.01)
        return pid

    async def open(self) -> None:
        """Let everybody pass."""
        await self.connection.execute("SELECT pg_advisory_unlock_all()")


@pytest.fixture
async def gate(database, postgres):
    connection = await asyncpg.connect(postgres.dsn_of("postgres", "shared"))
    await connection.execute("SELECT pg_advisory_lock($1)", GATE)
    yield Gate(connection)
    await connection.close()


async def fail(_kept: int) -> None:
    raise RuntimeError("Nguyễn Văn A")


async def down(_kept: int) -> None:
    raise Unavailable("probe.down", vi="Không", en="No")


async def refuse(_kept: int) -> None:
    raise Conflict("probe.refused", vi="Không", en="No", pointer="/text")


async def violate(kept: int) -> None:
    await insert("another")
    async with db.unit_of_work():
        await db.execute("INSERT INTO probe (id, text) VALUES ($1, 'same')", kept)


async def recover(kept: int) -> None:
    try:
        await violate(kept)
    except asyncpg.UniqueViolationError:
        await insert("recovered")


async def nest(_kept: int) -> None:
    async with db.unit_of_work():
        await insert("nested")


async def fail_at_commit(_kept: int) -> None:
    async with db.unit_of_work():
        await db.execute("INSERT INTO probe_child VALUES (999999)")


AFTERWARDS = {
    "sleep": sleep,
    "pass the gate": pass_gate,
    "fail": fail,
    "down": down,
    "refuse": refuse,
    "violate": violate,
    "recover": recover,
    "nest": nest,
    "fail at commit": fail_at_commit,
}


@post("/api/v1/probe", opt=SIGNED_IN, operation_id="probe", summary="Keep a text")
async def keep(data: Note) -> Response[Kept]:
    if data.then == "refuse first":
        raise Conflict("probe.refused", vi="Không", en="No")
    kept = await insert(data.text)
    if data.then in AFTERWARDS:
        await AFTERWARDS[data.then](kept)
    return Response(Kept(kept, data.text), headers={"Location": f"/api/v1/probe/{kept}", "X-Kept": "1"})


@delete(
    "/api/v1/probe/{number:int}", opt=SIGNED_IN, operation_id="dropProbe", summary="Drop", status_code=204
)
async def drop(number: FromPath[int]) -> None:
    async with db.unit_of_work():
        await db.execute("DELETE FROM probe WHERE id = $1", number)


@post("/api/v1/probe-secrets", opt={**SIGNED_IN, **ONCE_ONLY}, operation_id="probeSecret", summary="Secret")
async def secret() -> dict[str, str]:
    return {"secret": "once"}


@get("/api/v1/probe", opt=SIGNED_IN, operation_id="probes", summary="List")
async def listed(
    request: Request[Any, Any, Any], limit: PageLimit = 50, cursor: PageCursor = None
) -> Response[Any]:
    after = decode_cursor(cursor, tuple[int]) or (0,)
    rows = await db.fetch(
        "SELECT id, text FROM probe WHERE id > $1 ORDER BY id LIMIT $2", after[0], limit + 1
    )
    return paged(request, [Kept(row["id"], row["text"]) for row in rows], limit, key=lambda kept: (kept.id,))


@post("/api/v1/probe-bodies", opt=ANYONE, operation_id="probeBody", summary="Read a body")
async def body(data: Note) -> dict[str, int]:
    return {"lines": len(data.lines)}


@get("/api/v1/probe-failures/{code:str}", opt=ANYONE, operation_id="probeFailure", summary="Fail")
async def failure(code: FromPath[str], number: Annotated[int, QueryParameter(ge=0)] = 0) -> None:
    if number:
        await db.execute("SELECT 1 / 0")
    raise KeyError("Nguyễn Văn A " + code)


@get("/probe-page-failure/{code:str}", opt=ANYONE, operation_id="probePage", summary="Fail on a page")
async def page_failure(code: FromPath[str]) -> None:
    raise KeyError("Nguyễn Văn A " + code)


@get(
    "/api/v1/probe-limited",
    opt={**ANYONE, **limited("probe", 3, 60)},
    operation_id="probeLimit",
    summary="Thrice",
)
async def thrice() -> dict[str, str]:
    return {}


PROBES = (keep, drop, secret, listed, body, failure, page_failure, thrice)


@pytest.fixture
async def probe_settings(settings):
    return settings


@pytest.fixture
async def app(probe_settings, database):
    owner = await asyncpg.connect(database.owner_dsn)
    await owner.execute(
        "CREATE TABLE probe (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, text text);"
        "CREATE TABLE probe_child (id int REFERENCES probe DEFERRABLE INITIALLY DEFERRED);"
        "GRANT ALL ON probe, probe_child TO postal_app"
    )
    # The pool runs already, and that is all that the lifespan would do.
    yield application(probe_settings, *PROBES)
    await owner.execute("SET lock_timeout = '5s'; DROP TABLE probe, probe_child")
    await owner.close()


@pytest.fixture
async def ask(app):
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as speaking:
        yield speaking


@pytest.fixture
async def key(app):
    await seed_operator()
    return await create_key("VN", {Role.ADMIN}, await clock_port.now())


@pytest.fixture
async def known(app, key):
    """A caller with a key."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://testserver", headers=headers
    ) as speaking:
        yield speaking


@pytest.fixture
def with_limits(settings):
    return lambda **limits: replace(settings, limits=replace(settings.limits, **limits))
