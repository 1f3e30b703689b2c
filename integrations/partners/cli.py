"""`postal partner`: programs of others, registered and looked at by whoever runs the machine."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click
import msgspec

from postal import clock
from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of
from postal.identity.rules import Actor, Role

if TYPE_CHECKING:
    from integrations.partners.rules import Issued

OPERATOR = Actor(kind="key", id="operator", roles=frozenset({Role.ADMIN}), national=True)
ONCE = "Chỉ hiện một lần. / Shown once."


@click.group()
def partner() -> None:
    """Programs of others that speak with us."""


@partner.command("create", short_help="Register a partner and print its secrets once.")
@click.argument("code")
@click.option("--kind", required=True, type=click.Choice(["agency", "portal", "post", "epcis"]))
@click.option("--organisation", required=True, help="Code of the organisation that it speaks for.")
@click.option("--name", required=True)
@click.option("--url", help="Where it is called: https://name/…")
@click.option("--settings", "stated", default="{}", help="What its kind wants to know, as a JSON object.")
@data_option
@json_option
@click.pass_context
def create(
    context: click.Context,
    *,
    code: str,
    kind: str,
    organisation: str,
    name: str,
    url: str | None,
    stated: str,
    data: str | None,
    as_json: bool,
) -> None:
    """Register a program of an organisation; what it may see and do is what the organisation may."""
    from integrations.partners import service
    from integrations.partners.rules import NewPartner

    plain = {"code": code, "kind": kind, "organisation": organisation, "name": name, "url": url}
    try:
        settings = msgspec.json.decode(stated, type=dict[str, Any])
        given = msgspec.convert({**plain, "settings": settings}, NewPartner)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise click.UsageError(str(error)) from error

    async def made() -> "Issued":
        return await service.create(given, actor=OPERATOR, now=await clock.now())

    _say(_run(context, data, made), as_json=as_json)


@partner.command("list", short_help="List partners.")
@data_option
@json_option
@click.pass_context
def list_partners(context: click.Context, *, data: str | None, as_json: bool) -> None:
    """List every partner, without its secrets."""
    from integrations.partners import service
    from integrations.partners.schemas import view

    found = _run(context, data, lambda: service.list_partners(OPERATOR, None, 10_000))
    if as_json:
        say_json([view(each) for each in found])
        return
    for each in found:
        click.echo(f"{each.code:<24} {each.kind:<8} {each.organisation:<16} {each.state:<8} {each.name}")
    if not found:
        click.echo("Không có gì / nothing")


@partner.command("rotate", short_help="Make a new secret and print it once.")
@click.argument("code")
@click.option("--direction", required=True, type=click.Choice(["inbound", "outbound"]))
@click.option(
    "--hours", type=click.IntRange(0, 720), default=24, show_default=True, help="The old one counts on."
)
@data_option
@json_option
@click.pass_context
def rotate(
    context: click.Context, *, code: str, direction: str, hours: int, data: str | None, as_json: bool
) -> None:
    """Make a new secret; the one before it counts for some hours more, any older one ends now."""
    from integrations.partners import service

    async def made() -> "Issued":
        now = await clock.now()
        until = now + timedelta(hours=hours)
        chosen = msgspec.convert(direction, service.Direction)
        return await service.rotate(code, chosen, until, actor=OPERATOR, now=now)

    _say(_run(context, data, made), as_json=as_json)


def _run(context: click.Context, data: str | None, work: Any) -> Any:
    from postal import registry

    settings = reached(settings_of(context, data=data))
    registry.configure(settings)
    return run_with_database(settings, work)


def _say(issued: "Issued", *, as_json: bool) -> None:
    shown = {"inbound_secret": issued.inbound, "outbound_secret": issued.outbound}
    if as_json:
        say_json({"code": issued.partner.code, **shown})
        return
    for name, secret in shown.items():
        if secret is not None:
            click.echo(f"{name}: {secret}")
    click.echo(ONCE, err=True)


COMMANDS = (partner,)
