"""JSON over HTTP: the verdict on a manifest, and its closing, which the verdict decides."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, get, post
from litestar.params import FromPath, QueryParameter

from manifests.manifests.api import HANDLING
from manifests.manifests.rules import Manifest
from manifests.reconciliation import service
from manifests.reconciliation.schemas import ReconciliationView, view
from manifests.reconciliation.service import CaseFile
from postal import clock
from postal.http.language import language_of
from postal.http.parameters import PathCode
from postal.http.problems import refuses
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from postal.instants import Instant

AsOf = Annotated[Instant | None, QueryParameter(description="As known at this instant; now when absent")]


class ReconciliationController(Controller):
    """Manifests against scans."""

    path = "/api/v1/manifests"
    tags = ("manifests",)

    @get(
        "/{code:str}/reconciliation",
        operation_id="getManifestReconciliation",
        summary="Counts by class, and every line with its class and evidence",
        opt={**SIGNED_IN, **refuses(409)},
    )
    async def read(
        self, code: PathCode, request: Request[Actor, Any, Any], as_of: AsOf = None
    ) -> ReconciliationView:
        """Reconcile a manifest as known at `as_of`."""
        verdict = await service.reconciliation(code, actor=request.user, now=await clock.now(), as_of=as_of)
        return view(*verdict, language=language_of(request.scope))

    @post(
        "/{code:str}/close",
        operation_id="closeManifest",
        summary="Settle it; exceptions become discrepancies",
        status_code=200,
        opt=HANDLING,
    )
    async def close(self, code: PathCode, request: Request[Actor, Any, Any]) -> Manifest:
        """Close a manifest; refused while a device has not told everything and the waiting limit is not over."""
        return await service.close(code, actor=request.user, now=await clock.now())


class EvidenceController(Controller):
    """What speaks to a discrepancy."""

    path = "/api/v1/discrepancies"
    tags = ("discrepancies",)

    @get(
        "/{discrepancy:uuid}/case",
        operation_id="getDiscrepancyCase",
        summary="The scans of both sides, and what was done with the case",
        opt=SIGNED_IN,
    )
    async def read(self, discrepancy: FromPath[UUID], request: Request[Actor, Any, Any]) -> CaseFile:
        """Give a case with the scans of both sides; who scanned is told to the same organisation alone."""
        return await service.case_file(discrepancy, actor=request.user, now=await clock.now())


HANDLERS = (ReconciliationController, EvidenceController)
