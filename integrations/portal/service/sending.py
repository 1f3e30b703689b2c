"""Telling portals and agencies' systems what happened: enqueued from the feed, written when it is sent."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from integrations.deliveries import service as deliveries
from integrations.deliveries.rules import Adapter, Ended, Judgement, Outgoing, Queued, Skip
from integrations.feed.rules import Event
from integrations.feed.service import follow
from integrations.outgoing.rules import Answered, Call
from integrations.partners import service as partners
from integrations.partners.rules import Partner, PartnerKind
from integrations.portal import repository
from integrations.portal.repository import Subject
from integrations.portal.rules import (
    DOSSIERS,
    PROGRESS,
    answered_well,
    dossier_fields,
    envelope,
    settings_of,
)
from integrations.portal.service.reading import Course, courses_of
from integrations.signing.rules import signed
from manifests.reports import repository as reports
from manifests.reports.rules.portal import PortalReceipt
from postal.identifiers import new_id
from shipments.dossiers.rules import CASE_CORRECTED, CaseKind

FOLLOWER = "portal"
DOSSIER_TOPIC, PROGRESS_TOPIC = "portal.dossier", "portal.progress"
CASE = frozenset(CaseKind)
TELLING = CASE | {CASE_CORRECTED, "deliver", "return", "correct", "fee.collected", "fee.refunded"}
"""What changes a field of the portal; custody within the post does not."""

REMEMBERED = 10_000
PAGES = 20


async def gather(now: datetime) -> None:
    """Enqueue for everybody who is told what the ledger learned since the last time."""
    for _ in range(PAGES):
        if not await follow(FOLLOWER, lambda events: take(events, now)):
            return


async def take(events: Sequence[Event], now: datetime) -> None:
    """Enqueue what these rows of the feed change for each partner, in the unit of work that advances the follower."""
    rows = {
        event.id: (str(event.kind), event.code)
        for event in events
        if event.kind in TELLING and event.verdict != "disputed"
    }
    subjects = await repository.subjects(rows)
    if not subjects:
        return
    heard = await repository.heard_from({subject.event for subject in subjects})
    order = {event.id: number for number, event in enumerate(events)}
    subjects.sort(key=lambda subject: order[subject.event])
    for partner in await listening():
        sees = None
        if partner.kind is PartnerKind.AGENCY:
            sees = (await partners.actor_of(partner, now)).sees
        theirs = [
            subject
            for subject in subjects
            if heard.get(subject.event) != partner.id and (sees is None or subject.parties & sees)
        ]
        if theirs:
            await _open(partner, now)
            await deliveries.enqueue("portal", partner.id, _messages(theirs, now), now=now)


async def listening() -> list[Partner]:
    """List who is told: portals, and agencies' systems that want it, as far as they can be called."""
    found = await partners.active(PartnerKind.PORTAL)
    found += [
        partner for partner in await partners.active(PartnerKind.AGENCY) if settings_of(partner.settings).sync
    ]
    return [partner for partner in found if partner.url]


async def _open(partner: Partner, now: datetime) -> None:
    await deliveries.open_destination(
        "portal", partner.id, organisation=partner.organisation, code=partner.code, now=now
    )


def _messages(subjects: Iterable[Subject], now: datetime) -> list[Outgoing]:
    """Make two messages a dossier: how it stands now, and what happened to it, in that order."""
    grouped: dict[str, list[Subject]] = {}
    for subject in subjects:
        grouped.setdefault(subject.dossier, []).append(subject)
    made = []
    for code, about in grouped.items():
        made.append(Outgoing(id=new_id(now), topic=DOSSIER_TOPIC, subject=code, key=code))
        steps = [str(subject.event) for subject in about if subject.kind in CASE]
        delivery = any(subject.delivery for subject in about)
        if steps or delivery:
            payload = {"events": steps, "delivery": delivery}
            made.append(
                Outgoing(id=new_id(now), topic=PROGRESS_TOPIC, subject=code, key=code, payload=payload)
            )
    return made


