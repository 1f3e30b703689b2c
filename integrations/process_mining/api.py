"""Logs for process mining over HTTP."""

import secrets
from datetime import date, datetime
from typing import Annotated, Any, Literal

from litestar import Controller, Request, get
from litestar.params import QueryParameter
from litestar.response import Stream

from integrations.process_mining import service
from integrations.process_mining.rules import Form
from postal import clock
from postal.http.limits import limited
from postal.http.requests import RAW_ANSWER
from postal.identity.access import roles
from postal.identity.rules import Actor, Role
from postal.network.rules import start_of

READERS = roles(
    Role.CONTROL, Role.REGULATOR, Role.SUPERVISOR, Role.AGENCY_HEAD, Role.ADMIN, Role.SYSTEM
) | limited("exports", 10, 60)
XML, JSON = "application/xml", "application/json"

From = Annotated[
    date | None, QueryParameter(name="from", description="What was registered on this day or later")
]
To = Annotated[date | None, QueryParameter(name="to", description="What was registered before this day")]
People = Annotated[
    Literal["pseudonym", "role"],
    QueryParameter(description="People under names of this export alone, or their roles alone"),
]


class ExportController(Controller):
    """What began in a period, whole, as event logs."""

    path = "/api/v1/exports"
    tags = ("exports",)

    @get(
        "/process.xes",
        operation_id="getXesLog",
        summary="Dossiers of a period as XES (IEEE 1849)",
        opt={**READERS, RAW_ANSWER: (XML,)},
    )
    async def xes(
        self,
        request: Request[Actor, Any, Any],
        begin: From = None,
        end: To = None,
        people: People = "pseudonym",
    ) -> Stream:
        """Give each dossier registered in the period as a trace with every step until now, as far as you may see it.

        Nobody can be recognised: a person has a name that holds for this one file.
        """
        return await _stream(request, Form.XES, begin, end, people)

    @get(
        "/process.ocel.json",
        operation_id="getOcelJsonLog",
        summary="Everything of a period as OCEL 2.0, JSON",
        opt={**READERS, RAW_ANSWER: (JSON,)},
    )
    async def ocel_json(
        self,
        request: Request[Actor, Any, Any],
        begin: From = None,
        end: To = None,
        people: People = "pseudonym",
    ) -> Stream:
        """Give the period's dossiers, results, items, bags, manifests, trips, organisations, roles, and every step."""
        return await _stream(request, Form.OCEL_JSON, begin, end, people)

    @get(
        "/process.ocel.xml",
        operation_id="getOcelXmlLog",
        summary="Everything of a period as OCEL 2.0, XML",
        opt={**READERS, RAW_ANSWER: (XML,)},
    )
    async def ocel_xml(
        self,
        request: Request[Actor, Any, Any],
        begin: From = None,
        end: To = None,
        people: People = "pseudonym",
    ) -> Stream:
        """Give the same as `process.ocel.json` in the other form."""
        return await _stream(request, Form.OCEL_XML, begin, end, people)


async def _stream(
    request: Request[Actor, Any, Any], form: Form, begin: date | None, end: date | None, people: str
) -> Stream:
    body = await service.export(
        form,
        begin=_start(begin),
        end=_start(end),
        actor=request.user,
        now=await clock.now(),
        key=secrets.token_bytes(32) if people == "pseudonym" else None,
    )
    name = "-".join(["postal", *(f"{day:%Y%m%d}" for day in (begin, end) if day)])
    return Stream(
        body,
        media_type=JSON if form is Form.OCEL_JSON else XML,
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{form.value}"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _start(day: date | None) -> datetime | None:
    return start_of(day) if day else None


HANDLERS = (ExportController,)
