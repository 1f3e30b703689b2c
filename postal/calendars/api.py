"""Calendars and the decisions that change them, over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, JSONBody

from postal import clock
from postal.calendars import service
from postal.calendars.repository import CalendarState
from postal.calendars.schemas import DecisionView, EnterDecision, WithdrawDecision, change_of, view_of
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode
from postal.identity.access import SIGNED_IN, roles
from postal.identity.rules import Actor, Role


class CalendarController(Controller):
    """Working calendars: each is its rows and the decisions on it, one version more with each."""

    path = "/api/v1/calendars"
    tags = ("calendars",)

    @get(opt=SIGNED_IN, operation_id="listCalendars", summary="Working calendars and their versions")
    async def list_calendars(self) -> list[CalendarState]:
        """Các lịch làm việc và phiên bản hiện tại. Calendars by code."""
        return await service.list_calendars()

    @get(
        "/{code:str}/decisions",
        opt=SIGNED_IN,
        operation_id="listCalendarDecisions",
        summary="Decisions that changed a calendar",
    )
    async def list_decisions(
        self,
        request: Request[Actor, Any, Any],
        code: PathCode,
        limit: PageLimit = DEFAULT_LIMIT,
        cursor: PageCursor = None,
    ) -> Response[Page[DecisionView]]:
        """Decisions on a calendar and on its base, the one entered last first."""
        found = await service.list_decisions(
            code.upper(), after=decode_cursor(cursor, datetime), limit=limit + 1
        )
        return paged(request, [view_of(each) for each in found], limit, key=lambda each: each.entered_at)

    @post(
        "/{code:str}/decisions",
        opt=roles(Role.ADMIN, Role.CONTROL),
        operation_id="stateCalendarDecision",
        summary="Enter a decision on a calendar",
    )
    async def decide(
        self, request: Request[Actor, Any, Any], code: PathCode, data: JSONBody[EnterDecision]
    ) -> DecisionView:
        """Enter a signed decision: days off, worked, or with other hours. Every open deadline is then run again.

        What has ended keeps the version of the calendar under which it ended. A slip in a decision is mended by the
        next one; none is ever edited.
        """
        entry = service.Entry(
            number=data.number,
            decided_on=data.decided_on,
            title=data.title,
            status=data.status,
            days=tuple(change_of(day) for day in data.days),
        )
        decision = await service.decide(code.upper(), entry, actor=request.user, now=await clock.now())
        return view_of(decision)

    @post(
        "/{code:str}/decisions/{decision:uuid}/withdraw",
        opt=roles(Role.ADMIN, Role.CONTROL),
        operation_id="withdrawCalendarDecision",
        summary="Withdraw a decision none of whose days has come",
    )
    async def withdraw(
        self,
        request: Request[Actor, Any, Any],
        code: PathCode,
        decision: FromPath[UUID],
        data: JSONBody[WithdrawDecision],
    ) -> DecisionView:
        """Enter the decision that withdraws an earlier one. Every open deadline is then run again.

        Both stay: who asks as of an instant before sees the withdrawn days. What is in force is replaced instead.
        """
        given = service.Withdrawal(number=data.number, decided_on=data.decided_on, reason=data.reason)
        entered = await service.withdraw(
            code.upper(), decision, given, actor=request.user, now=await clock.now()
        )
        return view_of(entered)


HANDLERS: tuple[Any, ...] = (CalendarController,)
