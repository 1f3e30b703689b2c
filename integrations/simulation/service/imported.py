"""Carry imported dossiers by post on a running system, through the public API and its simulated clock."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.simulation.rules.carriage import Carriage, Case, plan_carriage
from integrations.simulation.rules.network import OPERATOR
from integrations.simulation.rules.steps import Step
from integrations.simulation.service.client import Client, SimulationError
from integrations.simulation.service.comparing import compare
from integrations.simulation.service.playing import Player
from integrations.simulation.service.running import Outcome, Progress
from integrations.simulation.service.settling import ADMIN, CONTROL, KEY_ROLES

KINDS = {"clerk": "post_office", "desk": "desk", "specialist": "unit"}


async def plan_imported(client: Client, seed: int, zone: str) -> Carriage:
    """Plan the carriage of every dossier that came from a log.

    Raises:
        SimulationError: There is none, or the clock has passed the first of them.
    """
    now = datetime.fromisoformat((await client.get("/api/v1/clock", ADMIN))["now"])
    for name, role in ((ADMIN, "admin"), (CONTROL, "control")):
        # A key lives for a year, and logs span several.
        await client.need(_key(now, OPERATOR, [role], name=name))
    listed = await client.pages("/api/v1/dossiers", CONTROL, limit=200)
    cases = [_case(one) for one in listed if one["source"] and one["office"]]
    if not cases:
        msg = "no imported dossiers; run: postal import case-log FILE --profile NAME"
        raise SimulationError(msg)
    carriage = plan_carriage(cases, seed, ZoneInfo(zone))
    if now > carriage.begins:
        msg = (
            f"the clock stands at {now.date()}, after the first dossier; start a new system with:"
            f" postal up --clock simulated --clock-start {carriage.begins.date()}"
        )
        raise SimulationError(msg)
    return carriage


def _case(one: dict[str, Any]) -> Case:
    ended = one["completed_at"]
    return Case(
        code=one["code"],
        office=one["office"],
        desk=one["desk"],
        authority=one["authority"],
        started=datetime.fromisoformat(one["received_at"] or one["registered_at"]),
        ended=datetime.fromisoformat(ended) if ended else None,
    )


async def carry_imported(
    client: Client, carriage: Carriage, progress: Progress = lambda _, __: None
) -> Outcome:
    """Enrol whoever carries, carry everything, and ask the system what became of it."""
    client.names.update(carriage.names)
    await client.move_clock(carriage.begins, ADMIN)
    for step in _enrolment(carriage):
        await client.need(step)
    played = await Player(client, on_instant=progress).play(carriage.steps)
    await client.move_clock(carriage.ends, ADMIN)
    return Outcome(played=played, subjects=await compare(client, carriage.truth, carriage.ends))


def _enrolment(carriage: Carriage) -> list[Step]:
    steps = [
        _key(carriage.begins, organisation, KEY_ROLES[KINDS[role]])
        for organisation, role in carriage.organisations.items()
    ]
    for device, organisation in carriage.devices:
        role = carriage.organisations[organisation]
        assignment = {"role": role, "organisation": organisation}
        person = {"code": device.upper(), "name": "Nhân viên mô phỏng", "assignments": [assignment]}
        steps.append(_step(carriage.begins, "/api/v1/people", person))
        steps.append(
            _step(carriage.begins, "/api/v1/devices", {"code": device, "organisation": organisation})
        )
        saves = ((f"invitation:{device}", "code"),)
        steps.append(
            _step(carriage.begins, f"/api/v1/devices/{device}/enrolment", None, saves=saves, secret=True)
        )
        body = {"code": f"@invitation:{device}"}
        key = f"@key:{organisation}"
        saves = ((f"key:{device}", "secret"),)
        steps.append(_step(carriage.begins, "/api/v1/enrolments", body, key=key, saves=saves, secret=True))
    return steps


def _key(at: datetime, organisation: str, roles: list[str], name: str | None = None) -> Step:
    body = {"organisation": organisation, "roles": roles, "expires_at": "2099-01-01T00:00:00Z"}
    saves = (((name or f"@key:{organisation}")[1:], "secret"),)
    return _step(at, "/api/v1/keys", body, saves=saves, secret=True)


def _step(
    at: datetime,
    path: str,
    body: Any,
    *,
    key: str = ADMIN,
    saves: tuple[tuple[str, str], ...] = (),
    secret: bool = False,
) -> Step:
    return Step(
        at=at,
        lane="enrolment",
        key=key,
        method="POST",
        path=path,
        body=body,
        saves=saves,
        secret=secret,
    )
