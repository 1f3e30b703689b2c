"""Statements about staff who are told of what their desks must act on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from integrations.notifications.rules import Channel, StaffFact, StaffSetting, Subscription
from postal.db import execute, fetch, load_sql

GATHER = load_sql(__package__, "staff_facts.sql")
_SELECT = (
    "SELECT s.id, s.dossier, s.channel, s.language, s.state, s.made_at, s.confirmed_at, s.ended_at, s.ended_why,"
    " f.person, f.rhythm, f.kinds, f.quiet_from, f.quiet_until"
    " FROM notification_staff AS f JOIN notification_subscription AS s ON s.id = f.subscription"
)


async def add_staff(setting: StaffSetting) -> None:
    """Keep what a member of staff wants to be told; the subscription is kept before."""
    await execute(
        "INSERT INTO notification_staff (subscription, person, rhythm, kinds, quiet_from, quiet_until)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        setting.subscription.id,
        setting.person,
        setting.rhythm,
        list(setting.kinds),
        setting.quiet_from,
        setting.quiet_until,
    )


async def change_staff(setting: StaffSetting) -> None:
    """Keep another choice for the same address."""
    await execute(
        "UPDATE notification_staff SET rhythm = $2, kinds = $3, quiet_from = $4, quiet_until = $5"
        " WHERE subscription = $1",
        setting.subscription.id,
        setting.rhythm,
        list(setting.kinds),
        setting.quiet_from,
        setting.quiet_until,
    )


async def staff_of(person: str | None = None) -> list[StaffSetting]:
    """List the settings that did not end, of a person or of everybody."""
    rows = await fetch(
        f"{_SELECT} WHERE s.state <> 'ended' AND ($1::text IS NULL OR f.person = $1) ORDER BY s.made_at, s.id",
        person,
    )
    return [_setting(row) for row in rows]


async def departed(now: datetime) -> list[UUID]:
    """List the subscriptions of people who hold no role any more."""
    rows = await fetch(
        """
        SELECT s.id FROM notification_staff AS f
        JOIN notification_subscription AS s ON s.id = f.subscription AND s.state <> 'ended'
        WHERE NOT EXISTS (
            SELECT FROM assignment AS a
            WHERE a.person = f.person AND a.valid_from <= $1 AND (a.valid_to IS NULL OR a.valid_to > $1)
        )
        """,
        now,
    )
    return [row["id"] for row in rows]


async def gather_facts(now: datetime) -> int:
    """Keep what the desks of those who asked must act on since they asked; gives how much is new."""
    return len(await fetch(GATHER, now))


async def hear(told: Sequence[tuple[str, str, str, datetime]], now: datetime) -> int:
    """Keep what rows of cases mean for a desk or an office: row, kind, dossier and instant of each.

    Papers that were asked for came: the desk. A result is there that the post brings: the office that fetches it.
    Gives how much is new.
    """
    rows = await fetch(
        """
        INSERT INTO notification_staff_fact (subscription, fact, kind, code, at)
        SELECT f.subscription, c.kind || ':' || CASE c.kind WHEN 'result' THEN d.code ELSE c.row END, c.kind, d.code,
            c.at
        FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS c (row, kind, code, at)
        JOIN dossier AS d ON d.code = c.code AND (c.kind <> 'result' OR d.service_mode IN ('return', 'both'))
        JOIN assignment AS a ON a.organisation = CASE c.kind WHEN 'result' THEN d.office ELSE d.desk END
            AND a.valid_from <= $5 AND (a.valid_to IS NULL OR a.valid_to > $5)
        JOIN notification_staff AS f ON f.person = a.person AND c.kind = ANY (f.kinds)
        JOIN notification_subscription AS s ON s.id = f.subscription AND s.state = 'active'
        WHERE c.at >= s.confirmed_at
        ON CONFLICT DO NOTHING RETURNING fact
        """,
        [each[0] for each in told],
        [each[1] for each in told],
        [each[2] for each in told],
        [each[3] for each in told],
        now,
    )
    return len(rows)


async def add_facts(subscription: UUID, facts: Sequence[str], notice: UUID) -> None:
    """Say which notice takes facts along."""
    await execute(
        "UPDATE notification_staff_fact SET notice = $3 WHERE subscription = $1 AND fact = ANY ($2::text[])",
        subscription,
        list(facts),
        notice,
    )


async def pending_facts() -> list[tuple[UUID, StaffFact]]:
    """List what no notice has taken along yet, holding it; of those alone who are still told."""
    rows = await fetch(
        """
        SELECT p.subscription, p.fact, p.kind, p.code, p.at
        FROM notification_staff_fact AS p
        JOIN notification_subscription AS s ON s.id = p.subscription AND s.state = 'active'
        WHERE p.notice IS NULL
        ORDER BY p.subscription, p.at, p.fact
        LIMIT 2000
        FOR UPDATE OF p SKIP LOCKED
        """
    )
    return [
        (row["subscription"], StaffFact(fact=row["fact"], kind=row["kind"], code=row["code"], at=row["at"]))
        for row in rows
    ]


async def bundled() -> dict[UUID, datetime]:
    """Say when each member of staff was last told something."""
    rows = await fetch(
        "SELECT n.subscription, max(n.made_at) AS at FROM notification_notice AS n"
        " JOIN notification_staff AS f ON f.subscription = n.subscription WHERE n.kind = 'desk' GROUP BY n.subscription"
    )
    return {row["subscription"]: row["at"] for row in rows}


async def staff_notices(person: str, limit: int = 20) -> list[dict[str, Any]]:
    """List what a member of staff was told, newest first."""
    rows = await fetch(
        """
        SELECT n.id, n.kind, n.state, n.made_at, n.due_at, n.ended_at, n.attempts, n.facts, r.reason,
            (SELECT t.outcome FROM notification_attempt AS t WHERE t.notice = n.id ORDER BY t.number DESC LIMIT 1)
                AS outcome
        FROM notification_notice AS n
        JOIN notification_staff AS f ON f.subscription = n.subscription
        LEFT JOIN notification_report AS r ON r.notice = n.id AND r.state = n.state
        WHERE f.person = $1
        ORDER BY n.made_at DESC, n.id DESC
        LIMIT $2
        """,
        person,
        limit,
    )
    return [{**dict(row), "facts": msgspec.json.decode(row["facts"])} for row in rows]


def _setting(row: Any) -> StaffSetting:
    values = {name: row[name] for name in Subscription.__struct_fields__}
    return StaffSetting(
        subscription=Subscription(**{**values, "channel": Channel(values["channel"])}),
        person=row["person"],
        rhythm=row["rhythm"],
        kinds=tuple(row["kinds"]),
        quiet_from=row["quiet_from"],
        quiet_until=row["quiet_until"],
    )
