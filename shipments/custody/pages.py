"""What a signed-in person sees of custody: the pieces that their organisation holds, and each with its history."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.response import Redirect

from postal import clock
from postal.errors import (
    BadInput,
    Conflict,
    Forbidden,
    PostalError,
    TooLarge,
    Unprocessable,
    UnsupportedMedia,
)
from postal.files import service as files
from postal.files.api import ATTACHERS
from postal.files.rules import About, FileKind, NewFile, too_large
from postal.files.rules.kinds import DIRECT
from postal.files.vault import vault_of
from postal.http.language import page_language
from postal.http.parameters import PathCode
from postal.identity.access import OPT, SIGNED_IN
from postal.identity.rules import Actor
from postal.web.rendering import page
from postal.web.sections import HomeSection, Need
from shipments.custody import service
from shipments.custody.rules import Phase
from shipments.custody.rules.flags import FLAGS
from shipments.custody.schemas import view

SHOWN = 50
FORM_AROUND = 10_000
"""What a form adds to the file in it."""

PHASE_NAMES: dict[Phase, tuple[str, str]] = {
    Phase.REGISTERED: ("Mới đăng ký", "Registered"),
    Phase.HELD: ("Đang giữ", "Held"),
    Phase.OFFERED: ("Đang bàn giao", "Offered"),
    Phase.IN_TRANSIT: ("Đang vận chuyển", "In transit"),
    Phase.OUT_FOR_DELIVERY: ("Đang phát", "Out for delivery"),
    Phase.AWAITING_PICKUP: ("Chờ người nhận đến lấy", "Awaiting pick-up"),
    Phase.RETURNING: ("Đang chuyển hoàn", "Returning"),
    Phase.DELIVERED: ("Đã phát", "Delivered"),
    Phase.RETURNED: ("Đã chuyển hoàn", "Returned"),
    Phase.LOST: ("Thất lạc", "Lost"),
}


async def held(actor: Actor, _now: datetime) -> dict[str, Any] | None:
    """Load the first pieces that the actor's organisation holds, contested ones included."""
    if actor.organisation is None:
        return None
    found = await service.list_pieces(
        actor=actor, holder=actor.organisation, phase=None, kind=None, after="", limit=SHOWN + 1
    )
    return {"pieces": found[:SHOWN], "more": len(found) > SHOWN, "names": PHASE_NAMES}


KIND_NAMES: dict[str, tuple[str, str]] = {
    "accept": ("Chấp nhận từ người gửi", "Accepted from the sender"),
    "offer": ("Giao", "Offered"),
    "receive": ("Nhận", "Received"),
    "refuse": ("Từ chối nhận", "Refused"),
    "pack": ("Đóng vào túi", "Packed"),
    "unpack": ("Lấy ra khỏi túi", "Unpacked"),
    "depart": ("Rời đi", "Departed"),
    "arrive": ("Đến", "Arrived"),
    "out_for_delivery": ("Đi phát", "Out for delivery"),
    "attempt_failed": ("Phát không thành công", "Delivery failed"),
    "hold": ("Lưu tại đơn vị", "Held"),
    "deliver": ("Đã phát", "Delivered"),
    "return": ("Chuyển hoàn", "Sent back"),
    "recall": ("Người gửi rút lại", "Recalled by the sender"),
    "redirect": ("Đổi nơi nhận", "Redirected"),
    "recover": ("Thu hồi giấy tờ cũ", "Old papers recovered"),
    "report": ("Báo tình trạng", "Condition reported"),
    "correct": ("Đính chính", "Corrected"),
    "manifest.dispatched": ("Bảng kê giao đi", "Manifest dispatched"),
    "manifest.cancelled": ("Bảng kê bị hủy", "Manifest cancelled"),
    "container.closed": ("Niêm phong", "Sealed"),
    "container.inventoried": ("Kiểm kê, gói lại", "Inventory and repacking"),
    "loss.stated": ("Kết luận là mất", "Settled as lost"),
    "loss.withdrawn": ("Rút lại kết luận mất", "No longer settled as lost"),
    "trip.loaded": ("Xếp lên chuyến thư", "Loaded on a trip"),
    "trip.unloaded": ("Dỡ khỏi chuyến thư", "Unloaded from a trip"),
}

SEAL_STATES: dict[str, tuple[str, str]] = {
    "intact": ("nguyên vẹn", "intact"),
    "broken": ("vỡ", "broken"),
    "missing": ("mất", "missing"),
}

CONDITION_NAMES: dict[str, tuple[str, str]] = {
    "intact": ("nguyên vẹn", "intact"),
    "damaged": ("hư hỏng", "damaged"),
    "opened": ("bị mở", "opened"),
    "seal_broken": ("vỡ niêm phong", "seal broken"),
}


