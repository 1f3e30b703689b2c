"""The page of a manifest: what was promised, what was scanned, and what does not agree."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import FromPath, QueryParameter

from manifests.manifests import repository as manifests
from manifests.manifests.pages import STATE_WORDS, names_of
from manifests.reconciliation import service
from manifests.reconciliation.rules import EXCEPTIONS, LineClass
from postal import clock
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.instants import Instant
from postal.web.rendering import page

AsOf = Annotated[Instant | None, QueryParameter(description="As known at this instant")]

CLASS_WORDS: dict[LineClass, tuple[str, str]] = {
    LineClass.CONTESTED: ("Tranh chấp", "Contested"),
    LineClass.MISROUTED: ("Lạc tuyến", "Misrouted"),
    LineClass.EXTRA: ("Thừa", "Extra"),
    LineClass.DAMAGED: ("Hư hỏng", "Damaged"),
    LineClass.MATCHED: ("Khớp", "Matched"),
    LineClass.UNVERIFIED: ("Chưa kiểm từng cái", "Unverified"),
    LineClass.AWAITING_DEVICE: ("Chờ máy quét", "Awaiting a device"),
    LineClass.MISSING: ("Thiếu", "Missing"),
}

TONES = {LineClass.MATCHED: "good", LineClass.UNVERIFIED: "warn", LineClass.AWAITING_DEVICE: "warn"}

REASON_WORDS: dict[str, tuple[str, str]] = {
    "unseen": ("bên nhận không quét thấy", "the receiver did not see it"),
    "not_arrived": ("bên nhận chưa quét gì", "the receiver has scanned nothing yet"),
    "not_offered": ("bên giao không quét giao", "the giver did not hand it out"),
    "refused": ("bên nhận từ chối", "refused by the receiver"),
    "lost": ("đã báo mất", "reported lost"),
    "waiting_limit_over": ("máy quét im lặng quá hạn chờ", "a device stayed silent past the limit"),
    "barcode": ("chỉ nhận theo mã túi hoặc bảng kê", "accepted by bag or manifest barcode only"),
    "damaged": ("hư hỏng", "damaged"),
    "opened": ("bị mở", "opened"),
    "seal_broken": ("vỡ niêm phong", "seal broken"),
    "third_party": ("đơn vị khác đã nhận", "another party has taken it in"),
    "other_manifest": ("thuộc bảng kê khác", "belongs to another manifest"),
    "other_destination": ("gửi đi nơi khác", "bound for elsewhere"),
    "not_listed": ("không có trong bảng kê", "not on the list"),
    "claims": ("hai bên cùng nhận giữ", "two parties claim it"),
}


@get("/manifests/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a manifest")
async def show(request: Request[Actor, Any, Any], code: FromPath[str], as_of: AsOf = None) -> Response[str]:
    """Show a manifest to its parties, reconciled once it is sealed."""
    manifest = await manifests.get(code, request.user)
    result = closed = None
    if manifest.sealed_at is not None:
        manifest, result, closed = await service.reconciliation(
            code, actor=request.user, now=await clock.now(), as_of=as_of
        )
    return page(
        request,
        "reconciliation/manifest.html",
        title=(f"Bảng kê {code}", f"Manifest {code}"),
        manifest=manifest,
        names=await names_of([manifest]),
        state_words=STATE_WORDS,
        result=result,
        closed=closed,
        class_words=CLASS_WORDS,
        reason_words=REASON_WORDS,
        tones=TONES,
        exceptions=EXCEPTIONS,
    )


PAGE_HANDLERS = (show,)
