"""What the addresses of figures take, in both shells, and who reads them."""

from datetime import date
from typing import Annotated

from litestar.params import PathParameter, QueryParameter

from postal.http.parameters import code_query
from postal.identity.access import roles
from postal.identity.rules import Role
from shipments.figures.rules import Channel
from shipments.figures.rules.leader import By, Which

LEADERS = roles(Role.AGENCY_HEAD, Role.SUPERVISOR, Role.CONTROL, Role.REGULATOR, Role.ADMIN)

From = Annotated[
    date | None, QueryParameter(name="from", description="The first month; eleven before the last if absent")
]
To = Annotated[
    date | None, QueryParameter(name="to", description="The last month, included; this one if absent")
]
Compared = Annotated[By, QueryParameter(name="by", description="What is compared")]
OfWhich = Annotated[Which, QueryParameter(name="figure", description="The dossiers behind which figure")]
OfAuthority = Annotated[str | None, code_query("Only of this agency")]
OfDesk = Annotated[str | None, code_query("Only of this desk")]
OfOffice = Annotated[str | None, code_query("Only of this post office")]
OfProcedure = Annotated[str | None, code_query("Only of this procedure")]
OfCommune = Annotated[str | None, code_query("Only of the desks of this commune")]
OfHolder = Annotated[str | None, code_query("Only steps at this unit")]
OfChannel = Annotated[Channel | None, QueryParameter(description="Only what came in this way")]
Silent = Annotated[
    int | None,
    QueryParameter(ge=1, le=60, description="Without a dossier for so many months; the configured ones"),
]
PathDay = Annotated[date, PathParameter(description="A day that is over, in Vietnam")]
OfRevision = Annotated[
    int | None,
    QueryParameter(
        ge=0,
        le=10_000,
        description="Which publication of the day; the newest if absent",
        # Litestar leaves a minimum of 0 out of what is optional.
        schema_extra={"minimum": 0},
    ),
]
