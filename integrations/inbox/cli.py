"""`postal inbox`: what partners sent, what became of it, and having it understood again."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import click

from postal import clock
from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of

WHEN = click.DateTime(formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"])
STATES = click.Choice(["waiting", "done", "partly", "failed"])


@click.group()
def inbox() -> None:
    """Messages of partners."""


@inbox.command("list", short_help="List messages, newest first.")
@click.option("--partner")
@click.option("--state", type=STATES)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@data_option
@json_option
@click.pass_context
def list_messages(
    context: click.Context,
    *,
    partner: str | None,
    state: str | None,
    limit: int,
    data: str | None,
    as_json: bool,
) -> None:
    """List messages without their contents."""
    from integrations.inbox import service
    from integrations.inbox.schemas import listed_view
    from integrations.partners.cli import OPERATOR

    found = _run(
        context, data, lambda: service.list_messages(OPERATOR, partner=partner, state=state, limit=limit)
    )
    if as_json:
        say_json([listed_view(each) for each in found])
        return
    for each in found:
        one = each.message
        code = f"  {one.code}" if one.code else ""
        when = one.received_at.strftime("%Y-%m-%d %H:%M:%SZ")
        click.echo(
            f"{one.id}  {each.partner:<20} {one.kind:<20} {one.message_id:<24} {when}  {one.state}{code}"
        )
    if not found:
        click.echo("Không có gì / nothing")


@inbox.command("show", short_help="Show what became of a message.")
@click.argument("message", type=click.UUID)
@data_option
@json_option
@click.pass_context
def show(context: click.Context, *, message: UUID, data: str | None, as_json: bool) -> None:
    """Show a message's outcome and tries, not its content."""
    from integrations.inbox import service
    from integrations.inbox.schemas import message_view
    from integrations.partners.cli import OPERATOR

    view = message_view(_run(context, data, lambda: service.get(message, OPERATOR)))
    if as_json:
        say_json(view)
        return
    told = view.outcome
    click.echo(f"{told.partner}  {told.kind}  {told.message_id}  {told.state}  {told.code or ''}")
    for each in view.attempts:
        click.echo(
            f"  {each.number}. {each.began_at:%Y-%m-%d %H:%M:%SZ}  {each.state or '…'}  {each.code or ''}"
        )


@inbox.command("replay", short_help="Have messages understood again, after a fix.")
@click.argument("messages", nargs=-1, type=click.UUID)
@click.option("--partner", help="All of this partner, instead of some by their ids.")
@click.option("--state", type=click.Choice(["failed", "partly", "done"]), default="failed", show_default=True)
@click.option("--from", "first", type=WHEN, help="Received from this time on (UTC).")
@click.option("--to", "last", type=WHEN, help="Received before this time (UTC).")
@data_option
@json_option
@click.pass_context
def replay(
    context: click.Context,
    *,
    messages: tuple[UUID, ...],
    partner: str | None,
    state: str,
    first: datetime | None,
    last: datetime | None,
    data: str | None,
    as_json: bool,
) -> None:
    """Make messages due again; the worker understands them. Those named have to exist; what waits stays as it is."""
    from integrations.inbox import service
    from integrations.partners.cli import OPERATOR

    if bool(messages) == bool(partner):
        raise click.UsageError("Name messages, or say --partner.")

    async def again() -> int:
        now = await clock.now()
        if partner is not None:
            return await service.replay_many(
                partner, state=state, first=_utc(first), last=_utc(last), actor=OPERATOR, now=now
            )
        for each in messages:
            await service.replay(each, actor=OPERATOR, now=now)
        return len(messages)

    count = _run(context, data, again)
    say_json({"messages": count}) if as_json else click.echo(f"Xử lý lại {count} / replayed {count}")


def _utc(instant: datetime | None) -> datetime | None:
    return instant.replace(tzinfo=UTC) if instant is not None else None


def _run(context: click.Context, data: str | None, work: Any) -> Any:
    from postal import registry

    settings = reached(settings_of(context, data=data))
    registry.configure(settings)
    return run_with_database(settings, work)


COMMANDS = (inbox,)
