"""Feedback over HTTP: open to anybody who has something to say, slowly; worked by staff."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import JSONBody, QueryParameter

from postal import clock
from postal.http.idempotency import ONCE_ONLY
from postal.http.limits import limited, spend
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode, code_query
from postal.http.problems import refuses
from postal.identity.access import ANYONE, SIGNED_IN, roles
from postal.identity.rules import Actor
from shipments.feedback import repository, service
from shipments.feedback.repository import Contact, Publication, Wanted
from shipments.feedback.rules import Category, Feedback, State
from shipments.feedback.schemas import (
    STRANGERS,
    Added,
    Answering,
    Assigning,
    FollowedBy,
    NewFeedback,
    Publishing,
    Question,
    Refusing,
)
from shipments.feedback.service import Followed, Reading, Taken, Taking
from shipments.feedback.service.working import PUBLISHERS, WORKERS

WORKING = roles(*WORKERS)
PUBLISHING = roles(*PUBLISHERS)
FOLLOWING = {**ANYONE, **limited("feedback-follow", 20, 60), **refuses(404)}

InState = Annotated[State | None, QueryParameter(name="state", description="How far it is")]
About = Annotated[Category | None, QueryParameter(name="category", description="What it is about")]
With = Annotated[str | None, code_query("Only those for which this organisation answers")]
LateOnly = Annotated[bool | None, QueryParameter(name="late", description="Only those that are late now")]


async def spend_as_stranger(request: Request[Actor, Any, Any]) -> None:
    """Count what a stranger writes; staff, who take calls all day, have the general limit."""
    if request.user.kind == "anonymous":
        await spend(request, STRANGERS)


class FeedbackController(Controller):
    """What citizens say of the service, and what became of it."""

    path = "/api/v1/feedback"
    tags = ("feedback",)

    @post(
        opt={**ANYONE, **ONCE_ONLY, **refuses(403)},
        operation_id="registerFeedback",
        summary="Say something about the service",
    )
    async def create(self, data: JSONBody[NewFeedback], request: Request[Actor, Any, Any]) -> Taken:
        """Take feedback, a petition, or a report of violations; the code to follow it is shown this once.

        An address may write five times an hour. Staff note calls, letters and visits by their channel.
        """
        await spend_as_stranger(request)
        contact = Contact(**msgspec.structs.asdict(data.contact)) if data.contact else Contact()
        taking = Taking(
            text=data.text,
            category=data.category,
            channel=data.channel,
            contact=contact,
            dossier=data.dossier,
            organisation=data.organisation,
            received_at=data.received_at,
        )
        return await service.take(taking, actor=request.user, now=await clock.now())

    @post(
        "/followed",
        opt=FOLLOWING,
        status_code=200,
        operation_id="trackFeedback",
        summary="Where it stands, for its author",
    )
    async def follow(self, data: JSONBody[FollowedBy]) -> Followed:
        """Answer whoever has the code that was shown once; an unknown one is not found."""
        return await service.follow(data.follow, await clock.now())

    @post(
        "/followed/supplement",
        opt=FOLLOWING,
        status_code=200,
        operation_id="supplementFeedback",
        summary="Add what was asked for",
    )
    async def supplement(self, data: JSONBody[Added]) -> Followed:
        """Take what its author adds; the limit moves by the working days of waiting."""
        return await service.supplement(data.follow, data.text, await clock.now())

    @post(
        "/followed/erasure",
        opt=FOLLOWING | refuses(409),
        status_code=200,
        operation_id="eraseOwnFeedback",
        summary="Have one's own words forgotten",
    )
    async def forget(self, data: JSONBody[FollowedBy]) -> Followed:
        """Forget what its author wrote once the case is over; what was published without names stays."""
        return await service.forget(data.follow, await clock.now())

    @get("/published", opt=ANYONE, operation_id="listPublishedFeedback", summary="Published answers")
    async def published(
        self, request: Request[Actor, Any, Any], cursor: PageCursor = None, limit: PageLimit = DEFAULT_LIMIT
    ) -> Response[Page[Publication]]:
        """List what was published, newest first: nobody's name, phone or address."""
        found = await repository.publications(decode_cursor(cursor, tuple[datetime, str]), limit + 1)
        return paged(request, found, limit, key=lambda one: (one.published_at, one.feedback))

    @get(
        opt=SIGNED_IN,
        operation_id="listFeedback",
        summary="Feedback that you took or answer for, newest first",
    )
    async def list_feedback(
        self,
        request: Request[Actor, Any, Any],
        in_state: InState = None,
        category: About = None,
        organisation: With = None,
        late: LateOnly = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Feedback]]:
        """List cases without what was written. Reports of violations are for procedure control alone."""
        wanted = Wanted(
            state=in_state,
            category=category,
            organisation=organisation,
            late_at=await clock.now() if late else None,
        )
        after = decode_cursor(cursor, tuple[datetime, str])
        found = await repository.page_of(request.user, wanted, after, limit + 1)
        return paged(request, found, limit, key=lambda one: (one.received_at, one.code))

    @get(
        "/{code:str}", opt=SIGNED_IN, operation_id="getFeedback", summary="A case and what was written in it"
    )
    async def read(self, code: PathCode, request: Request[Actor, Any, Any]) -> Reading:
        """Give a case; how its author is reached is shown to who answers for it."""
        return await service.read(code, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/assign",
        opt=WORKING,
        status_code=200,
        operation_id="assignFeedback",
        summary="Classify it and say who answers for it",
    )
    async def assign(
        self, code: PathCode, data: JSONBody[Assigning], request: Request[Actor, Any, Any]
    ) -> Reading:
        """Take it over, or pass it on to whom it concerns."""
        return await service.accept(
            code, data.category, data.organisation, actor=request.user, now=await clock.now()
        )

    @post(
        "/{code:str}/ask",
        opt=WORKING,
        status_code=200,
        operation_id="askFeedbackAuthor",
        summary="Ask its author for more",
    )
    async def ask(
        self, code: PathCode, data: JSONBody[Question], request: Request[Actor, Any, Any]
    ) -> Reading:
        """Ask a question; its author sees it by the follow code."""
        return await service.ask(code, data.text, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/refuse",
        opt=WORKING,
        status_code=200,
        operation_id="refuseFeedback",
        summary="Refuse it, with the reason",
    )
    async def refuse(
        self, code: PathCode, data: JSONBody[Refusing], request: Request[Actor, Any, Any]
    ) -> Reading:
        """Refuse by the code of a reason; one that comes late is kept as late."""
        return await service.refuse(code, data.reason, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/answer",
        opt=WORKING,
        status_code=200,
        operation_id="resolveFeedback",
        summary="Answer it",
    )
    async def answer(
        self, code: PathCode, data: JSONBody[Answering], request: Request[Actor, Any, Any]
    ) -> Reading:
        """Answer its author, with the code of the outcome."""
        return await service.answer(code, data.outcome, data.text, actor=request.user, now=await clock.now())

    @post(
        "/{code:str}/publish",
        opt=PUBLISHING,
        status_code=200,
        operation_id="publishFeedback",
        summary="Publish question and answer",
    )
    async def publish(
        self, code: PathCode, data: JSONBody[Publishing], request: Request[Actor, Any, Any]
    ) -> Reading:
        """Publish by a person's decision; a text that may tell who somebody is is refused."""
        return await service.publish(
            code, data.title, data.question, data.answer, actor=request.user, now=await clock.now()
        )


HANDLERS = (FeedbackController,)
