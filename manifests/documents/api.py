"""Printable documents over HTTP: each is a file of the thing in its address."""

from typing import Any

from litestar import Request, Response, get

from manifests.documents import service
from manifests.documents.service import Printed
from postal import clock
from postal.config import code_key
from postal.http.addresses import public_base
from postal.http.parameters import PathCode
from postal.http.problems import refuses
from postal.http.requests import RAW_ANSWER
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.proof.signing import promise_signer

PDF = "application/pdf"
ZPL = "application/zpl"
OPT = SIGNED_IN | refuses(409, 422)
PDF_OPT = OPT | {RAW_ANSWER: (PDF,)}
ZPL_OPT = OPT | {RAW_ANSWER: (ZPL,)}


@get(
    "/api/v1/manifests/{code:str}/manifest.pdf",
    opt=PDF_OPT,
    operation_id="getManifestPdf",
    summary="The manifest to print: Code 128 and QR for each line",
    tags=["manifests"],
    media_type=PDF,
)
async def manifest_list(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Print a manifest for its parties."""
    return _file(await service.manifest_list(code, actor=request.user), PDF)


@get(
    "/api/v1/manifests/{code:str}/handover.pdf",
    opt=PDF_OPT,
    operation_id="getManifestHandoverPdf",
    summary="The record of the handover (biên bản giao nhận hồ sơ)",
    tags=["manifests"],
    media_type=PDF,
)
async def handover_record(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Print the record that both sides sign; what the receiver counted so far stands in it."""
    return _file(await service.handover_record(code, actor=request.user), PDF)


@get(
    "/api/v1/manifests/{code:str}/paper.pdf",
    opt=PDF_OPT,
    operation_id="getManifestPaperPdf",
    summary="The manifest for an office without a network, as QR codes and tick boxes",
    tags=["manifests"],
    media_type=PDF,
)
async def manifest_paper(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Print a sealed manifest as numbered QR codes with its digest, and a box for each line."""
    signer = promise_signer(request.app.state.settings)
    made = await service.manifest_paper(code, actor=request.user, signer=signer, now=await clock.now())
    return _file(made, PDF)


@get(
    "/api/v1/items/{code:str}/label.pdf",
    opt=PDF_OPT,
    operation_id="getItemLabelPdf",
    summary="The A6 label of an item or a bag",
    tags=["items"],
    media_type=PDF,
)
async def label_pdf(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Print a label with Code 128 and QR."""
    return _file(await service.label_pdf(code, actor=request.user), PDF)


@get(
    "/api/v1/items/{code:str}/label.zpl",
    opt=ZPL_OPT,
    operation_id="getItemLabelZpl",
    summary="The same label for a label printer of 203 dpi",
    tags=["items"],
    media_type=ZPL,
)
async def label_zpl(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Give a label in ZPL II: text as a picture, barcodes by the printer."""
    return _file(await service.label_zpl(code, actor=request.user), ZPL)


@get(
    "/api/v1/items/{code:str}/consignment.pdf",
    opt=PDF_OPT,
    operation_id="getItemConsignmentPdf",
    summary="The consignment note of an item (phiếu gửi hồ sơ, phiếu gửi kết quả)",
    tags=["items"],
    media_type=PDF,
)
async def consignment(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Print the phiếu gửi, one sheet a dossier; people are shown to those who need them for their work."""
    settings = request.app.state.settings
    made = await service.consignment(
        code, actor=request.user, base=public_base(request), key=code_key(settings), now=await clock.now()
    )
    return _file(made, PDF)


@get(
    "/api/v1/dossiers/{code:str}/control-sheet.pdf",
    opt=PDF_OPT,
    operation_id="getDossierControlSheetPdf",
    summary="The control sheet of a dossier (phiếu kiểm soát), one row a handover",
    tags=["dossiers"],
    media_type=PDF,
)
async def control_sheet(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Print every handover of a dossier and its result, straight from the ledger."""
    return _file(await service.control_sheet(code, actor=request.user), PDF)


@get(
    "/api/v1/pieces/{code:str}/incident.pdf",
    opt=PDF_OPT,
    operation_id="getPieceIncidentPdf",
    summary="The record of torn, opened or lost papers",
    tags=["pieces"],
    media_type=PDF,
)
async def incident_record(request: Request[Actor, Any, Any], code: PathCode) -> Response[bytes]:
    """Print what was reported of a piece, with a list of what should be inside; blanks where nothing was."""
    return _file(await service.incident_record(code, actor=request.user), PDF)


def _file(made: Printed, media_type: str) -> Response[bytes]:
    # Its name is a code, so plain ASCII; it shows people, so no cache keeps it.
    headers = {"Content-Disposition": f'inline; filename="{made.name}"', "Cache-Control": "private, no-store"}
    return Response(made.content, media_type=media_type, headers=headers)


HANDLERS = (
    manifest_list,
    handover_record,
    manifest_paper,
    label_pdf,
    label_zpl,
    consignment,
    control_sheet,
    incident_record,
)
