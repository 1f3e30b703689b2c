"""The demo: the whole system on this machine, a working week lived through, and then it stays up."""

import secrets
from datetime import datetime
from pathlib import Path

import msgspec
from rich.console import Console

from integrations.simulation.rules.world import World, build_world
from integrations.simulation.service.client import Client
from integrations.simulation.service.record import Record
from integrations.simulation.service.reporting import close_month, pages_of, reports_of
from integrations.simulation.service.running import Outcome, run_world
from integrations.simulation.service.showing import (
    Showcase,
    SignIn,
    progress_bar,
    show_case,
    show_outcome,
    summary_of,
)
from postal import db
from postal.config import Settings
from postal.identity import service as identity
from postal.identity.rules import Role
from postal.network import service as network
from postal.network.rules import OPERATOR
from postal.supervision import System


async def demo(settings: Settings, *, size: str, seed: int, once: bool, terminal: Console) -> bool:
    """Start everything, live through the week unless this folder's week is over, and stay up.

    Tells whether all went well.
    """
    world = build_world(seed, size)
    finished = settings.folder / "demo.json"
    started = [terminal.status("…")]
    started[0].start()

    def tell(step: str) -> None:
        started[0].update(step)

    well = True
    try:
        async with System(settings, clock_start=world.opens, progress=tell) as system:
            started[0].stop()
            terminal.print(f"Hệ thống đang chạy / the system runs: {system.url}", highlight=False)
            if finished.exists():
                showcase = msgspec.json.decode(finished.read_bytes(), type=Showcase)
            else:
                outcome, showcase = await _live(system, world, settings.folder, terminal)
                show_outcome(terminal, outcome)
                well = outcome.agrees
                _keep(finished, msgspec.json.encode(showcase))
            show_case(terminal, showcase, system.url)
            if not once:
                terminal.print("Ctrl-C để dừng / to stop")
                await system.wait()
    finally:
        started[0].stop()
    return well


async def _live(system: System, world: World, folder: Path, terminal: Console) -> tuple[Outcome, Showcase]:
    record = Record(folder / "demo.names")
    known = record.read()
    key = known.get("key:admin") or await _admin_key(system.settings, world.opens)
    sign_ins = _sign_ins(world, known)
    client = Client.to(system.url, key)
    if not known:
        record.add({"key:admin": key} | {f"password:{one.login}": one.password for one in sign_ins})
    passwords = {one.login: one.password for one in sign_ins}
    try:
        with progress_bar(terminal, len(world.steps)) as progress:
            outcome = await run_world(client, world, passwords=passwords, record=record, progress=progress)
        outcome.played.refusals.extend(await close_month(client, world))
        reports = await reports_of(client, world.ends)
        highlights = world.truth.highlights
        codes = {state: client.resolve(name) for state, name in highlights.items()}
        showcase = Showcase(
            sign_ins=sign_ins,
            key=client.names["key:control"],
            codes=codes,
            summary=summary_of(outcome),
            reports=reports,
            pages=await pages_of(client, reports),
        )
    finally:
        await client.close()
    return outcome, showcase


async def _admin_key(settings: Settings, now: datetime) -> str:
    """Make the first key of all, as whoever runs the machine may."""
    await db.start(settings.database)
    try:
        await network.seed_operator()
        return await identity.create_key(OPERATOR, [Role.ADMIN], now)
    finally:
        await db.stop()


def _sign_ins(world: World, known: dict[str, str]) -> list[SignIn]:
    """Choose one person of each role and give each a password."""
    chosen: dict[str, SignIn] = {}
    for person in world.network.people:
        if person.role not in chosen:
            chosen[person.role] = SignIn(
                role=person.role,
                name=person.name,
                organisation=person.organisation,
                login=person.login,
                password=known.get(f"password:{person.login}") or secrets.token_urlsafe(9),
            )
    return list(chosen.values())


def _keep(path: Path, content: bytes) -> None:
    """Write a private file whole or not at all."""
    draft = path.with_suffix(".new")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
