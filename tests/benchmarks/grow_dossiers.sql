-- Dossiers of one month as the post and an agency make them ($1 the month's first instant, $2 how many): registered,
-- accepted at the counter, carried, handed over, received, worked on in two steps, completed; ten rows each. Written as
-- owner, with the piece, the dossier and who sees it as the projectors would.
WITH many AS MATERIALIZED (
    SELECT
        n,
        'H99.01-' || to_char($1::timestamptz, 'YYYYMMDD') || '-' || lpad(n::text, 6, '0') AS code,
        $1::timestamptz + n * (interval '27 days' / $2::integer) AS begun
    FROM generate_series(1, $2::integer) AS n
),
said AS (
    INSERT INTO ledger (
        id, occurred_at, received_at, corrected_at, uncertainty_ms, stream, hash_version, kind, code, verdict,
        content_hash, organisation, person, device, epoch, seq, body
    )
    SELECT
        (
            lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n || '.' || k), 1, 3)
            || '8' || substr(md5(n || '.' || k), 4, 15)
        )::uuid,
        at, at + interval '1 second', at, CASE stream WHEN 1 THEN 500 ELSE 0 END, stream, 1, kind, code, 'accepted',
        sha256(convert_to(n || '.' || k, 'UTF8')), organisation, CASE stream WHEN 1 THEN 'NV-' || organisation END,
        CASE stream WHEN 1 THEN 'may-' || organisation END, CASE stream WHEN 1 THEN 'epoch-1' END,
        CASE stream WHEN 1 THEN n * 10 + k END, body
    FROM many
    CROSS JOIN LATERAL (
        VALUES
            (0, 3, 'piece.registered', 'BC-990001', interval '0', jsonb_build_object(
                'kind', 'dossier', 'origin', 'BC-990001', 'destination', 'MC-990001', 'authority', 'H99.01')),
            (1, 2, 'registered', 'BC-990001', interval '1 second', jsonb_build_object(
                'procedure', '9.990001', 'procedure_version', 1, 'authority', 'H99.01', 'desk', 'MC-990001',
                'office', 'BC-990001', 'service_mode', 'both')),
            (2, 1, 'accept', 'BC-990001', interval '2 minutes', jsonb_build_object('place', 'BC-990001')),
            (3, 1, 'depart', 'BC-990001', interval '3 hours', jsonb_build_object('place', 'BC-990001')),
            (4, 1, 'offer', 'BC-990001', interval '5 hours', jsonb_build_object('counterparty', 'MC-990001')),
            (5, 1, 'receive', 'MC-990001', interval '6 hours', jsonb_build_object('counterparty', 'BC-990001')),
            (6, 2, 'received', 'MC-990001', interval '7 hours', '{}'),
            (7, 2, 'step_done', 'MC-990001', interval '2 days', jsonb_build_object('step', 'Thẩm định hồ sơ')),
            (8, 2, 'step_done', 'MC-990001', interval '3 days', jsonb_build_object('step', 'Trình ký')),
            (9, 2, 'completed', 'H99.01', interval '4 days' + n % 5 * interval '1 day', '{}')
    ) AS step (k, stream, kind, organisation, after, body)
    CROSS JOIN LATERAL (SELECT begun + after AS at) AS moment
    RETURNING 1
),
pieces AS (
    INSERT INTO piece (code, kind, registered_at, registered_by, origin, destination, authority, dossiers)
    SELECT code, 'dossier', begun, 'BC-990001', 'BC-990001', 'MC-990001', 'H99.01', '{}' FROM many
    RETURNING 1
),
seen AS (
    INSERT INTO visibility (piece, organisation, since)
    SELECT code, party, begun FROM many, unnest(ARRAY['BC-990001', 'MC-990001', 'H99.01']) AS party
    RETURNING 1
),
cases AS (
    INSERT INTO dossier (
        code, procedure, procedure_version, authority, desk, office, service_mode, registered_at, status, withdrawn,
        supplements, extensions, flags
    )
    SELECT code, '9.990001', 1, 'H99.01', 'MC-990001', 'BC-990001', 'both', begun, 4, false, 0, 0, '{}' FROM many
    RETURNING 1
)
SELECT (SELECT count(*) FROM said) AS rows, (SELECT count(*) FROM cases) AS dossiers, count(*) AS pieces
FROM pieces, (SELECT count(*) FROM seen) AS counted
