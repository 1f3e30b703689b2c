-- Bring the discrepancies of manifests up to their records ($1 manifest codes): the opening gives the id and the piece,
-- the last opening or reopening what it is about, the last of these or of settling whether it is settled, and the last
-- assignment since who has it.
WITH record AS (
    SELECT
        entry.id, entry.code, entry.kind, entry.occurred_at, entry.organisation, entry.body,
        COALESCE((entry.body ->> 'discrepancy')::uuid, entry.id) AS discrepancy
    FROM (SELECT DISTINCT unnest((SELECT $1::text[])) AS code) AS asked
    CROSS JOIN LATERAL ledger_of(asked.code) AS entry
    WHERE entry.stream = 3
    AND entry.kind IN (
        'discrepancy.opened', 'discrepancy.resolved', 'discrepancy.reopened', 'discrepancy.assigned'
    )
),
opened AS (
    SELECT DISTINCT ON (discrepancy) *
    FROM record
    WHERE kind = 'discrepancy.opened'
    ORDER BY discrepancy, occurred_at, id
),
about AS (
    SELECT DISTINCT ON (discrepancy) *
    FROM record
    WHERE kind IN ('discrepancy.opened', 'discrepancy.reopened')
    ORDER BY discrepancy, occurred_at DESC, id DESC
),
last AS (
    SELECT DISTINCT ON (discrepancy) *, kind = 'discrepancy.resolved' AS settled
    FROM record
    WHERE kind <> 'discrepancy.assigned'
    ORDER BY discrepancy, occurred_at DESC, id DESC
),
assigned AS (
    SELECT DISTINCT ON (record.discrepancy) record.*
    FROM record
    JOIN about ON about.discrepancy = record.discrepancy
    WHERE record.kind = 'discrepancy.assigned' AND (record.occurred_at, record.id) > (about.occurred_at, about.id)
    ORDER BY record.discrepancy, record.occurred_at DESC, record.id DESC
),
again AS (
    SELECT discrepancy, count(*) AS times FROM record WHERE kind = 'discrepancy.reopened' GROUP BY discrepancy
)
INSERT INTO discrepancy AS kept (
    id, manifest, piece, line_class, reason, owner, state, opened_at, deadline, resolution, resolved_at, resolved_by,
    reopened, assignee, changed_by, swap
)
SELECT
    discrepancy,
    opened.code,
    opened.body ->> 'piece',
    about.body ->> 'class',
    about.body ->> 'reason',
    COALESCE(assigned.body ->> 'owner', about.body ->> 'owner'),
    CASE WHEN last.settled THEN 'resolved' ELSE 'open' END,
    opened.occurred_at,
    COALESCE(assigned.body ->> 'deadline', about.body ->> 'deadline')::timestamptz,
    CASE WHEN last.settled THEN last.body ->> 'resolution' END,
    CASE WHEN last.settled THEN last.occurred_at END,
    CASE WHEN last.settled THEN last.organisation END,
    COALESCE(again.times, 0),
    assigned.body ->> 'assignee',
    (last.body ->> 'row')::uuid,
    CASE WHEN last.settled THEN (last.body ->> 'swap')::uuid END
FROM opened
JOIN about USING (discrepancy)
JOIN last USING (discrepancy)
LEFT JOIN again USING (discrepancy)
LEFT JOIN assigned USING (discrepancy)
ORDER BY discrepancy
ON CONFLICT (id) DO UPDATE SET
    line_class = EXCLUDED.line_class,
    reason = EXCLUDED.reason,
    owner = EXCLUDED.owner,
    state = EXCLUDED.state,
    deadline = EXCLUDED.deadline,
    resolution = EXCLUDED.resolution,
    resolved_at = EXCLUDED.resolved_at,
    resolved_by = EXCLUDED.resolved_by,
    reopened = EXCLUDED.reopened,
    assignee = EXCLUDED.assignee,
    changed_by = EXCLUDED.changed_by,
    swap = EXCLUDED.swap