class PortalAdapter(Adapter):
    """Writes what waits in the portal's fields and reads what is answered. The queue itself holds codes alone."""

    def __init__(self) -> None:
        """Begin without a memory of what was sent."""
        self._sent: OrderedDict[tuple[UUID, UUID], tuple[int, int]] = OrderedDict()

    async def prepare(
        self, destination: UUID, messages: Sequence[Queued], now: datetime
    ) -> Mapping[UUID, Call | Skip]:
        """Write each message of the dossier as it stands now."""
        partner = await partners.by_id(destination)
        if partner is None or not partner.url:
            return {message.id: Skip("portal.no_address") for message in messages}
        codes = {message.subject for message in messages}
        steps = {message.subject for message in messages if message.topic == PROGRESS_TOPIC}
        courses = await courses_of(await repository.known(codes), steps)
        told = await repository.told(destination, codes)
        secrets = await partners.outbound_secrets(partner, now)
        prepared: dict[UUID, Call | Skip] = {}
        for message in messages:
            course = courses.get(message.subject)
            if course is None:
                prepared[message.id] = Skip("portal.no_dossier")
                continue
            body = self._body(partner, message, course, secrets, is_updating=message.subject in told)
            if body is None:
                prepared[message.id] = Skip("portal.nothing_to_tell")
                continue
            headers = {"Content-Type": "application/json; charset=utf-8"}
            headers |= signed(secrets, str(message.id), now, body) if secrets else {}
            prepared[message.id] = Call(url=partner.url, body=body, headers=headers)
        return prepared

    def _body(
        self, partner: Partner, message: Queued, course: Course, secrets: Sequence[str], *, is_updating: bool
    ) -> bytes | None:
        rows: tuple[Struct, ...]
        if message.topic == DOSSIER_TOPIC:
            fields = dossier_fields(course.known)
            service, rows = DOSSIERS, (fields,)
            self._remember(
                (partner.id, message.id), (int(fields.trang_thai_ho_so), course.known.status.value)
            )
        else:
            about = {UUID(event) for event in message.payload.get("events", ())}
            wanted: frozenset[object] = frozenset(
                about | ({None} if message.payload.get("delivery") else set())
            )
            service, rows, is_updating = PROGRESS, course.rows(wanted), True
            if not rows:
                return None
        settings = settings_of(partner.settings)
        session = secrets[0] if secrets and partner.kind is PartnerKind.PORTAL else ""
        return msgspec.json.encode(
            envelope(
                service,
                rows,
                session=session,
                madonvi=settings.madonvi or partner.organisation,
                is_updating=is_updating,
            )
        )

    def _remember(self, message: tuple[UUID, UUID], state: tuple[int, int]) -> None:
        self._sent[message] = state
        self._sent.move_to_end(message)
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)

    def judge(self, message: Queued, answer: Answered) -> Judgement:
        """Believe the code in the answer, not the status of HTTP; its text may hold anything and is not kept."""
        judged = super().judge(message, answer)
        if judged.outcome != "delivered":
            return judged
        try:
            said: object = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, RecursionError):
            said = None
        well, code = answered_well(said)
        return judged if well else Judgement(outcome="later", code=code.lower())

    async def settled(self, destination: UUID, ended: Sequence[Ended], now: datetime) -> None:
        """Note what the partner has acknowledged; of a portal, for the figures of synchronisation too (R32)."""
        states = {
            each.message.id: self._sent.pop((destination, each.message.id), None)
            for each in ended
            if each.message.topic == DOSSIER_TOPIC
        }
        done = [
            (each.message.subject, state[0])
            for each in ended
            if each.state == "done" and (state := states.get(each.message.id))
        ]
        if done:
            await repository.tell(destination, done, now)
        partner = await partners.by_id(destination)
        if partner is None or partner.kind is not PartnerKind.PORTAL:
            return
        receipts = [
            PortalReceipt(
                dossier=each.message.subject,
                status=state[1],
                accepted=each.state == "done",
                error=_code(each),
            )
            for each in ended
            if each.state != "skipped" and (state := states.get(each.message.id))
        ]
        if receipts:
            await reports.add_portal_receipts(receipts, f"partner:{partner.code}", now)


def _code(ended: Ended) -> str | None:
    if ended.state == "done":
        return None
    return (ended.judgement.code if ended.judgement else None) or "portal.unreached"
