-- All rows and captured events that speak of some codes, and of addresses ($1 codes; $2 addresses; $3 sees everything;
-- $4 the actor's organisations; $5 the position below which they are wanted, or null; $6 at most so many; $7 ids of rows,
-- $8 digests of captured events, for those that are sought by their id).
WITH settled AS MATERIALIZED (
    SELECT COALESCE($5::bigint, feed_position(pg_snapshot_xmin(pg_current_snapshot()))) AS below
),
sought AS MATERIALIZED (
    SELECT id FROM unnest((SELECT $7::uuid[])) AS id
    UNION
    SELECT entry.id FROM unnest((SELECT $1::text[])) AS code CROSS JOIN LATERAL ledger_of(code) AS entry
    UNION
    SELECT row_id FROM ledger_subject WHERE subject = ANY ((SELECT $1::text[])::text[])
),
found AS MATERIALIZED (
    SELECT
        'row' AS what, position, COALESCE(turn, 0) AS turn, id, ''::bytea AS part, content_hash, stream, kind, code,
        occurred_at, corrected_at, received_at, skew_ms, uncertainty_ms, organisation, person, device, epoch, seq,
        verdict, source, body, subjects
    FROM ledger
    WHERE id = ANY (ARRAY(SELECT id FROM sought))
    UNION ALL
    SELECT
        'dispute', position, COALESCE(turn, 0), id, content_hash, content_hash, (content ->> 'stream')::smallint,
        content ->> 'kind', code, NULL, corrected_at, received_at, skew_ms, uncertainty_ms, content ->> 'organisation',
        NULL, NULL, NULL, NULL, 'disputed', NULL, content, NULL
    FROM ledger_dispute
    WHERE id = ANY (ARRAY(SELECT id FROM sought))
    UNION ALL
    SELECT
        'event', position, COALESCE(turn, 0), id, ''::bytea, digest, NULL, NULL, NULL, NULL, event_time, record_time,
        NULL, NULL, organisation, NULL, NULL, NULL, NULL, NULL, NULL, event, NULL
    FROM epcis_event
    WHERE addresses && $2::text[] OR digest = ANY ($8::bytea[])
)
SELECT found.*, settled.below AS settled
FROM found, settled
WHERE position < below
AND CASE
    WHEN what = 'event' THEN $3::boolean OR organisation = ANY ($4::text[])
    WHEN starts_with(device, 'program.epcis.') AND ($3::boolean OR organisation = ANY ($4::text[])) THEN false
    ELSE epcis_shows(code, stream, $3::boolean, $4::text[])
END
ORDER BY position, turn, id, part
LIMIT $6::integer
