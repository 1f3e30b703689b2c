"""The bodies of the requests by which offices and desks write to the system."""

from datetime import datetime
from random import Random
from typing import Any

from integrations.simulation.rules.hours import HANOI, iso
from integrations.simulation.rules.journey import Journey
from integrations.simulation.rules.network import PLACES, invented_name


def registration(journey: Journey, rng: Random) -> dict[str, Any]:
    """Register a dossier: its procedure, its applicant, its papers."""
    return {
        "code": dossier_code(journey),
        "procedure": journey.procedure.code,
        "desk": journey.desk,
        "authority": journey.unit,
        "office": journey.office,
        "service_mode": "both",
        "applicant": {
            "name": invented_name(rng),
            "phone": f"0900{rng.randrange(10**6):06}",
            "address": f"Thôn {rng.randint(1, 12)}, {rng.choice(PLACES)}",
        },
        "lines": [
            {"name": "Đơn đề nghị", "form": "original", "copies": 1, "sheets": 2},
            {"name": "Giấy tờ kèm theo", "form": "copy", "copies": rng.randint(1, 3), "sheets": 3},
        ],
    }


def dossier_code(journey: Journey) -> str:
    """Give the code that the desk's series allots to a dossier; its digits do not tell how many there are."""
    day = journey.accept_at.astimezone(HANOI).strftime("%Y%m%d")
    return f"{journey.desk}-{day}-{journey.number * 7919 % 10_000_000:07}"


def apology(later: datetime) -> dict[str, Any]:
    """Draft a letter of apology with its new date."""
    return {"reason": "WORKLOAD", "due_new": iso(later)}


def item(paper: str, destination: str) -> dict[str, Any]:
    """Put a paper into a new postal item."""
    return {"pieces": [paper], "destination": destination}


def case_event(kind: str, occurred_at: datetime, **body: Any) -> dict[str, Any]:
    """State one thing that happened to a case."""
    return {"kind": kind, "occurred_at": iso(occurred_at), **body}
