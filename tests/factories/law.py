"""Rules for tests, without a database."""

from datetime import date

from postal.calendars.rules import Convention, Limit, Unit, WorkingTime
from postal.law.rules import Constant, Constants, Procedure, Status, TransitLimit, Zone
from shipments.clocks.rules import Terms
from tests.factories.calendars import administrative

VALUES = {
    "intake.cutoff_hour": 15,
    "intake.supplement_notice_days": 3,
    "intake.next_morning_minutes": 60,
    "supplement.max": 1,
    "clock.t0_reading": "slip",
    "pickup.wait_days": 1,
    "clock.near_due_percent": 20,
    "lead_time.target_days": 15,
}


def constants(**changed) -> Constants:
    """Constants as configured, with some changed; one that is None is left out."""
    values = VALUES | {name.replace("__", "."): value for name, value in changed.items()}
    return Constants(
        {
            name: Constant(
                name=name,
                value=value,
                valid_from=date(1990, 1, 1),
                valid_to=None,
                citation="test",
                status=Status.TEST,
            )
            for name, value in values.items()
            if value is not None
        }
    )


def procedure(limit=(3, "ngay_lam_viec"), convention="end_of_day", reading=None, **changed) -> Procedure:
    """A procedure that the post may carry both ways."""
    fields = {
        "code": "1.004873",
        "version": 1,
        "name_vi": "Thủ tục",
        "name_en": "Procedure",
        "limit": Limit(limit[0], Unit(limit[1])),
        "convention": Convention(convention),
        "calendar": "VN-HC",
        "t0_reading": reading,
        "eligible_submit": True,
        "eligible_return": True,
        "requires_presence": False,
        "state_secret": False,
        "territory_free": False,
        "fee": 0,
        "valid_from": date(1990, 1, 1),
        "valid_to": None,
        "citation": "test",
        "status": Status.TEST,
    }
    return Procedure(**(fields | changed))


def standard(zone: Zone, days: int) -> TransitLimit:
    """J + n of a scope."""
    return TransitLimit(
        zone=zone,
        with_slip=False,
        days=days,
        calendar="VN-HC",
        valid_from=date(2017, 8, 15),
        valid_to=None,
        citation="TT 17/2017/TT-BTTTT Đ7",
        status=Status.FOUND,
    )


_DEFAULT = procedure()


def terms(
    procedure: Procedure | None = _DEFAULT,
    working: WorkingTime | None = None,
    inbound: TransitLimit | None = None,
    outbound: TransitLimit | None = None,
    on: date | None = None,
    supplements: int | None = 1,
) -> Terms:
    """The rules for one dossier."""
    return Terms(
        procedure=procedure,
        constants=constants(supplement__max=supplements),
        working=working or administrative(),
        inbound=inbound,
        outbound=outbound,
        transit=administrative(),
    )
