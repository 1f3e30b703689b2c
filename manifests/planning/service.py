"""Making drafts from what waits, and letting a draft go but for some of its pieces."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from manifests.manifests import repository as manifests
from manifests.manifests import service as drafting
from manifests.manifests.rules import Action, Manifest, draft_of
from manifests.planning import repository
from manifests.planning.rules import (
    EXCEPTED,
    POST,
    Capacity,
    Departures,
    Exempted,
    Group,
    Left,
    Planned,
    Ready,
    Waiting,
    bound_for,
    departures,
    judge,
    next_party,
    plan,
    rank,
    why_left,
)
from postal.calendars.repository import working_times
from postal.calendars.rules import Limit, Unit, WorkingTime, due_of
from postal.db import unit_of_work
from postal.errors import BadInput, Conflict, Forbidden, Unprocessable
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.law.rules import Constants, Reason, TransitLimit, Zone, in_force, zone_between
from postal.ledger.rules import Stream
from postal.ledger.service import authored, record
from postal.network import repository as network
from postal.network.rules import Organisation, local_day
from postal.network.service import DEFAULT_CALENDAR
from shipments.pieces.rules import Refusal, normalise

MOST_PIECES = 20_000
MOST_LINES = 5_000


class _Terms(Struct, frozen=True):
    """What limits are judged by: places, dated rules, calendars."""

    organisations: Mapping[str, Organisation]
    constants: Constants
    standards: Sequence[TransitLimit]
    times: Mapping[str, WorkingTime]


async def waiting(
    *, giver: str | None, receiver: str | None, cut_off: datetime | None, actor: Actor, now: datetime
) -> tuple[str, Departures, list[Ready]]:
    """Tell what waits at a giver, for whom and how urgent, the most urgent first."""
    giver = _own(giver, actor)
    kinds = await _parties(giver, receiver, None)
    leaving, ready = await _judged(giver, receiver, kinds, cut_off, now)
    return giver, leaving, sorted(ready, key=rank)


async def make_drafts(
    *,
    giver: str | None,
    receiver: str | None,
    carrier: str | None,
    route: str | None = None,
    cut_off: datetime | None,
    capacity: Capacity,
    actor: Actor,
    now: datetime,
) -> tuple[list[Manifest], Planned]:
    """Make drafts of what waits at a giver, the most urgent first; gives them, and what goes and what stays and why.

    Two planners at once share the pieces between them: whoever puts a piece on a draft first has it.
    """
    giver = _own(giver, actor)
    kinds = await _parties(giver, receiver, carrier)
    _, ready = await _judged(giver, receiver, kinds, cut_off, now)
    lines = min(capacity.lines or MOST_LINES, MOST_LINES)
    planned = plan(ready, Capacity(items=capacity.items, bags=capacity.bags, lines=lines))
    codes = []
    for group in planned.groups:
        draft = draft_of(
            giver=giver,
            receiver=group.receiver,
            carrier=carrier,
            route=route,
            cut_off=cut_off,
            note=None,
            created_at=now,
        )
        # One unit of work a draft: pieces are locked in their order, which differs from draft to draft.
        async with unit_of_work():
            if code := await _draft(draft, group):
                codes.append(code)
    made = await manifests.find_many(codes)
    return [made[code] for code in codes], planned


async def seal_and_dispatch(
    code: str, exceptions: Sequence[tuple[str, str]], *, actor: Actor, now: datetime
) -> tuple[Manifest, list[Exempted]]:
    """Let a draft go but for some of its pieces, each with the code of a reason: one unit of work.

    The exceptions come off the list before it is sealed and are kept as records; they wait again at once.
    """
    manifest = await manifests.get(code, actor)
    drafting.require(Action.SEAL, manifest, actor)
    left_off = _left_off(exceptions)
    await _refuse_unknown_reasons(left_off, now)
    async with unit_of_work():
        await drafting.hold(manifest)
        manifest = await manifests.get(code, actor)
        drafting.require(Action.SEAL, manifest, actor)
        _refuse_unlisted(left_off, manifest)
        if left_off:
            await _take_off(manifest, left_off, actor, now)
        await drafting.seal_held(code, actor=actor, now=now)
        gone = await drafting.dispatch_held(code, actor=actor, now=now)
        return gone, await repository.exempted_of(code)


async def exempted_of(code: str, actor: Actor) -> list[Exempted]:
    """Tell what was left out of a manifest that the actor is a party of."""
    await manifests.get(code, actor)
    return await repository.exempted_of(code)


async def _take_off(manifest: Manifest, left_off: Mapping[str, str], actor: Actor, now: datetime) -> None:
    kept = [piece for piece in manifest.pieces if piece not in left_off]
    if not kept:
        raise Conflict(
            "manifest.all_excepted",
            vi="Không còn dòng nào sau khi trừ; hãy hủy bảng kê",
            en="Nothing would be left on the list; cancel the manifest instead",
            manifest=manifest.code,
        )
    await manifests.put_lines(manifest.code, kept)
    await record(
        [
            # Under the piece and not as a subject of the manifest, or its dispatch would offer the piece all the same.
            authored(
                stream=Stream.RECORD,
                kind=EXCEPTED,
                code=piece,
                occurred_at=now,
                now=now,
                actor_organisation=manifest.giver,
                person=actor.person,
                body={"manifest": manifest.code, "reason": reason},
            )
            for piece, reason in sorted(left_off.items())
        ]
    )


def _left_off(exceptions: Sequence[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for index, (typed, reason) in enumerate(exceptions):
        piece = normalise(typed)
        if isinstance(piece, Refusal):
            raise BadInput(
                "manifest.piece_code", vi=piece.vi, en=piece.en, pointer=f"/except/{index}", piece=typed
            )
        if piece in found:
            raise BadInput(
                "manifest.exception_twice",
                vi=f"{piece} được trừ hai lần",
                en=f"{piece} is left off twice",
                pointer=f"/except/{index}",
                piece=piece,
            )
        found[piece] = reason
    return found


def _refuse_unlisted(left_off: Mapping[str, str], manifest: Manifest) -> None:
    listed = set(manifest.pieces)
    for index, piece in enumerate(left_off):
        if piece not in listed:
            raise Unprocessable(
                "manifest.exception_not_listed",
                vi=f"{piece} không có trong bảng kê nháp này",
                en=f"{piece} is not on this draft",
                pointer=f"/except/{index}/piece",
                piece=piece,
                manifest=manifest.code,
            )


async def _refuse_unknown_reasons(left_off: Mapping[str, str], now: datetime) -> None:
    if not left_off:
        return
    allowed = [each.code for each in await reasons(now)]
    for index, reason in enumerate(left_off.values()):
        if reason not in allowed:
            raise Unprocessable(
                "manifest.exception_reason",
                vi=f"Không có mã lý do {reason} để trừ khỏi bảng kê",
                en=f"{reason} is no reason for leaving a piece off",
                pointer=f"/except/{index}/reason",
                reasons=allowed,
            )


async def reasons(now: datetime) -> list[Reason]:
    """List the reasons in force for leaving a piece off."""
    return [each for each in await law.reasons_at(local_day(now)) if each.applies_to in {"except", "any"}]


async def _judged(
    giver: str,
    receiver: str | None,
    kinds: Mapping[str, Organisation],
    cut_off: datetime | None,
    now: datetime,
) -> tuple[Departures, list[Ready]]:
    found = await repository.waiting_at(giver, MOST_PIECES)
    terms = await _terms(found, giver, kinds, now)
    giver_kind = kinds[giver].kind if giver in kinds else None
    receiver_kind = kinds[receiver].kind if receiver else None
    calendar = kinds[giver].calendar if giver in kinds else DEFAULT_CALENDAR
    leaving = departures(now, cut_off, terms.times[calendar])
    # Few pairs of places and days stand behind many pieces.
    transit: dict[tuple[str, str, date], datetime | None] = {}
    ready = []
    for piece in found:
        party = next_party(piece, giver, giver_kind, receiver, receiver_kind)
        due = None
        if giver_kind in POST and piece.accepted_at is not None and piece.due is None:
            key = (piece.origin, bound_for(piece), local_day(piece.accepted_at))
            if key not in transit:
                transit[key] = _transit_due(key, piece.accepted_at, terms)
            due = transit[key]
        ready.append(
            judge(
                piece,
                receiver=party,
                left=None if party else why_left(piece, giver, receiver),
                transit_due=due,
                travel=_travel(giver, party, terms),
                leaving=leaving,
            )
        )
    return leaving, ready


async def _terms(
    found: Sequence[Waiting], giver: str, kinds: Mapping[str, Organisation], now: datetime
) -> _Terms:
    named = {code for piece in found for code in (piece.origin, piece.destination, piece.home, piece.office)}
    organisations = {**await network.find_many({code for code in named if code}), **kinds}
    standards = await law.all_transit_limits()
    calendars = {DEFAULT_CALENDAR, *(each.calendar for each in standards)}
    if giver in organisations:
        calendars.add(organisations[giver].calendar)
    return _Terms(
        organisations,
        await law.constants_at(local_day(now)),
        standards,
        await working_times(calendars),
    )


def _zone(first: str | None, second: str | None, terms: _Terms) -> Zone | None:
    ends = [terms.organisations.get(code) if code else None for code in (first, second)]
    places = [
        (end.province_code, end.unit_code) for end in ends if end and end.province_code and end.unit_code
    ]
    if len(places) < len(ends):
        return None
    return zone_between(places[0], places[1])


def _travel(giver: str, receiver: str | None, terms: _Terms) -> timedelta:
    """Give the time that a leg takes in planning; none where the places are not known."""
    zone = _zone(giver, receiver, terms)
    known = terms.constants.find(f"planning.travel_hours.{zone}") if zone else None
    return timedelta(hours=int(known.value)) if known else timedelta(0)


def _transit_due(key: tuple[str, str, date], accepted_at: datetime, terms: _Terms) -> datetime | None:
    """Give the end of the transit time of a piece for which no clock runs yet."""
    origin, destination, day = key
    zone = _zone(origin, destination, terms)
    for standard in in_force(terms.standards, day):
        if standard.zone is zone and not standard.with_slip:
            return due_of(
                terms.times[standard.calendar], accepted_at, Limit(standard.days, Unit.WORKING_DAYS)
            )
    return None


def _own(giver: str | None, actor: Actor) -> str:
    giver = giver or actor.organisation
    if giver is None or giver not in actor.sees:
        raise Forbidden(
            "manifest.not_giver", vi="Chỉ bên giao lập được bảng kê", en="Only the giver makes a manifest"
        )
    return giver


async def _parties(giver: str, receiver: str | None, carrier: str | None) -> dict[str, Organisation]:
    kinds = await network.find_many({one for one in (giver, receiver, carrier) if one})
    for pointer, code in (("/receiver", receiver), ("/carrier", carrier)):
        if code is not None and code not in kinds:
            raise Unprocessable(
                "manifest.party_unknown",
                vi=f"Không có đơn vị {code}",
                en=f"There is no organisation {code}",
                pointer=pointer,
            )
    return kinds


async def _draft(draft: Manifest, group: Group) -> str | None:
    added = await drafting.add(draft)
    taken = await manifests.put_lines(added.code, group.codes)
    if taken:
        free = [piece for piece in group.codes if piece not in taken]
        await manifests.put_lines(added.code, free)
        if not free:
            await manifests.drop_draft(added.code)
            return None
    return added.code


def stays(planned: Planned) -> int:
    """Count what stays although it is bound for elsewhere."""
    return sum(piece.left is not Left.AT_DESTINATION for piece in planned.left)
