"""`postal deliveries`: what goes to programs of others."""

from datetime import datetime
from uuid import UUID

import click

from integrations.deliveries.rules import REASONS, Listed, Selection, State
from postal import clock
from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of
from postal.identity.rules import Actor, Role

OPERATOR = Actor(kind="key", id="command", roles=frozenset({Role.ADMIN}), national=True)


@click.group(short_help="Messages to programs of others.")
def deliveries() -> None:
    """Look at what goes to programs of others, and have it sent again."""


@deliveries.command("list", short_help="List messages, newest first.")
@click.option("--destination", type=click.UUID, help="Only those to this destination.")
@click.option("--state", "states", multiple=True, type=click.Choice([each.value for each in State]))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@data_option
@json_option
@click.pass_context
def list_deliveries(
    context: click.Context,
    *,
    destination: UUID | None,
    states: tuple[str, ...],
    limit: int,
    data: str | None,
    as_json: bool,
) -> None:
    """List messages and where they stand; what they say and where they go to is not shown."""
    from integrations.deliveries import service

    settings = reached(settings_of(context, data=data))
    found = run_with_database(
        settings,
        lambda: service.listed_for(OPERATOR, destination=destination, states=states, limit=limit),
    )
    if as_json:
        say_json(found)
        return
    for one in found:
        why = f"  {one.why}" if one.why else ""
        when = _short(one.ended_at or one.due_at)
        click.echo(
            f"{one.id}  {one.destination_code:<12} {one.topic:<24} {one.state.value:<8}"
            f" {len(one.attempts):>2}×  {when}{why}"
        )
    if not found:
        click.echo("Không có gì / nothing")


@deliveries.command(short_help="Show one message with its tries.")
@click.argument("delivery", type=click.UUID)
@data_option
@json_option
@click.pass_context
def show(context: click.Context, *, delivery: UUID, data: str | None, as_json: bool) -> None:
    """Show a message and every try of it."""
    from integrations.deliveries import service

    settings = reached(settings_of(context, data=data))
    one: Listed = run_with_database(settings, lambda: service.get_delivery(delivery, OPERATOR))
    if as_json:
        say_json(one)
        return
    click.echo(
        f"{one.id}  {one.destination_code}  {one.topic} {one.subject}  {one.state.value} {one.why or ''}"
    )
    for each in one.attempts:
        ended = f"{each.outcome.value if each.outcome else '…'} {each.status or ''} {each.code or ''}"
        click.echo(f"{each.number:>3}. {_short(each.began_at)}  {ended}  {each.milliseconds or 0} ms")


@deliveries.command(short_help="Send messages of a destination again.")
@click.argument("destination", type=click.UUID)
@click.option(
    "--message", "messages", multiple=True, type=click.UUID, help="These; else all that were given up."
)
@click.option("--since", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="Made from then on.")
@click.option("--until", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="Made before then.")
@click.option("--also-done", is_flag=True, help="Also those that arrived.")
@click.option("--reason", required=True, type=click.Choice(sorted(REASONS)))
@data_option
@json_option
@click.pass_context
def replay(
    context: click.Context,
    *,
    destination: UUID,
    messages: tuple[UUID, ...],
    since: datetime | None,
    until: datetime | None,
    also_done: bool,
    reason: str,
    data: str | None,
    as_json: bool,
) -> None:
    """Send messages again under the ids that they have, behind what waits; it is noted in the audit log."""
    from integrations.deliveries import service

    chosen = Selection(
        ids=messages, since=since, until=until, states=("dead", "done") if also_done else ("dead",)
    )
    settings = reached(settings_of(context, data=data))

    async def use_case() -> int:
        return await service.replay(destination, chosen, actor=OPERATOR, reason=reason, now=await clock.now())

    count = run_with_database(settings, use_case)
    say_json({"replayed": count}) if as_json else click.echo(f"Gửi lại {count} / sending {count} again")


def _short(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M:%SZ")


COMMANDS = (deliveries,)
