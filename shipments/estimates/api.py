"""Estimates over HTTP, for those who may see the dossier."""

from typing import Any

from litestar import Request, get

from postal import clock
from postal.http.parameters import PathCode
from postal.identity.access import SIGNED_IN
from postal.identity.rules import Actor
from shipments.estimates import service
from shipments.estimates.schemas import EstimateAnswer, view


@get(
    "/api/v1/dossiers/{code:str}/estimate",
    opt=SIGNED_IN,
    operation_id="getDossierEstimate",
    summary="When the result will probably arrive, with how often such estimates held",
    tags=["clocks"],
)
async def dossier_estimate(request: Request[Actor, Any, Any], code: PathCode) -> EstimateAnswer:
    """Ước tính từ các hồ sơ trước, không phải hẹn trả. From history by route, procedure and weekday; no promise."""
    found = await service.estimate_of(code.upper(), actor=request.user, now=await clock.now())
    return EstimateAnswer(dossier=code.upper(), estimate=view(found) if found else None)


HANDLERS = (dossier_estimate,)
