"""What is stated when a dossier is registered, and the dossier read back from its rows."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from postal.errors import Forbidden, Unprocessable
from postal.ledger.rules import Row
from shipments.dossiers.rules.case import CaseEvent, events_of, fold
from shipments.dossiers.rules.dossier import Applicant, Channel, Consent, Dossier, Line, ServiceMode
from shipments.dossiers.rules.moves import CaseKind
from shipments.pieces.rules import PieceKind, Registration, is_dossier_code

DOSSIERS_A_DAY = 10_000_000


class Registering(Struct, frozen=True, kw_only=True):
    """A dossier to be registered. Without a code one is chosen; ids are stated by imports alone."""

    procedure: str
    authority: str
    desk: str
    office: str | None
    service_mode: ServiceMode
    code: str | None = None
    applicant: Applicant | None = None
    lines: tuple[Line, ...] = ()
    registered_at: datetime | None = None
    procedure_version: int | None = None
    id: UUID | None = None
    piece_id: UUID | None = None
    channel: Channel | None = None
    consent: Consent | None = None


def own_code(raw: str, on: date) -> str:
    """Give an agency's own code verbatim, or raise; it is never repaired."""
    if not is_dossier_code(raw, on):
        raise Unprocessable(
            "dossier.code_pattern",
            vi="Mã hồ sơ không đúng mẫu đang có hiệu lực (viết hoa, không dấu cách)",
            en="The code matches no pattern in force (upper case, no spaces)",
            pointer="/code",
        )
    return raw


def allotted_code(authority: str, day: date, serial: int) -> str:
    """Write a chosen code in the form of 2026: agency, date, seven digits."""
    return f"{authority}-{day:%Y%m%d}-{serial:07d}"


def refuse_stranger(registering: Registering, organisation: str | None, sees: frozenset[str]) -> None:
    """Raise unless the registering organisation is the office, the desk or the authority of the dossier."""
    parties = {registering.office, registering.desk, registering.authority}
    if organisation is None or not parties & (sees | {organisation}):
        raise Forbidden(
            "dossier.not_party",
            vi="Chỉ bưu cục, Bộ phận Một cửa hoặc cơ quan của hồ sơ được đăng ký",
            en="Only the office, the desk or the authority of a dossier may register it",
        )


def refuse_without_office(registering: Registering) -> None:
    """Raise when the post is to carry the dossier in and no office takes it."""
    if registering.service_mode is not ServiceMode.RETURN and registering.office is None:
        raise Unprocessable(
            "dossier.office_missing",
            vi="Gửi hồ sơ qua bưu chính phải nêu bưu cục chấp nhận",
            en="A dossier that goes in by post needs its accepting office",
            pointer="/office",
        )


def refuse_other_channel(registering: Registering) -> None:
    """Raise when it is said to come by post and the post does not bring it, or the other way round."""
    by_post = registering.service_mode is not ServiceMode.RETURN
    if registering.channel is not None and (registering.channel is Channel.POST) is not by_post:
        raise Unprocessable(
            "dossier.channel",
            vi="Cách nộp không khớp với hình thức phục vụ: gửi hồ sơ qua bưu chính thì cách nộp là bưu chính",
            en="The channel does not fit the service: a dossier that the post brings comes by post",
            pointer="/channel",
        )


def piece_registration(registering: Registering, code: str) -> Registration:
    """Give the registration of the dossier as a piece: on its way in from the office, or at the desk already."""
    inbound = registering.service_mode is not ServiceMode.RETURN
    return Registration(
        code=code,
        kind=PieceKind.DOSSIER,
        origin=(registering.office or registering.desk) if inbound else registering.desk,
        destination=registering.desk,
        authority=registering.authority,
        direction="inbound" if inbound else None,
        service=registering.service_mode.value,
    )


def registered_body(
    registering: Registering, version: int | None, applicant: str | None, documents: str | None
) -> dict[str, Any]:
    """Give the body of the `registered` event; people appear in it as commitments only."""
    body = {
        "procedure": registering.procedure,
        "version": version,
        "authority": registering.authority,
        "desk": registering.desk,
        "office": registering.office,
        "service_mode": registering.service_mode.value,
        "channel": registering.channel.value if registering.channel else None,
        "consent": registering.consent.value if registering.consent else None,
        "applicant": applicant,
        "documents": documents,
        "lines": len(registering.lines),
        "originals": sum(line.copies for line in registering.lines if line.must_return),
    }
    return {name: value for name, value in body.items() if value is not None}


def dossier_from(code: str, rows: Iterable[Row]) -> Dossier | None:
    """Read a dossier from its ledger rows; None before its registration is known."""
    rows = tuple(rows)
    events = events_of(code, rows)
    registrations = [event for event in events if event.kind is CaseKind.REGISTERED]
    if not registrations:
        return None
    first = min(registrations, key=lambda event: (event.at, event.id))
    case = fold(events)
    body = first.body
    return Dossier(
        code=code,
        procedure=body["procedure"],
        procedure_version=body.get("version"),
        authority=body["authority"],
        desk=body["desk"],
        office=body.get("office"),
        service_mode=ServiceMode(body["service_mode"]),
        registered_at=first.at,
        registered_by=first.organisation,
        status=case.status,
        due_first=case.due_first,
        due_now=case.due_now,
        received_at=case.received_at,
        completed_at=case.completed_at,
        result_at_desk_at=case.result_at_desk_at,
        ended_at=case.ended_at,
        closed_at=case.closed_at,
        withdrawn=case.withdrawn,
        unit=case.unit,
        supplements=case.supplements,
        extensions=case.extensions,
        flags=tuple(sorted({flag.code for flag in case.flags})),
        source=_source(first, rows),
        channel=Channel(body["channel"]) if "channel" in body else None,
        consent=Consent(body["consent"]) if "consent" in body else None,
    )


def _source(first: CaseEvent, rows: Iterable[Row]) -> str | None:
    return next((row.content.source for row in rows if row.content.id == first.id), None)
