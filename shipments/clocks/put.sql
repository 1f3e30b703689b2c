-- Make the clocks of the dossiers $1 exactly those of $2, writing only what differs; gives the dossiers that changed.
WITH given AS MATERIALIZED (
    SELECT *
    FROM jsonb_to_recordset($2::text::jsonb) AS given (
        dossier text, clock text, ordinal integer, party text, step text, authority text, desk text, office text,
        procedure text, route text, month text, calendar text, started_at timestamptz, stopped_at timestamptz,
        calendar_us bigint, working_us bigint, due timestamptz, due_extended timestamptz, verdict text,
        verdict_extended text, calendar_version integer, rule text, reading text, limit_text text, holder text,
        near_at timestamptz, paused_since timestamptz, due_before timestamptz, verdict_before text,
        due_index timestamptz, verdict_index text, flags text[]
    )
),
dropped AS (
    DELETE FROM dossier_clock
    WHERE dossier = ANY ($1::text[])
      AND NOT EXISTS (
          SELECT FROM given
          WHERE given.dossier = dossier_clock.dossier AND given.clock = dossier_clock.clock
            AND given.ordinal = dossier_clock.ordinal
      )
    RETURNING dossier
),
written AS (
    INSERT INTO dossier_clock AS stored (
        dossier, clock, ordinal, party, step, authority, desk, office, procedure, route, month, calendar,
        started_at, stopped_at, calendar_us, working_us, due, due_extended, verdict, verdict_extended,
        calendar_version, rule, reading, limit_text, holder, near_at, paused_since, due_before, verdict_before,
        due_index, verdict_index, flags
    )
    SELECT
        dossier, clock, ordinal, party, step, authority, desk, office, procedure, route, month, calendar,
        started_at, stopped_at, calendar_us, working_us, due, due_extended, verdict, verdict_extended,
        calendar_version, rule, reading, limit_text, holder, near_at, paused_since, due_before, verdict_before,
        due_index, verdict_index, flags
    FROM given
    ON CONFLICT (dossier, clock, ordinal) DO UPDATE SET
        party = excluded.party, step = excluded.step, authority = excluded.authority, desk = excluded.desk,
        office = excluded.office, procedure = excluded.procedure, route = excluded.route,
        month = excluded.month, calendar = excluded.calendar, started_at = excluded.started_at,
        stopped_at = excluded.stopped_at, calendar_us = excluded.calendar_us, working_us = excluded.working_us,
        due = excluded.due, due_extended = excluded.due_extended, verdict = excluded.verdict,
        verdict_extended = excluded.verdict_extended, calendar_version = excluded.calendar_version,
        rule = excluded.rule, reading = excluded.reading, limit_text = excluded.limit_text,
        holder = excluded.holder, near_at = excluded.near_at, paused_since = excluded.paused_since,
        due_before = excluded.due_before, verdict_before = excluded.verdict_before,
        due_index = excluded.due_index, verdict_index = excluded.verdict_index, flags = excluded.flags
    WHERE (
        stored.party, stored.step, stored.authority, stored.desk, stored.office, stored.procedure,
        stored.route, stored.month, stored.calendar, stored.started_at, stored.stopped_at, stored.calendar_us,
        stored.working_us, stored.due, stored.due_extended, stored.verdict, stored.verdict_extended,
        stored.calendar_version, stored.rule, stored.reading, stored.limit_text, stored.holder, stored.near_at,
        stored.paused_since, stored.due_before, stored.verdict_before, stored.due_index, stored.verdict_index,
        stored.flags
    ) IS DISTINCT FROM (
        excluded.party, excluded.step, excluded.authority, excluded.desk, excluded.office, excluded.procedure,
        excluded.route, excluded.month, excluded.calendar, excluded.started_at, excluded.stopped_at,
        excluded.calendar_us, excluded.working_us, excluded.due, excluded.due_extended, excluded.verdict,
        excluded.verdict_extended, excluded.calendar_version, excluded.rule, excluded.reading,
        excluded.limit_text, excluded.holder, excluded.near_at, excluded.paused_since, excluded.due_before,
        excluded.verdict_before, excluded.due_index, excluded.verdict_index, excluded.flags
    )
    RETURNING dossier
)
SELECT dossier FROM dropped
UNION
SELECT dossier FROM written
ORDER BY dossier
