"""The log over HTTP, for anybody: checkpoints, keys, proofs and the program that verifies them."""

from functools import cache
from pathlib import Path as File
from typing import Annotated, Any

from litestar import Controller, MediaType, Response, get
from litestar.params import QueryParameter

from postal.http.problems import refuses
from postal.http.requests import RAW_ANSWER
from postal.identity.access import ANYONE
from postal.proof import service
from postal.proof.rules.tree import TILE
from postal.proof.schemas import KeyList, Leaves, Path, key_list, path

MOST = 2**53 - 1
# The log may be shorter than asked, and keeps no leaves from before it was begun anew.
PROOF = ANYONE | refuses(409, 422)

OldSize = Annotated[int, QueryParameter(name="from", ge=1, le=MOST, description="Rows of the older log")]
NewSize = Annotated[int, QueryParameter(name="to", ge=1, le=MOST, description="Rows of the newer log")]
Index = Annotated[int, QueryParameter(ge=0, le=MOST, description="Number of the row, from 0")]
Size = Annotated[int, QueryParameter(ge=1, le=MOST, description="Rows of the log that is to have it")]
First = Annotated[
    int, QueryParameter(name="from", ge=0, le=MOST, description="Number of the first row wanted")
]


class LogController(Controller):
    """The Merkle log over every row of the ledger (RFC 9162 hashing), by numbers and hashes alone."""

    path = "/api/v1/log"
    tags = ("log",)

    @get(
        "/checkpoint",
        operation_id="getLogCheckpoint",
        summary="The signed state of the log, to keep",
        media_type=MediaType.TEXT,
        opt={**ANYONE, RAW_ANSWER: (MediaType.TEXT.value,), **refuses(404)},
    )
    async def checkpoint(self) -> Response[str]:
        """Give the newest checkpoint, a signed note. Whoever keeps one can see any later change of what it covers."""
        found = await service.checkpoint()
        return Response(found.note, media_type=MediaType.TEXT, headers={"Cache-Control": "max-age=1"})

    @get("/keys", operation_id="listLogKeys", summary="Public keys of log and promises", opt=ANYONE)
    async def keys(self) -> KeyList:
        """Give every key that was ever in use, with its time. Keep them: a key shown later may be another one."""
        return key_list(await service.keys())

    @get(
        "/consistency",
        operation_id="getLogConsistency",
        summary="Proof that a newer log continues an older one",
        opt=PROOF,
    )
    async def consistency(self, old: OldSize, new: NewSize) -> Path:
        """Prove that of the first `from` rows none was changed as the log grew to `to`."""
        return path(await service.consistency(old, new))

    @get(
        "/inclusion",
        operation_id="getLogInclusion",
        summary="Proof that the log has a row",
        opt=PROOF,
    )
    async def inclusion(self, index: Index, size: Size) -> Path:
        """Give the path from a leaf to the root of the log as it was with `size` rows."""
        return path(await service.path_of(index, size))

    @get(
        "/leaves",
        operation_id="listLogLeaves",
        summary="Hashes of rows, to keep",
        opt=ANYONE | refuses(409),
    )
    async def leaves(self, first: First = 0) -> Leaves:
        """Give up to 256 hashes from a number on, fewer at the end; go on with the number after the last one."""
        return Leaves(first=first, leaves=[each.hex() for each in await service.leaves(first, TILE)])


@get("/verify.py", opt=ANYONE, include_in_schema=False, summary="The program that verifies receipts")
async def program() -> Response[str]:
    """Give the standalone program: one file that needs Python and the package cryptography."""
    return Response(_program(), media_type="text/x-python")


@cache
def _program() -> str:
    return (File(__file__).parent / "standalone.py").read_text(encoding="utf-8")


HANDLERS: tuple[Any, ...] = (LogController, program)
