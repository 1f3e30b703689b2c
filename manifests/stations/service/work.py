"""Work lists, made from what custody, manifests and trips say now."""

from collections.abc import Iterable
from datetime import datetime

from manifests.manifests import repository as manifests
from manifests.manifests.rules import Manifest, State
from manifests.stations import repository, rules
from manifests.stations.rules import Choice, Known, Overview, Work, WorkList
from manifests.trips import repository as trips
from manifests.trips.rules import TripState
from postal.errors import Forbidden, NotFound, Unprocessable
from postal.identity.rules import Actor
from shipments.custody import repository as custody
from shipments.pieces.rules import dossier_patterns

SHOWN = 100
ARRIVING = (State.SEALED, State.DISPATCHED, State.RECEIVING)


async def work_list(work: Work, code: str | None, *, actor: Actor, now: datetime) -> WorkList:
    """List what a station expects in a work; what it may not see is not found."""
    here = _here(actor)
    if (work in {Work.OPEN, Work.LOAD}) != (code is not None) and work is not Work.RECEIVE:
        raise Unprocessable(
            "station.code_needed" if code is None else "station.no_code",
            vi="Hãy quét mã túi hoặc mã chuyến thư" if code is None else "Việc này không theo một mã riêng",
            en="Scan the code of the bag or the trip" if code is None else "This work goes by no code",
            pointer="/code",
        )
    known = await repository.known(actor.sees)
    if work is Work.RECEIVE and code is not None:
        return rules.of_manifest(await _arriving(code, actor), known, here, now)
    if work is Work.OPEN and code is not None:
        if code not in await custody.visible([code], actor):
            raise NotFound("piece.not_found", vi="Không tìm thấy mã này", en="There is no such code")
        return rules.of_container(code, await custody.contents_of(code), known, here, now)
    if work is Work.LOAD and code is not None:
        trip = await trips.get(code, actor)
        return rules.of_trip(trip, await _going(actor), known, here, now)
    return rules.of_what_is_held(work, known, here, actor.sees, now)


async def overview(actor: Actor, now: datetime) -> Overview:
    """Tell a station who it is, what of it is missing here, and which works there are."""
    here, device = _here(actor), actor.device or ""
    shift = await repository.open_shift_of(device)
    known = await repository.known(actor.sees)
    return Overview(
        device=device,
        organisation=here,
        now=now,
        shift=shift[0] if shift else None,
        shift_opened_at=shift[1] if shift else None,
        epochs=await repository.epochs(device),
        works=tuple(await _choices(actor, known, now)),
        patterns=dossier_patterns(),
    )


async def _choices(actor: Actor, known: list[Known], now: datetime) -> Iterable[Choice]:
    here = _here(actor)
    choices = []
    for state in ARRIVING:
        for sees in sorted(actor.sees):
            found = await manifests.page_of(
                actor, state=state, giver=None, receiver=sees, after=None, limit=SHOWN
            )
            choices += [
                Choice(work=Work.RECEIVE, code=one.code, count=one.line_count, counterparty=one.giver)
                for one in found
            ]
    bags = [one for one in known if one.kind == "bag" and one.held and one.container is None]
    inside: dict[str, int] = {}
    for one in known:
        if one.container is not None:
            inside[one.container] = inside.get(one.container, 0) + 1
    choices += [Choice(work=Work.OPEN, code=bag.code, count=inside.get(bag.code, 0)) for bag in bags[:SHOWN]]
    for trip in await trips.page_of(actor, after=None, limit=SHOWN):
        if trip.state is TripState.OPEN and not trip.crew.isdisjoint(actor.sees):
            choices.append(
                Choice(
                    work=Work.LOAD, code=trip.code, count=len(trip.aboard()), counterparty=trip.destination
                )
            )
    for work in (Work.RECEIVE, Work.DELIVER, Work.COUNT):
        listed = rules.of_what_is_held(work, known, here, actor.sees, now)
        choices.append(Choice(work=work, code=None, count=len(listed.expected)))
    return choices


async def _arriving(code: str, actor: Actor) -> Manifest:
    manifest = await manifests.get(code, actor)
    if manifest.receiver not in actor.sees:
        raise Forbidden(
            "manifest.not_yours",
            vi="Việc này thuộc bên kia của bảng kê",
            en="That is for the other side of the manifest to do",
            manifest=code,
        )
    return manifest


async def _going(actor: Actor) -> list[Manifest]:
    codes = []
    for state in (State.SEALED, State.DISPATCHED):
        for sees in sorted(actor.sees):
            found = await manifests.page_of(
                actor, state=state, giver=sees, receiver=None, after=None, limit=SHOWN
            )
            codes += [one.code for one in found]
    return list((await manifests.find_many(codes)).values())


def _here(actor: Actor) -> str:
    if actor.device is None or actor.organisation is None:
        raise Forbidden(
            "identity.device_needed",
            vi="Chỉ máy quét đã đăng ký mới dùng được trạm quét",
            en="Only an enrolled device uses the scanning station",
        )
    return actor.organisation
