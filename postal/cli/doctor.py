"""`postal doctor`: whether an installation keeps its promises, in one table."""

import asyncio

import click

from postal.cli.options import data_option, json_option, reached, say_json, settings_of

MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red")}


@click.command(short_help="Check roles, settings, migrations, partitions, queue, disk.")
@data_option
@json_option
@click.pass_context
def doctor(context: click.Context, *, data: str | None, as_json: bool) -> None:
    """Check an installation without changing it; ends with status 1 if a check fails, 0 with warnings."""
    from postal.supervision.diagnosis import diagnose

    settings = reached(settings_of(context, data=data))
    findings = asyncio.run(diagnose(settings))
    if as_json:
        say_json(findings)
    else:
        for finding in findings:
            mark, colour = MARKS[finding.state]
            click.echo(f"{click.style(mark, fg=colour)} {finding.name:<13} {finding.vi}")
            click.echo(f"  {'':<13} {click.style(finding.en, dim=True)}")
    if any(finding.state == "failed" for finding in findings):
        context.exit(1)
