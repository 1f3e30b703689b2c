-- Rows in the order of commits, behind a place ($1, $2, $3, $4 position, turn, id and content hash of it; $5 how many
-- at most). Only rows older than every transaction that still runs, so that none ever comes in between; a content of
-- a disputed id stands where the dispute came up. The bounds are written as for the feed, which reads in this order.
SELECT *
FROM (
    (
        SELECT
            position, 0::bigint AS turn, id, ''::bytea AS part, occurred_at, received_at, corrected_at, skew_ms,
            uncertainty_ms, seq, stream, kind, code, verdict, content_hash, organisation, person, device, epoch, source,
            body, subjects
        FROM ledger
        WHERE $1::bigint = 0
        AND position = 0
        AND id > $3::uuid
        ORDER BY id
        LIMIT $5::integer
    )
    UNION ALL
    (
        SELECT
            position, COALESCE(turn, 0), id, ''::bytea, occurred_at, received_at, corrected_at, skew_ms,
            uncertainty_ms, seq, stream, kind, code, verdict, content_hash, organisation, person, device, epoch, source,
            body, subjects
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
            position, COALESCE(turn, 0), id, content_hash, NULL, received_at, corrected_at, skew_ms, uncertainty_ms,
            NULL, NULL, NULL, code, verdict, content_hash, NULL, NULL, NULL, NULL, NULL, content, NULL
        FROM ledger_dispute
        WHERE position >= $1::bigint
        AND (position, COALESCE(turn, 0), id, content_hash) > ($1::bigint, $2::bigint, $3::uuid, $4::bytea)
        AND position < feed_position(pg_snapshot_xmin(pg_current_snapshot()))
        ORDER BY position, COALESCE(turn, 0), id, content_hash
        LIMIT $5::integer
    )
) AS placed
ORDER BY position, turn, id, part
LIMIT $5::integer
