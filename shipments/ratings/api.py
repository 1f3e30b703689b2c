"""Ratings over HTTP: given by anybody who has the second factor, read by who served."""

from datetime import date, datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.params import JSONBody, QueryParameter

from postal import clock
from postal.http.limits import limited
from postal.http.paging import DEFAULT_LIMIT, Page, PageCursor, PageLimit, decode_cursor, paged
from postal.http.parameters import PathCode
from postal.http.problems import refuses
from postal.identity.access import ANYONE, SIGNED_IN
from postal.identity.rules import Actor
from postal.network.rules import start_of
from shipments.ratings import repository, service
from shipments.ratings.repository import By
from shipments.ratings.rules import Rating, Score
from shipments.ratings.schemas import NewRating
from shipments.ratings.service import Answer, Given, Reading, Scores

OPEN = {**ANYONE, **limited("rating", 20, 60), **refuses(404)}

WithScore = Annotated[Score | None, QueryParameter(name="score", description="Only those with this score")]
Whose = Annotated[
    By, QueryParameter(name="by", description="Agencies, desks, post offices, couriers, officers")
]
From = Annotated[date | None, QueryParameter(name="from", description="Given on this day or later")]
To = Annotated[date | None, QueryParameter(name="to", description="Given before this day")]


class RatingController(Controller):
    """What citizens think of delivered dossiers."""

    path = "/api/v1/ratings"
    tags = ("ratings",)

    @post(opt=OPEN, status_code=200, operation_id="rateDossier", summary="Rate a delivered dossier")
    async def rate(self, data: JSONBody[NewRating]) -> Given:
        """Take a rating; one stands for each dossier, and a later one replaces it for some days.

        An unknown code, wrong digits and a locked code get one answer; five failures lock a code for a day.
        """
        answer = Answer(score=data.score, attitude=data.attitude, note=data.note)
        return await service.rate(data.code, data.last4, answer, await clock.now())

    @get(
        opt=SIGNED_IN, operation_id="listRatings", summary="Ratings of dossiers that you served, newest first"
    )
    async def list_ratings(
        self,
        request: Request[Actor, Any, Any],
        score: WithScore = None,
        cursor: PageCursor = None,
        limit: PageLimit = DEFAULT_LIMIT,
    ) -> Response[Page[Rating]]:
        """List the ratings that stand, without what people wrote."""
        found = await repository.page_of(
            request.user,
            dossier=None,
            score=score,
            after=decode_cursor(cursor, tuple[datetime, str]),
            limit=limit + 1,
        )
        return paged(request, found, limit, key=lambda one: (one.given_at, one.dossier))

    @get("/scores", opt=SIGNED_IN, operation_id="getRatingScores", summary="Scores against the target")
    async def scores(
        self,
        request: Request[Actor, Any, Any],
        by: Whose = By.AGENCY,
        begin: From = None,
        end: To = None,
    ) -> Scores:
        """Give shares with their 95 % intervals for your own organisation and staff; inspectors see all."""
        return await service.scores(
            by,
            start_of(begin) if begin else None,
            start_of(end) if end else None,
            actor=request.user,
            now=await clock.now(),
        )

    @get(
        "/{code:str}",
        opt=SIGNED_IN,
        operation_id="getRating",
        summary="The rating of a dossier, and those that it replaced",
    )
    async def read(self, code: PathCode, request: Request[Actor, Any, Any]) -> Reading:
        """Give a rating with its history; what people wrote is for supervisors and heads."""
        return await service.read(code, request.user)


HANDLERS = (RatingController,)
