"""What judging an incident or a claim needs: the piece with its history, its way, and the law that held for it."""

from datetime import datetime

from msgspec import Struct

from manifests.incidents.rules import Answering, Fare, Journey, answering, fare_of, journey_of, paid_fare
from postal.calendars.repository import working_time
from postal.calendars.rules import WorkingTime
from postal.identity.rules import Actor
from postal.law import repository as law
from postal.law.rules import Constants, Zone, zone_between
from postal.network import repository as network
from postal.network.rules import local_day
from postal.network.service import DEFAULT_CALENDAR
from shipments.custody.rules import CITIZEN, Custody
from shipments.custody.service import piece_history
from shipments.dossiers.repository import find_many as find_dossiers
from shipments.fees.repository import entries_of_dossier
from shipments.pieces.rules import Piece, PieceKind


class Facts(Struct, frozen=True):
    """A piece as incidents and claims judge it, with what is in it; the law is that of the day of its acceptance."""

    piece: Piece
    custody: Custody
    contents: tuple[str, ...]
    journey: Journey
    constants: Constants
    time: WorkingTime
    fare: Fare | None

    def answering(self, until: datetime | None = None) -> Answering:
        """Name the last confirmed holder, up to an instant."""
        return answering(self.custody, until)


async def facts_of(code: str, *, actor: Actor, now: datetime) -> Facts:
    """Gather the facts about a piece that the actor sees.

    Raises:
        NotFound: There is no such piece, or the actor may not see it.
    """
    piece, custody, contents = await piece_history(code, actor=actor)
    zone = await _zone(piece)
    time = await working_time(DEFAULT_CALENDAR)
    journey = journey_of(piece, custody, zone, await law.all_transit_limits(), time, local_day(now))
    constants = await law.constants_at(journey.accepted_on or local_day(now))
    fare = await _fare(piece) or fare_of(zone, constants)
    return Facts(piece, custody, tuple(contents), journey, constants, time, fare)


async def _fare(piece: Piece) -> Fare | None:
    """Give what was paid for the way of a piece; what carries several dossiers has no one fare."""
    dossiers = piece.dossiers or ((piece.code,) if piece.kind is PieceKind.DOSSIER else ())
    return paid_fare(await entries_of_dossier(dossiers[0])) if len(dossiers) == 1 else None


async def _zone(piece: Piece) -> Zone | None:
    """Tell between which places a piece goes; to citizens it goes by the post office of its dossier."""
    ends = [piece.origin, piece.destination]
    if piece.destination == CITIZEN:
        dossiers = await find_dossiers(piece.dossiers)
        offices = {each.office for each in dossiers.values() if each.office}
        ends[1] = offices.pop() if len(offices) == 1 else CITIZEN
    known = await network.find_many([end for end in ends if end != CITIZEN])
    places = [
        (known[end].province_code, known[end].unit_code)
        for end in ends
        if end in known and known[end].province_code and known[end].unit_code
    ]
    if len(places) < len(ends):
        return None
    (province, unit), (other_province, other_unit) = places
    return zone_between((str(province), str(unit)), (str(other_province), str(other_unit)))
