-- A page of the feed ($1, $2, $3, $4 position, turn, id and content hash of the cursor; $5 how many rows to examine at
-- most; $6 sees everything; $7 the actor's organisations; $8 kinds, or null; $9 how many to show at most; $10 streams, $11
-- codes, $12 acting organisations, or null). There is always one row, with what was examined; the events stand beside it.
-- A row is examined once every transaction that began before its own has ended: nothing can come before it any more.
-- Sixteen positions share a key of the index; each part reads one index in order and stops. The upper bound of the keys
-- is written as a row, because of two plain bounds the planner believes that they leave one row in two hundred, and
-- then sorts all the rest of the history instead.
WITH examined AS MATERIALIZED (
    (
        -- Rows from before positions were noted.
        SELECT
            position, 0::bigint AS turn, id, ''::bytea AS part, content_hash, stream, kind, code, occurred_at,
            corrected_at, received_at, organisation, verdict, body
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
            position, COALESCE(turn, 0), id, ''::bytea, content_hash, stream, kind, code, occurred_at, corrected_at,
            received_at, organisation, verdict, body
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
        -- Each content of a disputed id, at the time when the dispute came up.
        SELECT
            position, COALESCE(turn, 0), id, content_hash, content_hash, (content ->> 'stream')::smallint,
            content ->> 'kind', code, (content ->> 'occurred_at')::timestamptz, corrected_at, received_at,
            content ->> 'organisation', 'disputed', content -> 'body'
        FROM ledger_dispute
        WHERE position >= $1::bigint
        AND (position, COALESCE(turn, 0), id, content_hash) > ($1::bigint, $2::bigint, $3::uuid, $4::bytea)
        AND position < feed_position(pg_snapshot_xmin(pg_current_snapshot()))
        ORDER BY position, COALESCE(turn, 0), id, content_hash
        LIMIT $5::integer
    )
    ORDER BY position, turn, id, part
    LIMIT $5::integer
),
shown AS (
    -- Whoever sees the piece, the manifest, the trip, or as a unit the case. The OFFSET 0 keep each a look-up by code: otherwise
    -- all that the organisation sees may be read to judge a page.
    SELECT *
    FROM examined
    WHERE ($8::text[] IS NULL OR kind = ANY ($8::text[]))
    AND ($10::smallint[] IS NULL OR stream = ANY ($10::smallint[]))
    AND ($11::text[] IS NULL OR code = ANY ($11::text[]) OR body ->> 'manifest' = ANY ($11::text[]))
    AND ($12::text[] IS NULL OR organisation = ANY ($12::text[]))
    AND (
        $6::boolean
        OR EXISTS (
            SELECT
            FROM visibility
            WHERE visibility.piece = examined.code AND visibility.organisation = ANY ($7::text[])
            OFFSET 0
        )
        OR EXISTS (
            SELECT
            FROM manifest
            WHERE manifest.code = examined.code
            AND (
                manifest.giver = ANY ($7::text[])
                OR (
                    manifest.state <> 'draft'
                    AND (manifest.receiver = ANY ($7::text[]) OR manifest.carrier = ANY ($7::text[]))
                )
            )
            OFFSET 0
        )
        OR EXISTS (
            SELECT
            FROM trip
            WHERE trip.code = examined.code AND trip.parties && $7::text[]
            OFFSET 0
        )
        OR (
            examined.stream = 2
            AND EXISTS (
                SELECT
                FROM dossier
                WHERE dossier.code = examined.code AND dossier.unit = ANY ($7::text[])
                OFFSET 0
            )
        )
    )
    ORDER BY position, turn, id, part
    LIMIT $9::integer
),
summary AS (
    SELECT
        (SELECT count(*) FROM examined) AS count,
        feed_position(pg_snapshot_xmin(pg_current_snapshot())) AS settled,
        last.position AS last_position, last.turn AS last_turn, last.id AS last_id, last.part AS last_part
    FROM (VALUES (true)) AS always
    LEFT JOIN (SELECT * FROM examined ORDER BY position DESC, turn DESC, id DESC, part DESC LIMIT 1) AS last ON true
)
SELECT
    summary.*,
    shown.position, shown.turn, shown.id, shown.part, shown.content_hash, shown.stream, shown.kind, shown.code,
    shown.occurred_at, shown.corrected_at, shown.received_at, shown.organisation, shown.verdict,
    shown.body ->> 'place' AS place,
    shown.body ->> 'manifest' AS manifest,
    shown.body ->> 'container' AS container,
    shown.body ->> 'counterparty' AS counterparty,
    shown.body ->> 'condition' AS condition,
    shown.body ->> 'reason' AS reason,
    shown.body ->> 'corrects' AS corrects
FROM summary
LEFT JOIN shown ON true
ORDER BY shown.position, shown.turn, shown.id, shown.part
