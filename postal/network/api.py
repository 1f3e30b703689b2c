"""Organisations and administrative units over HTTP."""

from datetime import date
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, patch, post
from litestar.params import FromQuery, QueryParameter

from postal import clock
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.identity.access import ANYONE, SIGNED_IN, roles
from postal.identity.rules import Actor, Role
from postal.network import service
from postal.network.rules import AdministrativeUnit, Kind, Organisation
from postal.network.schemas import CloseOrganisation, CreateOrganisation

Search = Annotated[
    str | None,
    QueryParameter(description="Part of the name or code; diacritics do not matter", max_length=100),
]
OfUnit = Annotated[str | None, code_query("In this commune or province")]
OfParent = Annotated[str | None, code_query("Directly below this organisation")]
OfProvince = Annotated[str | None, code_query("Of this province")]
OnDay = Annotated[date | None, QueryParameter(description="Only what exists on this day")]


class OrganisationController(Controller):
    """Post offices, hubs, carriers, desks, units, authorities."""

    path = "/api/v1/organisations"
    tags = ("network",)

    @get(opt=SIGNED_IN, operation_id="listOrganisations", summary="List organisations")
    async def list_organisations(
        self,
        request: Request[Actor, Any, Any],
        q: Search = None,
        kind: FromQuery[Kind | None] = None,
        unit: OfUnit = None,
        parent: OfParent = None,
        on: OnDay = None,
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[Organisation]]:
        """Tìm đơn vị theo tên (không cần dấu), loại, địa bàn; theo thứ tự mã. List organisations by code."""
        wanted = service.Filter(q=q, kind=kind, unit=unit, parent=parent, on=on)
        found = await service.list_organisations(wanted, decode_cursor(cursor, str), limit + 1)
        return paged(request, found, limit, key=lambda organisation: organisation.code)

    @get("/{code:str}", opt=SIGNED_IN, operation_id="getOrganisation", summary="Read an organisation")
    async def read(self, code: PathCode) -> Organisation:
        """Give one organisation with its validity and successor."""
        return await service.get(code)

    @post(
        opt=roles(Role.ADMIN),
        operation_id="createOrganisation",
        summary="Add an organisation",
    )
    async def create(self, request: Request[Actor, Any, Any], data: CreateOrganisation) -> Organisation:
        """Add an organisation below one that you administer; the national level also adds one without a parent."""
        wanted = data.organisation(service.DEFAULT_CALENDAR)
        return await service.create(wanted, actor=request.user, now=await clock.now())

    @patch(
        "/{code:str}", opt=roles(Role.ADMIN), operation_id="closeOrganisation", summary="End an organisation"
    )
    async def close(
        self, request: Request[Actor, Any, Any], code: PathCode, data: CloseOrganisation
    ) -> Organisation:
        """End an organisation and name its successor, which from then on sees what it held."""
        return await service.close(
            code, valid_to=data.valid_to, successor=data.successor, actor=request.user, now=await clock.now()
        )


@get(
    "/api/v1/units",
    opt=ANYONE,
    tags=["network"],
    operation_id="listUnits",
    summary="List provinces and communes",
)
async def list_units(
    request: Request[Actor, Any, Any],
    q: Search = None,
    province: OfProvince = None,
    on: OnDay = None,
    limit: PageLimit = DEFAULT_LIMIT,
    cursor: PageCursor = None,
) -> Response[Page[AdministrativeUnit]]:
    """Danh mục đơn vị hành chính từ 01/7/2025. Administrative units, with the citation of their list."""
    found = await service.list_units(q, province, on, decode_cursor(cursor, str), limit + 1)
    return paged(request, found, limit, key=lambda unit: unit.code)


HANDLERS: tuple[Any, ...] = (OrganisationController, list_units)
