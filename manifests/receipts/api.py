"""JSON over HTTP: receipts of handovers, and checking them."""

from typing import Any

from litestar import Controller, Request, get, post
from litestar.params import JSONBody

from manifests.manifests.api import HANDLING
from manifests.receipts import service
from manifests.receipts.schemas import (
    HeldReceipt,
    PromiseView,
    ReceiptFile,
    VerdictView,
    promise_view,
    receipt_file,
    verdict_view,
)
from postal import clock
from postal.http.idempotency import OPT as IDEMPOTENCY
from postal.http.limits import limited
from postal.http.parameters import PathCode
from postal.identity.access import ANYONE, SIGNED_IN
from postal.identity.rules import Actor
from postal.proof.signing import promise_signer


class ReceiptController(Controller):
    """What both parties of a handover take along, and what anybody who holds it may ask."""

    path = "/api/v1"
    tags = ("receipts",)

    @post(
        "/manifests/{code:str}/receipt",
        operation_id="makeReceipt",
        summary="The signed promise for both parties, at the counter",
        status_code=200,
        opt=HANDLING,
    )
    async def make(self, code: PathCode, request: Request[Actor, Any, Any]) -> PromiseView:
        """Record how the handover stands and promise that the log will have it within a minute.

        Either party may ask, while it receives or afterwards. If nothing has happened since, the same receipt is given
        again. Show `promise` as a QR code: it verifies without us, and so does `GET /receipts/{number}` later.
        """
        signer = promise_signer(request.app.state.settings)
        receipt = await service.issue(code, actor=request.user, signer=signer, now=await clock.now())
        return promise_view(receipt)

    @get(
        "/receipts/{number:str}",
        operation_id="getReceipt",
        summary="A receipt with its proof, to keep",
        opt=SIGNED_IN,
    )
    async def get_receipt(self, number: PathCode, request: Request[Actor, Any, Any]) -> ReceiptFile:
        """Give the file with record, proof of inclusion and checkpoint; `proof` is null until the log has it."""
        return receipt_file(*await service.get(number, request.user))

    @post(
        "/receipts/verify",
        operation_id="checkReceipt",
        summary="Is this promise or receipt right",
        status_code=200,
        opt={**ANYONE, **limited("receipts", 30, 60), IDEMPOTENCY: False},
    )
    async def check(self, data: JSONBody[HeldReceipt]) -> VerdictView:
        """Check what you hold against our keys and against the log as it is now.

        The answer is 200 whatever it says. Not to depend on our word, use `/verify.py` with a checkpoint that you kept.
        """
        return verdict_view(await service.check(data.receipt, await clock.now()))


HANDLERS = (ReceiptController,)
