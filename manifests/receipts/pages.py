"""Pages of receipts: the promise on the counter's screen for both parties, and the check that is open to anybody."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.params import FromPath
from litestar.response import Redirect

from manifests.manifests.api import HANDLING
from manifests.receipts import service
from manifests.receipts.rules import Verdict
from manifests.receipts.schemas import LONGEST, promise_view
from manifests.reconciliation.pages.words import CLASS_WORDS, TONES
from manifests.reconciliation.rules import PRECEDENCE
from postal import clock
from postal.errors import BadInput, PostalError, TooLarge
from postal.http.limits import limited
from postal.http.parameters import PathCode
from postal.identity.access import ANYONE, SIGNED_IN
from postal.identity.rules import Actor
from postal.network import repository as network
from postal.printing.barcodes import large_qr
from postal.proof.signing import promise_signer
from postal.web.rendering import page

LARGEST_FORM = LONGEST + 100_000
OPEN = {**ANYONE, **limited("receipts", 30, 60)}
UNKEPT = {"Cache-Control": "no-store"}


def too_long() -> TooLarge:
    """Refuse what is longer than any receipt."""
    return TooLarge(
        "receipt.too_long",
        vi="Dài hơn mọi biên nhận; hãy chọn đúng tệp biên nhận",
        en="It is longer than any receipt; choose the file of the receipt",
    )


@post("/manifests/{code:str}/receipt", opt=HANDLING, include_in_schema=False, summary="Page: make a receipt")
async def make(request: Request[Actor, Any, Any], code: FromPath[str]) -> Response[Any]:
    """Make the receipt of a handover and show it; if nothing has happened since the last one, show that."""
    signer = promise_signer(request.app.state.settings)
    receipt = await service.issue(code, actor=request.user, signer=signer, now=await clock.now())
    return Redirect(f"/receipts/{receipt.number}", status_code=303)


@get("/receipts/{number:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a receipt")
async def show(request: Request[Actor, Any, Any], number: PathCode) -> Response[str]:
    """Show what was promised to both parties, as a QR code and in words."""
    receipt, proof, _ = await service.get(number, request.user)
    told = promise_view(receipt)
    named = await network.find_many({told.giver.organisation, told.receiver.organisation})
    return page(
        request,
        "receipts/receipt.html",
        title=(f"Biên nhận {number}", f"Receipt {number}"),
        headers=UNKEPT,
        told=told,
        in_log=proof is not None,
        names={code: found.name for code, found in named.items()},
        qr=large_qr(receipt.promise),
        classes=[(name, told.counts[name.value]) for name in PRECEDENCE if told.counts.get(name.value)],
        class_words=CLASS_WORDS,
        tones=TONES,
    )


@get("/verify", opt=OPEN, include_in_schema=False, summary="Page: check a receipt")
async def ask(request: Request[Actor, Any, Any]) -> Response[str]:
    """Show the form; nobody need sign in."""
    return _answer(request)


@post(
    "/verify",
    opt=OPEN,
    request_max_body_size=LARGEST_FORM,
    status_code=200,
    include_in_schema=False,
    summary="Page: what a receipt comes to",
)
async def check(request: Request[Actor, Any, Any]) -> Response[str]:
    """Say in one sentence whether what was pasted or uploaded is right; nothing of it is kept."""
    try:
        verdict = await service.check(await _held(request), await clock.now())
    except (BadInput, TooLarge) as refused:
        return _answer(request, refused=refused)
    return _answer(request, verdict=verdict)


def _answer(
    request: Request[Actor, Any, Any], *, refused: PostalError | None = None, verdict: Verdict | None = None
) -> Response[str]:
    return page(
        request,
        "receipts/verify.html",
        title=("Kiểm tra biên nhận", "Check a receipt"),
        status=refused.status if refused else 200,
        headers=UNKEPT,
        refused=refused,
        verdict=verdict,
        about=verdict.about if verdict is not None else {},
        classes=PRECEDENCE,
        class_words=CLASS_WORDS,
        tones=TONES,
    )


async def _held(request: Request[Actor, Any, Any]) -> str:
    """Read the text that was sent; a file counts before what was pasted."""
    try:
        form = await request.form()
    except RequestEntityTooLarge as large:
        raise too_long() from large
    file = form.get("file")
    data = await file.read() if isinstance(file, UploadFile) else b""
    pasted = form.get("receipt")
    try:
        text = data.decode("utf-8-sig") if data else str(pasted or "")
    except UnicodeDecodeError as wrong:
        raise BadInput(
            "receipt.not_text",
            vi="Tệp này không phải văn bản; hãy chọn tệp biên nhận đã tải về, không phải ảnh chụp",
            en="That file is no text; choose the receipt's file as it was downloaded, not a picture of it",
            pointer="/file",
        ) from wrong
    if not text.strip():
        raise BadInput(
            "receipt.nothing_given",
            vi="Hãy dán nội dung biên nhận, hoặc chọn tệp biên nhận",
            en="Paste the text of a receipt, or choose its file",
            pointer="/receipt",
        )
    if len(text) > LONGEST:
        raise too_long()
    return text


PAGE_HANDLERS = (make, show, ask, check)
