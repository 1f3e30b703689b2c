-- Rows and captured events behind a cursor, in the order of commits ($1 to $4 position, turn, id and content hash of the
-- cursor; $5 how many to look at most; $6 sees everything; $7 the actor's organisations). There is always one row, with
-- what was looked at; what may be shown stands beside it. The order, the bounds and who sees what are those of the feed.
WITH looked AS MATERIALIZED (
    (
        SELECT
            'row' AS what, position, 0::bigint AS turn, id, ''::bytea AS part, content_hash, stream, kind, code,
            occurred_at, corrected_at, received_at, skew_ms, uncertainty_ms, organisation, person, device, epoch, seq,
            verdict, source, body, subjects
        FROM ledger
        WHERE $1::bigint = 0 AND position = 0 AND id > $3::uuid
        ORDER BY id
        LIMIT $5::integer
    )
    UNION ALL
    (
        SELECT
            'row', position, COALESCE(turn, 0), id, ''::bytea, content_hash, stream, kind, code, occurred_at,
            corrected_at, received_at, skew_ms, uncertainty_ms, organisation, person, device, epoch, seq, verdict,
            source, body, subjects
        FROM ledger
        WHERE position > 0
        AND position >> 4 >= $1::bigint >> 4
        AND (position >> 4, 0) <= (feed_position(pg_snapshot_xmin(pg_current_snapshot())) >> 4, 0)
        AND (position, COALESCE(turn, 0), id) > ($1::bigint, $2::bigint, $3::uuid)
        AND position < feed_position(pg_snapshot_xmin(pg_current_snapshot()))
        ORDER BY position >> 4, position, COALESCE(turn, 0), id
        LIMIT $5::integer
    )
    UNION ALL
    (
        SELECT
            'dispute', position, COALESCE(turn, 0), id, content_hash, content_hash, (content ->> 'stream')::smallint,
            content ->> 'kind', code, NULL, corrected_at, received_at, skew_ms, uncertainty_ms,
            content ->> 'organisation', NULL, NULL, NULL, NULL, 'disputed', NULL, content, NULL
        FROM ledger_dispute
        WHERE position >= $1::bigint
        AND (position, COALESCE(turn, 0), id, content_hash) > ($1::bigint, $2::bigint, $3::uuid, $4::bytea)
        AND position < feed_position(pg_snapshot_xmin(pg_current_snapshot()))
        ORDER BY position, COALESCE(turn, 0), id, content_hash
        LIMIT $5::integer
    )
    UNION ALL
    (
        SELECT
            'event', position, COALESCE(turn, 0), id, ''::bytea, digest, NULL, NULL, NULL, NULL, event_time,
            record_time, NULL, NULL, organisation, NULL, NULL, NULL, NULL, NULL, NULL, event, NULL
        FROM epcis_event
        WHERE position >= $1::bigint
        AND (position, COALESCE(turn, 0), id) > ($1::bigint, $2::bigint, $3::uuid)
        AND position < feed_position(pg_snapshot_xmin(pg_current_snapshot()))
        ORDER BY position, COALESCE(turn, 0), id
        LIMIT $5::integer
    )
    ORDER BY position, turn, id, part
    LIMIT $5::integer
),
shown AS (
    SELECT *
    FROM looked
    WHERE CASE
        WHEN what = 'event' THEN $6::boolean OR organisation = ANY ($7::text[])
        -- Whoever captured an event gets it as it was sent, not also what became of it.
        WHEN starts_with(device, 'program.epcis.') AND ($6::boolean OR organisation = ANY ($7::text[])) THEN false
        ELSE epcis_shows(code, stream, $6::boolean, $7::text[])
    END
),
summary AS (
    SELECT
        (SELECT count(*) FROM looked) AS looked,
        feed_position(pg_snapshot_xmin(pg_current_snapshot())) AS settled,
        last.position AS last_position, last.turn AS last_turn, last.id AS last_id, last.part AS last_part
    FROM (VALUES (true)) AS always
    LEFT JOIN (SELECT * FROM looked ORDER BY position DESC, turn DESC, id DESC, part DESC LIMIT 1) AS last ON true
)
SELECT summary.*, shown.*
FROM summary
LEFT JOIN shown ON true
ORDER BY shown.position, shown.turn, shown.id, shown.part
