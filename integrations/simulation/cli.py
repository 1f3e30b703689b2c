"""`postal demo` and `postal simulate`."""

import asyncio

import click
import msgspec
from msgspec.structs import replace

from integrations.simulation.rules.network import SIZES
from postal.cli.options import data_option, say_json, settings_of

SEED = 1


@click.command(short_help="A simulated working week, then the system stays up.")
@data_option
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (default 8000).")
@click.option(
    "--world", type=click.Choice(sorted(SIZES)), default="demo", show_default=True, help="How large."
)
@click.option("--seed", default=SEED, show_default=True, help="Which world.")
@click.option("--once", is_flag=True, help="End after the week.")
@click.pass_context
def demo(
    context: click.Context, *, data: str | None, port: int | None, world: str, seed: int, once: bool
) -> None:
    """Start everything on the simulated clock, live through a week over the public API, print whom to sign in as.

    Ends with status 1 where the system said what is not true.
    """
    from integrations.simulation.service.demo import demo as run_demo
    from integrations.simulation.service.showing import console

    settings = settings_of(context, data=data, clock="simulated")
    if port is not None:
        settings = replace(settings, web=replace(settings.web, port=port))
    well = asyncio.run(run_demo(settings, size=world, seed=seed, once=once, terminal=console()))
    if not well:
        context.exit(1)


@click.command(short_help="Live through a simulated week on a running system.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The running system.")
@click.option(
    "--key", envvar="POSTAL_TEST_KEY", required=True, help="Key of an administrator of the whole system."
)
@click.option(
    "--size", type=click.Choice(sorted(SIZES)), default="small", show_default=True, help="How large."
)
@click.option("--seed", default=SEED, show_default=True, help="Which world.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
@click.option("--for-imported", is_flag=True, help="Carry the dossiers of an imported log instead.")
@click.option("--zone", default="Europe/Amsterdam", show_default=True, help="Time zone of the imported log.")
@click.pass_context
def simulate(
    context: click.Context,
    *,
    url: str,
    key: str,
    size: str,
    seed: int,
    as_json: bool,
    for_imported: bool,
    zone: str,
) -> None:
    """Play a seeded postal network against a system on the simulated clock; status 1 where it says what is not true."""
    from integrations.simulation.service.client import Client
    from integrations.simulation.service.imported import carry_imported, plan_imported
    from integrations.simulation.service.running import Outcome, run_world, world_for
    from integrations.simulation.service.showing import console, progress_bar, show_outcome

    async def play() -> Outcome:
        client = Client.to(url, key)
        try:
            if for_imported:
                carriage = await plan_imported(client, seed, zone)
                with progress_bar(console(quiet=as_json), len(carriage.steps)) as progress:
                    return await carry_imported(client, carriage, progress)
            world = await world_for(client, seed, size)
            with progress_bar(console(quiet=as_json), len(world.steps)) as progress:
                return await run_world(client, world, progress=progress)
        finally:
            await client.close()

    outcome = asyncio.run(play())
    if as_json:
        say_json({**msgspec.to_builtins(outcome), **outcome.figures})
    else:
        show_outcome(console(), outcome)
    if not outcome.agrees:
        context.exit(1)


COMMANDS = (demo, simulate)
