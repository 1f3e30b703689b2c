"""JSON over HTTP: what gateways report of the messages that they took."""

from typing import Any

from litestar import Controller, Request, post

from integrations.notifications import service
from integrations.notifications.schemas import NoticeReport, NoticeReported
from postal import clock
from postal.http.idempotency import OWN_IDS
from postal.http.limits import limited
from postal.http.problems import refuses
from postal.identity.access import ANYONE
from postal.identity.rules import Actor


class NoticeController(Controller):
    """Notices, for the gateways that carry them."""

    path = "/api/v1/notices"
    tags = ("notices",)

    @post(
        "/reports",
        operation_id="takeNoticeReports",
        summary="Report what became of a notice",
        status_code=200,
        opt={**ANYONE, **limited("notice-reports", 12_000, 60), **OWN_IDS, **refuses(404)},
    )
    async def report(self, data: NoticeReport, request: Request[Actor, Any, Any]) -> NoticeReported:
        """Báo kết quả gửi tin. Take a delivery report of a gateway of SMS or Zalo.

        The gateway signs it as Standard Webhooks 1.0.0 have it, or calls with a key of the operator with the role
        `system`. The same again changes nothing. `delivered` is final; `failed` ends a notice that did not arrive, and
        the office that answers for the dossier sees it.
        """
        now = await clock.now()
        settings = request.app.state.settings
        service.authenticate(settings, request.user, request.headers, await request.body(), now)
        state, new = await service.report(data.id, data.state, data.reason, data.at, now)
        return NoticeReported(id=data.id, state=state, repeated=not new)


HANDLERS = (NoticeController,)
