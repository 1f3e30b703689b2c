"""What may follow what: for each operation, where its answer leads.

Written into the document as OpenAPI links, so that a reader, a generated client or a fuzzer can walk from the answer
that names a thing to everything that can be done with it.
"""

from typing import Any

from msgspec import Struct


class Link(Struct, frozen=True):
    """The answer of `after` names, at `pointer`, the thing that each operation of `to` takes as `parameter`."""

    after: str
    pointer: str
    parameter: str
    to: tuple[str, ...]


_DOSSIER = (
    "getDossier",
    "stateCaseEvent",
    "getDossierClocks",
    "getDossierEstimate",
    "trackPiece",
    "getDossierPapers",
    "getDossierApology",
    "setDossierApology",
    "getDossierSteps",
    "stateOldPapers",
    "stateReturnedPapers",
)
_MANIFEST = (
    "getManifest",
    "replaceManifestLines",
    "sealManifest",
    "sealAndDispatchManifest",
    "dispatchManifest",
    "receiveManifest",
    "closeManifest",
    "cancelManifest",
    "getManifestReconciliation",
)

_REMITTANCE = ("getRemittance", "countRemittance", "settleRemittanceLine", "withdrawRemittance")

_NONCONFORMITY = (
    "assignNonconformity",
    "stateCorrectiveAction",
    "closeNonconformity",
    "publishNonconformity",
)

_PARTNER = ("getPartner", "changePartner", "rotatePartnerSecret", "endPartner")

_SUBSCRIPTION = (
    *("getSubscription", "changeSubscription", "endSubscription", "rotateSubscriptionSecret"),
    *("sendTestEvent", "resumeSubscription"),
)
_IMPORT = ("getImport", "runImport", "cancelImport", "listImportErrors", "getImportErrorsFile")

