"""Adding dated rules, ending them, and noting who did."""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from postal.db import execute, load_sql
from postal.law.repository.reading import Change
from postal.law.rules import (
    CodePattern,
    Component,
    Constant,
    ListEntry,
    PostalList,
    Procedure,
    ProcessStep,
    TransitLimit,
)

ADD_PROCEDURE = load_sql(__package__, "add_procedure.sql")
ADD_COMPONENTS = load_sql(__package__, "add_components.sql")
ADD_STEPS = load_sql(__package__, "add_steps.sql")
ADD_ENTRIES = load_sql(__package__, "add_entries.sql")
ADD_CHANGE = load_sql(__package__, "add_change.sql")
WITHDRAW = """
    UPDATE {table}
    SET valid_to = valid_from, withdrawn = 1 + (
        SELECT max(withdrawn) FROM {table} WHERE {key} = $1 AND valid_from = $2
    )
    WHERE {key} = $1 AND valid_from = $2 AND withdrawn = 0
"""
"""The beginning is part of the key, so withdrawn rules are numbered and another one may begin on the same day."""


async def lock(what: str, subject: str) -> None:
    """Let one unit of work at a time change a rule; whoever waited sees what the one before it did."""
    await execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"law:{what}:{subject}")


async def add_procedures(procedures: Iterable[Procedure]) -> None:
    """Add versions; one that stands already stays as it is."""
    for each in procedures:
        await execute(
            ADD_PROCEDURE,
            each.code,
            each.version,
            each.name_vi,
            each.name_en,
            each.limit.value,
            each.limit.unit,
            each.convention,
            each.calendar,
            each.t0_reading,
            each.eligible_submit,
            each.eligible_return,
            each.requires_presence,
            each.state_secret,
            each.territory_free,
            each.fee,
            each.valid_from,
            each.valid_to,
            each.citation,
            each.status,
            each.issuer,
            each.decision,
            each.decided_on,
        )


async def add_components(code: str, version: int, components: Sequence[Component]) -> None:
    """Add the papers of a version, in order."""
    await execute(
        ADD_COMPONENTS,
        code,
        version,
        [each.code for each in components],
        [each.name_vi for each in components],
        [each.name_en for each in components],
        [each.form for each in components],
        [each.copies for each in components],
        [each.required for each in components],
        [each.to_return for each in components],
    )


async def add_steps(code: str, version: int, steps: Sequence[ProcessStep]) -> None:
    """Add the process steps of a version, in order."""
    await execute(
        ADD_STEPS,
        code,
        version,
        [each.name_vi for each in steps],
        [each.name_en for each in steps],
        [each.hours for each in steps],
        [each.unit_kind for each in steps],
        [each.role for each in steps],
    )


async def add_constant(constant: Constant) -> None:
    """Add the next value of a constant."""
    await execute(
        """
        INSERT INTO rule_constant (name, value, valid_from, valid_to, citation, status, decision, decided_on)
        VALUES ($1, $2::jsonb, $3, $4, $5, $6, $7, $8)
        """,
        constant.name,
        msgspec.json.encode(constant.value).decode(),
        constant.valid_from,
        constant.valid_to,
        constant.citation,
        constant.status,
        constant.decision,
        constant.decided_on,
    )


async def add_transit_limit(limit: TransitLimit) -> None:
    """Add the next transit standard of a scope."""
    await execute(
        """
        INSERT INTO transit_standard (
            zone, with_slip, days, calendar, valid_from, valid_to, citation, status, decision, decided_on
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        limit.zone,
        limit.with_slip,
        limit.days,
        limit.calendar,
        limit.valid_from,
        limit.valid_to,
        limit.citation,
        limit.status,
        limit.decision,
        limit.decided_on,
    )


async def add_list(listed: PostalList, entries: Sequence[ListEntry]) -> None:
    """Add a list with all that it names."""
    await execute(
        """
        INSERT INTO postal_list (
            scope, version, decision, decided_on, valid_from, valid_to, citation, status
        )
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        listed.scope,
        listed.version,
        listed.decision,
        listed.decided_on,
        listed.valid_from,
        listed.valid_to,
        listed.citation,
        listed.status,
    )
    await execute(
        ADD_ENTRIES,
        listed.scope,
        listed.version,
        [each.procedure for each in entries],
        [each.eligible_submit for each in entries],
        [each.eligible_return for each in entries],
        [each.requires_presence for each in entries],
        [each.state_secret for each in entries],
        [each.reason for each in entries],
    )


async def add_pattern(pattern: CodePattern) -> None:
    """Add a way of writing codes."""
    await execute(
        """
        INSERT INTO code_pattern (name, pattern, valid_from, valid_to, citation, status, decision, decided_on)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        pattern.name,
        pattern.pattern,
        pattern.valid_from,
        pattern.valid_to,
        pattern.citation,
        pattern.status,
        pattern.decision,
        pattern.decided_on,
    )


async def end(
    rule: Procedure | Constant | TransitLimit | PostalList | CodePattern, valid_to: date | None
) -> None:
    """Let a rule end on a day, or hold on; nothing else of it can be changed."""
    match rule:
        case Procedure():
            await execute(
                "UPDATE procedure SET valid_to = $3 WHERE code = $1 AND version = $2",
                rule.code,
                rule.version,
                valid_to,
            )
        case Constant():
            await execute(
                "UPDATE rule_constant SET valid_to = $3 WHERE name = $1 AND valid_from = $2 AND withdrawn = 0",
                rule.name,
                rule.valid_from,
                valid_to,
            )
        case TransitLimit():
            await execute(
                "UPDATE transit_standard SET valid_to = $4"
                " WHERE zone = $1 AND with_slip = $2 AND valid_from = $3 AND withdrawn = 0",
                rule.zone,
                rule.with_slip,
                rule.valid_from,
                valid_to,
            )
        case PostalList():
            await execute(
                "UPDATE postal_list SET valid_to = $3 WHERE scope = $1 AND version = $2",
                rule.scope,
                rule.version,
                valid_to,
            )
        case CodePattern():
            await execute(
                "UPDATE code_pattern SET valid_to = $3 WHERE name = $1 AND valid_from = $2 AND withdrawn = 0",
                rule.name,
                rule.valid_from,
                valid_to,
            )


async def withdraw(rule: Procedure | Constant | TransitLimit | PostalList | CodePattern) -> None:
    """Let a rule end where it begins, so that it holds on no day; the row stays."""
    match rule:
        case Procedure() | PostalList():
            await end(rule, rule.valid_from)
        case Constant():
            await execute(WITHDRAW.format(table="rule_constant", key="name"), rule.name, rule.valid_from)
        case CodePattern():
            await execute(WITHDRAW.format(table="code_pattern", key="name"), rule.name, rule.valid_from)
        case TransitLimit():
            key = "with_slip = $3 AND zone"
            await execute(
                WITHDRAW.format(table="transit_standard", key=key), rule.zone, rule.valid_from, rule.with_slip
            )


async def add_change(change: Change) -> None:
    """Append who changed what by which decision."""
    await execute(
        ADD_CHANGE,
        change.id,
        change.at,
        change.actor,
        change.organisation,
        change.what,
        change.subject,
        change.version,
        change.action,
        change.effective,
        change.decision,
        change.decided_on,
        change.open_dossiers,
        msgspec.json.encode(change.before).decode() if change.before is not None else None,
        msgspec.json.encode(change.after).decode() if change.after is not None else None,
        change.reason,
    )
