"""`postal key create`: the first key of an installation, made by whoever runs the machine."""

from datetime import datetime, timedelta

import click

from postal.cli.options import data_option, json_option, reached, run_with_database, say_json, settings_of
from postal.identity.rules import Role


@click.group()
def key() -> None:
    """Keys of programs."""


@key.command("create", short_help="Make an API key and print it once.")
@click.option(
    "--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role])
)
@click.option("--organisation", required=True, help="Code of the organisation that the key acts for.")
@click.option("--device", help="Code of the device whose scans the key sends.")
@click.option(
    "--days", type=click.IntRange(1, 3660), default=365, show_default=True, help="Until it expires."
)
@data_option
@json_option
@click.pass_context
def create(
    context: click.Context,
    *,
    roles: tuple[str, ...],
    organisation: str,
    device: str | None,
    days: int,
    data: str | None,
    as_json: bool,
) -> None:
    """Make a key for an organisation. It is stored hashed: this is the only time that anybody sees it."""
    settings = reached(settings_of(context, data=data))

    async def made() -> tuple[str, datetime]:
        from postal import clock
        from postal.identity.service import keys

        now = await clock.now()
        expires = now + timedelta(days=days)
        return await keys.create_key(
            organisation, [Role(role) for role in roles], now, expires, device
        ), expires

    secret, expires = run_with_database(settings, made)
    if as_json:
        say_json({"key": secret, "organisation": organisation, "roles": sorted(roles), "expires_at": expires})
        return
    click.echo(secret)
    click.echo(
        f"Chỉ hiện một lần; hết hạn {expires:%Y-%m-%d}. / Shown once; expires {expires:%Y-%m-%d}.", err=True
    )