FILE_KINDS: dict[FileKind, tuple[str, str]] = {
    FileKind.PHOTO: ("Ảnh hiện trạng", "Photo"),
    FileKind.SIGNATURE: ("Chữ ký", "Signature"),
    FileKind.PROXY: ("Giấy ủy quyền", "Authorisation"),
    FileKind.SCAN: ("Bản quét giấy tờ", "Scan of papers"),
    FileKind.RESULT: ("Kết quả", "Result"),
}


@get("/pieces/{code:str}", opt=SIGNED_IN, include_in_schema=False, summary="Page: a piece")
async def show(request: Request[Actor, Any, Any], code: PathCode) -> Response[str]:
    """Show a piece to who may see it: who answers for it, what is odd, its seal hop by hop, all that happened."""
    return await _page(request, code)


@post(
    "/pieces/{code:str}/files",
    opt=ATTACHERS,
    request_max_body_size=DIRECT + FORM_AROUND,
    include_in_schema=False,
    summary="Page: attach a photo to a piece",
)
async def attach(request: Request[Actor, Any, Any], code: PathCode) -> Response[Any]:
    """Attach a photo or a paper; it is sealed as it is stored and never lies on a disk in the open."""
    await service.piece_history(code, actor=request.user)
    try:
        data, kind = await _sent(request)
        wanted = NewFile(about=About.PIECE, code=code, kind=kind, size=len(data))
        vault = vault_of(request.app.state.settings)
        await files.attach(vault, wanted, _whole(data), actor=request.user, now=await clock.now())
    except (BadInput, Conflict, Forbidden, TooLarge, Unprocessable, UnsupportedMedia) as refused:
        return await _page(request, code, refused)
    return Redirect(f"/pieces/{quote(code, safe='')}#files", status_code=303)


async def _sent(request: Request[Actor, Any, Any]) -> tuple[bytes, FileKind]:
    """Read the form in memory: a framework's form would spool a large file to the disk as it came."""
    try:
        body = await request.body()
    except RequestEntityTooLarge as large:
        raise too_large(DIRECT) from large
    form = parts_of(body, request.headers.get("content-type", ""))
    data, kind = form.get("file", b""), form.get("kind", b"").decode("ascii", "replace")
    if not data or kind not in set(FileKind):
        raise Unprocessable(
            "piece.no_file",
            vi="Hãy chọn ảnh hoặc tệp cần đính kèm",
            en="Choose the photo or the file to attach",
            pointer="/file",
        )
    return data, FileKind(kind)


def parts_of(body: bytes, content_type: str) -> dict[str, bytes]:
    """Take a form with files apart (RFC 7578); what is no such form has no parts."""
    found = re.search(r'multipart/form-data;.*boundary="?([^";]{1,70})"?', content_type, re.IGNORECASE)
    if found is None:
        return {}
    parts: dict[str, bytes] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + found[1].encode("ascii", "replace"))[1:]:
        head, _, data = part.partition(b"\r\n\r\n")
        if name := re.search(rb'[; ]name="([^"]{1,60})"', head):
            parts.setdefault(name[1].decode("utf-8", "replace"), data)
    return parts


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _page(
    request: Request[Actor, Any, Any], code: str, refused: PostalError | None = None
) -> Response[str]:
    piece, custody, contents = await service.piece_history(code, actor=request.user)
    english = page_language(request.scope) == "en"
    return page(
        request,
        "custody/piece.html",
        title=(f"Bưu gửi {code}", f"Piece {code}"),
        piece=view(piece, custody, contents),
        moving=custody.awaits_instruction,
        phases=PHASE_NAMES,
        kinds=KIND_NAMES,
        seal_states=SEAL_STATES,
        conditions=CONDITION_NAMES,
        flags=FLAGS,
        status=refused.status if refused else 200,
        refused=(refused.en if english else refused.vi) if refused else "",
        files=await files.attached_to(About.PIECE, code, actor=request.user),
        file_kinds=FILE_KINDS,
        attaching=bool(ATTACHERS[OPT].roles & request.user.roles),
    )


PAGE_HANDLERS = (show, attach)


def _needs(context: dict[str, Any]) -> tuple[Need, ...]:
    pieces = context["pieces"]
    odd = sum(bool(piece.contested or piece.awaits_instruction) for piece in pieces)
    return (
        Need(
            number=odd,
            title=("Bưu gửi cần làm rõ hoặc chuyển về", "Pieces contested or recalled"),
            address="/home#custody-held",
            tone="bad",
        ),
        Need(
            number=len(pieces),
            title=("Bưu gửi, hồ sơ đang giữ", "Pieces held"),
            address="/home#custody-held",
            more=context["more"],
        ),
    )


HOME_SECTIONS = (
    HomeSection(
        title=("Bưu gửi, hồ sơ đang giữ", "Pieces held"),
        template="custody/held.html",
        load=held,
        needs=_needs,
    ),
)
