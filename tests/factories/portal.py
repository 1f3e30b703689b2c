"""Dossiers as the portal's fields know them, and rows of other systems."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

from integrations.portal.rules import Known, KnownFee, KnownSupplement
from shipments.dossiers.rules import Applicant, CaseEvent, CaseKind, Line, ServiceMode, Status

VIETNAM = timezone(timedelta(hours=7))
CODE = "H57.01-20261123-0000001"


def at(text: str) -> datetime:
    """Read an instant of Vietnam."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM).astimezone(UTC)


def a_known(**different) -> Known:
    """Describe a dossier that was just registered for both ways, with what is different."""
    values = {
        "code": CODE,
        "procedure": "1.004873",
        "procedure_name": "Cấp lại giấy phép",
        "service_mode": ServiceMode.BOTH,
        "channel": None,
        "status": Status.REGISTERED,
        "registered_at": at("2026-11-23T08:00:00"),
        "received_at": None,
        "due": None,
        "completed_at": None,
        "ended_at": None,
        "closed_at": None,
        "unit_name": "Sở Xây dựng",
        "office_name": "Bưu cục Huế",
        "applicant": Applicant(
            name='Nguyễn Thị "Hằng"',
            phone="0912 345 678",
            email="hang@example.vn",
            identity_type="cccd",
            identity_number="046090001234",
        ),
        "lines": (
            Line(number=1, name="Giấy phép cũ", form="original", to_return=True),
            Line(number=2, name="Tờ khai", form="copy", copies=2),
            Line(number=3, name="Ảnh chụp", form="electronic"),
        ),
    }
    return Known(**values | different)


RECEIVED = {
    "status": Status.RECEIVED,
    "received_at": at("2026-11-23T10:00:00"),
    "due": at("2026-11-30T17:00:00"),
}
DONE = RECEIVED | {"completed_at": at("2026-11-27T16:00:00"), "ended_at": at("2026-11-27T16:00:00")}
ASKED = KnownSupplement(
    row=UUID("019ac000-0000-7000-8000-000000000001"),
    at=at("2026-11-24T09:00:00"),
    answered_at=None,
    reason=None,
    papers=(("Bản vẽ", "000.00.00.G09-KQ002269"),),
)
PAID = KnownFee(line="fee", at=at("2026-11-23T08:30:00"), amount=150_000, online=False)

CASES: dict[str, Known] = {
    "new": a_known(),
    "new-from-the-desk": a_known(service_mode=ServiceMode.RETURN, applicant=None, lines=()),
    "received": a_known(**RECEIVED, fees=(PAID,)),
    "supplement": a_known(**RECEIVED | {"status": Status.SUPPLEMENT}, supplements=(ASKED,)),
    "financial-duty": a_known(**RECEIVED | {"status": Status.FEE}),
    "extension": a_known(**RECEIVED | {"status": Status.PROCESSING, "due": at("2026-12-04T17:00:00")}),
    "completed-by-post": a_known(**DONE | {"status": Status.DONE}, delivered_at=at("2026-11-28T09:12:34")),
    "returned": a_known(
        **DONE | {"status": Status.RETURNED, "closed_at": at("2026-11-29T09:00:00")}, came_back=True
    ),
    "withdrawn": a_known(**RECEIVED | {"status": Status.WITHDRAWAL, "ended_at": at("2026-11-25T09:00:00")}),
    "rejected": a_known(status=Status.REJECTED, ended_at=at("2026-11-23T11:00:00")),
    "stopped": a_known(**RECEIVED | {"status": Status.STOPPED, "ended_at": at("2026-11-26T09:00:00")}),
}


def events(*kinds: tuple[str, str] | tuple[str, str, dict]) -> list[CaseEvent]:
    """Make events of a case, each of a kind, an instant of Vietnam and what it says besides."""
    return [
        CaseEvent(
            id=UUID(int=(7 << 76) | (2 << 62) | number),
            kind=CaseKind(kind),
            at=at(when),
            organisation="MC-HUE",
            body=body[0] if body else {},
        )
        for number, (kind, when, *body) in enumerate(kinds, 1)
    ]


_BEGUN = (
    ("registered", "2026-11-23T08:00:00"),
    ("received", "2026-11-23T10:00:00", {"due": "2026-11-30T10:00:00+00:00"}),
)
HISTORIES = {
    "new": events(_BEGUN[0]),
    "supplement": events(
        *_BEGUN,
        ("supplement_requested", "2026-11-24T09:00:00", {"items": [1]}),
        ("supplemented", "2026-11-25T09:00:00", {"due": "2026-12-01T10:00:00+00:00"}),
    ),
    "financial-duty": events(
        *_BEGUN,
        ("step_done", "2026-11-24T09:00:00"),
        ("fee_due", "2026-11-25T09:00:00"),
        ("fee_paid", "2026-11-26T09:00:00"),
    ),
    "extension": events(
        *_BEGUN,
        ("transferred", "2026-11-24T09:00:00", {"unit": "H57.01.02"}),
        ("extended", "2026-11-27T09:00:00", {"due": "2026-12-04T10:00:00+00:00", "apology": "12/XL"}),
    ),
    "completed-by-post": events(
        *_BEGUN,
        ("step_done", "2026-11-24T09:00:00"),
        ("completed", "2026-11-27T16:00:00"),
        ("result_at_desk", "2026-11-27T17:00:00"),
    ),
    "withdrawn": events(
        *_BEGUN, ("withdrawal_requested", "2026-11-24T09:00:00"), ("withdrawn", "2026-11-25T09:00:00")
    ),
    "rejected": events(_BEGUN[0], ("rejected", "2026-11-23T11:00:00")),
    "stopped": events(*_BEGUN, ("stopped", "2026-11-26T09:00:00")),
}