LINKS = (
    Link("captureEvent", "/eventID", "event", ("getEvent",)),
    Link("captureEvents", "/captureID", "capture", ("getCapture",)),
    Link("listCaptures", "/0/captureID", "capture", ("getCapture",)),
    Link("createSubscription", "/id", "id", _SUBSCRIPTION),
    Link("createImport", "/id", "job", _IMPORT),
    Link("listImports", "/items/0/id", "job", _IMPORT),
    Link("createPartner", "/partner/code", "partner", _PARTNER),
    Link("listPartners", "/items/0/code", "partner", _PARTNER),
    Link("listPostOrders", "/items/0/code", "order", ("getPostOrder",)),
    Link("listPostDespatches", "/items/0/id", "despatch", ("getPostDespatch",)),
    Link("listInbox", "/items/0/id", "message", ("getInboxMessage", "getInboxContent", "replayInboxMessage")),
    Link("stateCalendarDecision", "/calendar", "code", ("listCalendarDecisions",)),
    Link("withdrawCalendarDecision", "/calendar", "code", ("listCalendarDecisions",)),
    Link("listCalendars", "/0/code", "code", ("listCalendarDecisions",)),
    Link("listOpenClocks", "/items/0/dossier", "code", ("getDossierClocks", "getDossier")),
    Link("listDeadlineMoves", "/items/0/dossier", "code", ("getDossierClocks",)),
    Link("openNonconformity", "/code", "code", _NONCONFORMITY),
    Link("listNonconformities", "/items/0/code", "code", _NONCONFORMITY),
    Link("setDossierApology", "/dossier", "code", ("signDossierApology", "getDossierApology")),
    Link("listApologyDrafts", "/items/0/dossier", "code", ("getDossierApology", "signDossierApology")),
    Link("registerDossier", "/code", "code", _DOSSIER),
    Link("listDossiers", "/items/0/code", "code", _DOSSIER),
    Link("stateCaseEvent", "/code", "code", ("getDossier", "getDossierClocks")),
    Link("makeItem", "/code", "code", ("getItem", "getPiece", "trackPiece")),
    Link("makeBag", "/code", "code", ("getPiece",)),
    Link("listPieces", "/items/0/code", "code", ("getPiece", "getItem")),
    Link("createManifest", "/code", "code", _MANIFEST),
    Link("openTrip", "/code", "code", ("getTrip", "loadTrip")),
    Link("loadTrip", "/code", "code", ("departTrip", "unloadTrip")),
    Link("departTrip", "/code", "code", ("arriveTrip",)),
    Link("planManifests", "/manifests/0/code", "code", _MANIFEST),
    Link("listManifests", "/items/0/code", "code", _MANIFEST),
    Link(
        "sealManifest", "/code", "code", ("dispatchManifest", "cancelManifest", "getManifestReconciliation")
    ),
    Link(
        "dispatchManifest", "/code", "code", ("receiveManifest", "closeManifest", "getManifestReconciliation")
    ),
    Link("receiveManifest", "/code", "code", ("closeManifest", "getManifestReconciliation")),
    Link("listDiscrepancies", "/items/0/id", "discrepancy", ("getDiscrepancy", "resolveDiscrepancy")),
    Link("attachFile", "/id", "file", ("getFile", "getFileDetails")),
    Link("openUpload", "/id", "upload", ("getUpload", "appendToUpload", "completeUpload")),
    Link("completeUpload", "/id", "file", ("getFile", "getFileDetails")),
    Link(
        "openIncident",
        "/incident/piece",
        "code",
        ("getIncident", "stateReissue", "stateLiability", "closeIncident"),
    ),
    Link("listIncidents", "/items/0/incident/piece", "code", ("getIncident",)),
    Link("registerClaim", "/claim/code", "code", ("getClaim", "resolveClaim", "eraseClaimant")),
    Link("listClaims", "/items/0/code", "code", ("getClaim",)),
    Link("collectFee", "/id", "fee", ("getFee", "refundFee", "correctFee")),
    Link("refundFee", "/id", "fee", ("getFee", "correctFee")),
    Link("listFees", "/items/0/id", "fee", ("getFee", "refundFee", "correctFee")),
    Link("handRemittance", "/code", "remittance", _REMITTANCE),
    Link("listRemittances", "/items/0/code", "remittance", _REMITTANCE),
    Link(
        "stateOldPapers", "/dossier", "code", ("getDossierPapers", "receiveOldPapers", "stateOldPapersWaived")
    ),
    Link(
        "registerFeedback",
        "/code",
        "code",
        (
            "getFeedback",
            "assignFeedback",
            "askFeedbackAuthor",
            "resolveFeedback",
            "publishFeedback",
            "refuseFeedback",
        ),
    ),
    Link("listFeedback", "/items/0/code", "code", ("getFeedback",)),
    Link(
        "registerPrivacyRequest",
        "/request/code",
        "code",
        ("getPrivacyRequest", "verifyPrivacyRequest", "refusePrivacyRequest", "completePrivacyRequest"),
    ),
    Link("listPrivacyRequests", "/items/0/code", "code", ("getPrivacyRequest",)),
    Link(
        "openInspection",
        "/inspection/code",
        "code",
        ("getInspection", "checkInspection", "stateInspectionFinding", "closeInspection"),
    ),
    Link("listInspections", "/items/0/code", "code", ("getInspection", "checkInspection")),
    Link("listRatings", "/items/0/dossier", "code", ("getRating",)),
    Link(
        "listReports",
        "/items/0/code",
        "code",
        ("getReport", "listReportRows", "getReportPdf", "getReportWorkbook", "getReportCsv"),
    ),
    Link("listReportObligations", "/items/0/code", "code", ("getReport", "publishReport")),
    Link("openShift", "/id", "shift", ("getShift", "closeShift")),
    Link("registerPerson", "/code", "code", ("getPerson", "assignRole", "setPassword")),
    Link("registerDevice", "/code", "code", ("getDevice", "inviteDevice", "revokeDevice")),
    Link("createKey", "/key/prefix", "prefix", ("getKey", "revokeKey")),
    Link("createOrganisation", "/code", "code", ("getOrganisation", "closeOrganisation")),
    Link(
        "listProcedures", "/items/0/code", "code", ("getProcedure", "createProcedureVersion", "endProcedure")
    ),
    Link("createProcedureVersion", "/subject", "code", ("getProcedure", "endProcedure")),
    Link("createProcedure", "/subject", "code", ("getProcedure", "createProcedureVersion", "endProcedure")),
    Link("listProblems", "/0/code", "code", ("getProblem",)),
)


def write_links(operations: dict[str, dict[str, Any]]) -> None:
    """Write the links into the successful answers; `operations` are those of the document, by id."""
    for link in LINKS:
        if (operation := operations.get(link.after)) is None:
            continue
        success = next(answer for status, answer in operation["responses"].items() if status < "300")
        written = success.setdefault("links", {})
        for target in link.to:
            if target in operations:
                written[target] = {
                    "operationId": target,
                    "parameters": {f"path.{link.parameter}": f"$response.body#{link.pointer}"},
                    "description": operations[target]["summary"],
                }
