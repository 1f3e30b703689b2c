"""Statements about what became of notices: reports, what is stuck, what is sent again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from integrations.notifications.rules import Channel, Reported, Way, after_report
from postal.db import execute, fetch, fetch_row, fetch_value, load_sql
from postal.identity.rules import Actor

WAYS = load_sql(__package__, "ways.sql")
AGAIN = ":again"
"""Stands behind the name of a fact that a person has told once more."""

_SEEN = "($1 OR EXISTS (SELECT FROM visibility AS v WHERE v.piece = s.dossier AND v.organisation = ANY ($2::text[])))"


async def report(
    notice: UUID, reported: Reported, reason: str | None, at: datetime | None, now: datetime
) -> tuple[str, bool] | None:
    """Note a report and give the state after it, and whether it is new; None where there is no such notice."""
    row = await fetch_row("SELECT state FROM notification_notice WHERE id = $1 FOR UPDATE", notice)
    if row is None:
        return None
    new = await fetch(
        "INSERT INTO notification_report (notice, state, reason, at, received_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT DO NOTHING RETURNING notice",
        notice,
        reported.value,
        reason,
        at,
        now,
    )
    state: str = row["state"]
    after = after_report(state, reported) if new else state
    if after != state:
        await execute(
            "UPDATE notification_notice SET state = $2, ended_at = $3, leased_until = NULL WHERE id = $1",
            notice,
            after,
            now,
        )
    return after, bool(new)


async def expire(now: datetime, ages: Mapping[str, timedelta], otherwise: timedelta) -> int:
    """End what nobody needs to hear any more; gives how many."""
    rows = await fetch(
        """
        UPDATE notification_notice AS n SET state = 'expired', ended_at = $1, leased_until = NULL
        WHERE (n.state = 'waiting' OR (n.state = 'sending' AND n.leased_until < $1))
            AND n.at < $1 - COALESCE(
                (SELECT age FROM unnest($2::text[], $3::interval[]) AS given (kind, age) WHERE given.kind = n.kind), $4)
        RETURNING n.id
        """,
        now,
        list(ages),
        list(ages.values()),
        otherwise,
    )
    return len(rows)


async def release(
    notice: UUID, new: UUID, now: datetime, due: datetime, actor: Actor
) -> tuple[str, str, datetime] | None:
    """Make a failed notice of a dossier that the actor sees anew: its dossier, kind and instant, else None.

    The one that failed stays as it is, and its tries. One whose address is gone is not told again.
    """
    rows = await fetch(
        f"""
        WITH made AS (
            INSERT INTO notification_notice
                (id, subscription, fact, kind, facts, at, made_at, due_at, state, attempts)
            SELECT $4, n.subscription, n.fact || '{AGAIN}', n.kind, n.facts, n.at, $5, $6, 'waiting', 0
            FROM notification_notice AS n
            JOIN notification_subscription AS s ON s.id = n.subscription
            WHERE n.id = $3 AND s.dossier <> '' AND s.state <> 'ended' AND n.state = 'failed' AND {_SEEN}
            ON CONFLICT (subscription, fact) DO NOTHING
            RETURNING subscription, kind, at
        )
        SELECT s.dossier, made.kind, made.at FROM made JOIN notification_subscription AS s ON s.id = made.subscription
        """,  # noqa: S608 - own text
        actor.reads_everything,
        sorted(actor.sees),
        notice,
        new,
        now,
        due,
    )
    return (rows[0]["dossier"], rows[0]["kind"], rows[0]["at"]) if rows else None


async def failing(actor: Actor, since: datetime) -> int:
    """Count notices to citizens that could not be delivered since then, of dossiers that the actor sees."""
    counted: int = await fetch_value(
        f"""
        SELECT count(*) FROM notification_notice AS n
        JOIN notification_subscription AS s ON s.id = n.subscription
        WHERE n.state IN ('failed', 'expired') AND n.ended_at >= $3 AND s.dossier <> '' AND {_SEEN}
            AND NOT EXISTS (
                SELECT FROM notification_notice AS next
                WHERE next.subscription = n.subscription AND next.fact = n.fact || '{AGAIN}'
            )
        """,  # noqa: S608 - own text
        actor.reads_everything,
        sorted(actor.sees),
        since,
    )
    return counted


async def ways(now: datetime) -> list[Way]:
    """Tell of each way how much waits, since when, and whether anything gets through."""
    return [
        Way(**{**{name: row[name] for name in Way.__struct_fields__}, "channel": Channel(row["channel"])})
        for row in await fetch(WAYS, now)
    ]
